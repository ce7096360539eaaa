"""The reference page of field maps, from the maps themselves."""

from collections.abc import Iterator
from pathlib import Path

from curtilage.gateway.wire.fields import FREE, TAG, Leaf, Node, Object
from curtilage.gateway.wire.protocols import PROTOCOLS

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "reference" / "field-maps.md"
INTRODUCTION = """\
# Field maps

Which strings of a request are text. Every string is scanned unless its line says otherwise, and a
field that has no line is scanned with its name. How a line reads a string:

| | |
|---|---|
| text | scanned, rewritten where the policy says so |
| text of the caller | text that the caller wrote, in a field of the app's |
| structure | one of the protocol's words, a name, a model or an id; a value that does not look like one is text |
| JSON text | read as JSON: its strings, keys and numbers of eight digits and more are scanned; written anew only where something changes; text where it is not JSON |
| text or JSON text | text; read as JSON where it begins like JSON and holds a backslash |
| identity | replaced by a keyed hash, always |
| opaque | a provider's blob: once `provider_blobs` is allowed it passes byte for byte, or is refused where it holds a secret or a card number; what does not look like one is signed text |
| signed text | read, never altered: the request is refused where something must not leave |
| media | base64, once the policy allows the part: not too large, what it says it is, and pictures without what is beside the picture |
| credential | passed as it is |
| file of the caller | the id of a file that this caller uploaded here; any other is not found |
| media address | `data:` is media; any other address needs `remote_urls = "allow"` |

The last column says who wrote a text. Values of the caller, and of what the model said to them, come
back to the caller; those of the app, of tools and of documents only to callers that may see them.
Hostile text is looked for in what callers, tools and documents say. A part marked **needs** is refused unless the policy allows that content under `[opaque]`. Parts
of an unknown type are refused.

Numbers that are not named below are scanned from eight digits on. `as …` means: the same fields again.

*This page is written by `make generate` from the source.*
"""


_WHOSE = {
    "application": "app", "caller": "caller", "model": "model", "tool": "tool", "document": "document",
}  # fmt: skip


def render() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(_section(kind) for kind in PROTOCOLS)


def _section(kind: str) -> str:
    protocol = PROTOCOLS[kind]
    same = next(
        name for name, other in PROTOCOLS.items() if other.request_map is protocol.request_map
    )
    head = f"\n## {kind}\n\n`{protocol.method} {protocol.path}`\n"
    if protocol.of_kept:
        return f"{head}\nNo body: what the provider keeps is named by its id alone.\n"
    if same != kind:
        return f"{head}\nAs {same}.\n"
    seen: dict[int, str] = {}
    owner = protocol.request_map.author.value
    lines = list(_fields(protocol.request_map.root, "", owner, seen))
    return f"{head}\n| field | read as | whose |\n|---|---|---|\n" + "\n".join(lines) + "\n"


def _fields(spec: Object, path: str, owner: str, seen: dict[int, str]) -> Iterator[str]:
    """The lines of an object; one that came before is only named."""
    if spec.author is not None:
        owner = spec.author.value
    seen[id(spec)] = path or "the request"
    for name, node in spec.fields.items():
        yield from _node(node, f"{path}.{name}" if path else name, owner, seen)
    if spec.rest is not None:
        yield from _node(spec.rest, f"{path}.*", owner, seen)
    for value, variant in spec.variants.items():
        place = f"{path}({value or 'unnamed'})"
        whose = variant.author.value if variant.author is not None else owner
        needs = f"**needs** `{variant.needs}`" if variant.needs else "kind"
        if id(variant) in seen:
            yield f"| `{place}` | as `{seen[id(variant)]}` | {_WHOSE[whose]} |"
            continue
        yield f"| `{place}` | {needs} | {_WHOSE[whose]} |"
        yield from _fields(variant, place, owner, seen)
    if spec.otherwise is not None and id(spec.otherwise) not in seen:
        yield from _fields(spec.otherwise, f"{path}(other)", owner, seen)


def _node(node: Node, path: str, owner: str, seen: dict[int, str]) -> Iterator[str]:
    inner = [
        (spec, place)
        for spec, place in ((node.object, path), (node.items and node.items.object, f"{path}[]"))
        if spec is not None
    ]
    if node is TAG:
        return
    if not (inner and all(id(spec) in seen for spec, _ in inner)):
        whose = "caller" if node.leaf is Leaf.ASKED else _WHOSE[owner]
        yield f"| `{path}` | {_reading(node)} | {whose} |"
    for spec, place in inner[-1:] if len({id(spec) for spec, _ in inner}) == 1 else inner:
        if id(spec) in seen:
            yield f"| `{place}` | as `{seen[id(spec)]}` | {_WHOSE[owner]} |"
        else:
            yield from _fields(spec, place, owner, seen)


def _reading(node: Node) -> str:
    if node is FREE:
        return node.note
    if node.object is not None and node.leaf is Leaf.TEXT:
        needs = f", **needs** `{node.object.needs}`" if node.object.needs else ""
        return (node.note or ("list" if node.items is not None else "object")) + needs
    if node.leaf is Leaf.STRUCTURE:
        return f"structure: {node.note}"
    return node.note if not node.numbers and node.leaf is Leaf.TEXT else node.leaf.value
