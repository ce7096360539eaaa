"""The language of field maps, and the walk that collects a request's text.

Every string is text unless the map says that it is structure, and structure
must look like structure: a value outside its shape is scanned like any text.
Unknown fields are scanned, their names too; unknown kinds of content are
refused. Slots come in document order, so that what happens to one depends on
earlier ones only: a resent history keeps its bytes.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from curtilage.core.errors import InputError
from curtilage.gateway.wire.body import Embedded, Renames, parse_strict
from curtilage.gateway.wire.errors import (
    ReferenceRefused,
    SignedTextRefused,
    UnexpectedShape,
    UnknownPart,
    UnscannableContent,
)
from curtilage.shield.held import Origin

LONG_NUMBER = 10**7  # eight digits: the shortest identifiers written as bare numbers
_BEYOND = 2.0**63  # what is longer is no identifier, and no float holds its digits
SHORT_DECIMAL = 8  # a decimal fraction with fewer digits than eight cannot hold one


class SlotKind(Enum):
    """What a slot is, for whoever rewrites it.

    SIGNED text may be read but not altered: `replace` refuses the request.
    LENIENT is signed or sealed: the policy lets it pass, but for what never leaves.
    IDENTITY is replaced by a keyed hash whatever it holds.
    MEDIA is a file in base64, which is cleaned and not scanned; its label is what it is said to be.
    FILE is the id of a file, which has to be the caller's own.
    STORED is the id of something else that the provider stores, and has to be the caller's too.
    """

    TEXT = "text"
    KEY = "key"
    NUMBER = "number"
    IDENTITY = "identity"
    SIGNED = "signed"
    LENIENT = "lenient"
    MEDIA = "media"
    FILE = "file"
    STORED = "stored"


_MAKE_A_PLACE = "Let the provider make a container for this call, or allow `files`."
_TAKE_OUT = "Take the secret or the card number out of the history, with the block that holds it."


class Author(Enum):
    """Who wrote a text, as far as its place in a request tells."""

    CALLER = "caller"
    MODEL = "model"
    APPLICATION = "application"
    TOOL = "tool"
    DOCUMENT = "document"


# What the model said, a caller has read: it comes back to them.
_ORIGINS = {
    author: Origin.CALLER if author in (Author.CALLER, Author.MODEL) else Origin.APPLICATION
    for author in Author
}


class Slot:
    """One piece of text in a request, and the place to write it back to.

    `label` is the name it stands under in a free-form object (`iban`), for
    detectors that look at context; "" elsewhere. The text is read once: after
    `replace` the slot still shows what came in, and a key is renamed when the
    document is written.
    """

    __slots__ = ("_container", "_key", "_outer", "_renames", "author", "kind", "label", "text")

    def __init__(  # noqa: PLR0917 -- on the hot path; made here alone
        self,
        container: Any,
        key: Any,
        kind: SlotKind,
        author: Author,
        text: str,
        label: str,
        outer: "Place | None",
    ) -> None:
        self._container = container
        self._key = key
        self.kind = kind
        self.author = author
        self.text = text
        self.label = label
        self._outer = outer
        self._renames: Renames | None = None

    def cut(self, text: str) -> None:
        """Have another text in its place from here on, as if it had come so."""
        self.replace(text)
        self.text = text

    @property
    def origin(self) -> Origin:
        """Whose its values are, when they come back."""
        return _ORIGINS[self.author]

    def replace(self, text: str) -> None:
        """Write `text` where this slot's text stood."""
        if self.kind is SlotKind.SIGNED:
            raise SignedTextRefused
        if self.kind is SlotKind.LENIENT:
            raise SignedTextRefused(hint=_TAKE_OUT)
        if self._renames is not None:
            self._renames.add(self._container, self._key, text)
        else:
            self._container[self._key] = text
        if self._outer is not None:
            self._outer.touch()


class Place:
    """Where a string stands whose inner JSON document has slots of its own."""

    __slots__ = ("_container", "_key", "_touched", "root")

    def __init__(self, container: Any, key: Any, root: list[Any]) -> None:
        self._container = container
        self._key = key
        self._touched = False
        self.root = root

    def touch(self) -> None:
        """Have the string written anew from its document, once, when the body is."""
        if not self._touched:
            self._touched = True
            self._container[self._key] = Embedded(self.root)


class Leaf(Enum):
    """How a string is taken. The values are the words of the reference page."""

    TEXT = "text"
    ASKED = "text of the caller"
    STRUCTURE = "structure"
    JSON = "JSON text"
    MAYBE_JSON = "text or JSON text"
    IDENTITY = "identity"
    OPAQUE = "opaque"
    SIGNED = "signed text"
    MEDIA = "media"
    CREDENTIAL = "credential"
    URL = "media address"
    FILE = "file of the caller"
    STORED = "what is stored for the caller"
    UNSEALED = "what is stored for the caller, unless `encrypted_content` is beside"
    PLACE = "place at the provider"


# Bound once: the walk compares them for every string.
_IS_TEXT, _IS_STRUCTURE, _OF_TEXT = Leaf.TEXT, Leaf.STRUCTURE, SlotKind.TEXT


def _always(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """How a value at one place is read, by its JSON type.

    What a type does not name is free-form: scanned, with its keys. `numbers`
    says that long numbers are scanned too. `note` is for the reference page.
    """

    leaf: Leaf = Leaf.TEXT
    fits: Callable[[str], Any] = _always
    object: "Object | None" = None
    items: "Node | None" = None
    numbers: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """How an object's fields are read.

    `by` names the field that chooses among `variants`; where it is absent, the
    variant "" is chosen. A value outside them is read as `otherwise`, and without
    one the request is refused. What is chosen may choose further by another field.
    `needs` is what the policy must allow for this object to pass at all. `rest` reads fields
    that are not named; `names` is the shape of a name that is not scanned. `closed` refuses
    them instead: where the name of a field is the kind of content. `authors` are those of
    single fields, where one object holds what several said.
    """

    fields: Mapping[str, Node] = field(default_factory=dict)
    by: str = ""
    variants: Mapping[str, "Object"] = field(default_factory=dict)
    otherwise: "Object | None" = None
    author: Author | None = None
    authors: Mapping[str, Author] = field(default_factory=dict)
    needs: str = ""
    rest: Node | None = None
    names: Callable[[str], Any] | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        assert self.rest is None or self.rest.leaf is Leaf.TEXT, "a field without a name is text"


FREE = Node(note="free-form: strings, keys and long numbers")
_FREE_OBJECT = Object()

# Shapes of structure. All are linear; a value that does not fit is scanned.
_FEW_DIGITS = r"(?!(?:[^0-9]*+[0-9]){7})"  # an identity number has nine or more, a card twelve
_NO_ADDRESS = r"(?![0-9]+[._:-][0-9]|[0-9A-Fa-f]{0,4}:)"  # of a machine, or a date
# The shortest keys have sixteen letters in one run: so long a one is plain as camelCase alone.
_HUMPS = r"(?=[A-Za-z]{1,24}(?![A-Za-z]))(?:[a-z]{2,15})?(?:[A-Z][a-z]{2,14}|By|Id|In|Of|On|To)++"
_LETTERS = rf"(?:(?![A-Za-z0-9]{{16}})[A-Za-z]{{1,15}}|{_HUMPS})"
_WORD = rf"(?:{_LETTERS}[0-9]{{0,3}}|[0-9]{{1,4}}[a-z]?)"
_PLAIN = re.compile(  # short words without digits first: most names are, and it is cheaper
    r"(?!.{65})(?:[A-Za-z]{1,15}(?:_[A-Za-z]{1,15})*+\Z"
    rf"|{_FEW_DIGITS}{_NO_ADDRESS}[$_@]?{_WORD}(?:[_.:-]{{1,2}}{_WORD})*+_?\Z)",
    re.DOTALL,
).match
_MODEL = re.compile(
    r"(?=.{1,128}\Z)(?!(?:[^0-9]*+[0-9]){12})[A-Za-z@]"
    r"(?:[A-Za-z]{0,24}[0-9]{0,4}|[0-9]{1,4}[A-Za-z]{0,3})"
    r"(?:[_.:/-](?:[A-Za-z]{1,24}[0-9]{0,4}|20[0-9]{6}|[0-9]{1,4}[A-Za-z]{0,3}))*+(?:@20[0-9]{6})?\Z"
).match
_TYPE = re.compile(r"[a-z]{1,12}[0-9]{0,3}(?:_[a-z]{1,12}[0-9]{0,3}){0,8}(?:_20[0-9]{6})?\Z").match
_ID = re.compile(  # ids that the providers mint; other servers' ids are scanned
    r"(?:call|toolu|srvtoolu|mcptoolu|chatcmpl(?:-tool)?|fc|msg|req|file|audio|container|resp|skill"
    r"|rs|ws|fs|ci|ig|cu|ctc|mcp|mcpl|mcpr|lsh|sh|apc|cmp|ts|prog|conv|cntr|cfile|vs|pmpt)"
    r"[_-](?=[A-Za-z0-9]{6,64}\Z)(?!.*(?:[0-9]{8}|[A-Z0-9]{16}))"
).match
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{32,}+={0,2}\Z").match  # base64, RFC 4648 §§4, 5
_MEDIA_TYPE = re.compile(r"[a-z]{1,16}/[a-z][a-z.+-]{0,40}[0-9]?\Z").match
_TOKEN_ID = re.compile(r"[0-9]{1,7}\Z").match  # no vocabulary has ten million entries

TEXT = Node()
ASKED = Node(Leaf.ASKED)
SCALAR = Node(note="number or flag")
SEED = Node(numbers=False, note="number of any size")  # a random one looks like a card at times
NAME = Node(Leaf.STRUCTURE, _PLAIN, note="plain name")
TYPE = Node(Leaf.STRUCTURE, _TYPE, note="dated type name")
MODEL = Node(Leaf.STRUCTURE, _MODEL, note="model name")
ID = Node(Leaf.STRUCTURE, _ID, note="provider's id")
PLACE_ID = Node(Leaf.PLACE, note="provider's id of a container")
FILE_ID = Node(Leaf.FILE, note="provider's id of a file of the caller's own")
STORED_ID = Node(Leaf.STORED, note="provider's id of what it stores for the caller")
UNSEALED_ID = Node(Leaf.UNSEALED, note="the same, unless `encrypted_content` stands beside it")
MEDIA_TYPE = Node(Leaf.STRUCTURE, _MEDIA_TYPE, note="media type")
JSON = Node(Leaf.JSON)
MAYBE_JSON = Node(Leaf.MAYBE_JSON)
IDENTITY = Node(Leaf.IDENTITY)
OPAQUE = Node(Leaf.OPAQUE)
SIGNED = Node(Leaf.SIGNED)
MEDIA = Node(Leaf.MEDIA)
URL = Node(Leaf.URL)
TAG = Node(Leaf.STRUCTURE, note="chooses the kind")
NAMES = Node(Leaf.STRUCTURE, _PLAIN, items=NAME, note="plain name")


def one_of(*words: str) -> Node:
    """Structure that is one of a few words."""
    return Node(Leaf.STRUCTURE, frozenset(words).__contains__, note=" · ".join(words))


def an(fields: Mapping[str, Node], *, author: Author | None = None, needs: str = "") -> Node:
    """An object with these fields; a string in its place is scanned."""
    return Node(object=Object(fields, author=author, needs=needs))


def many(item: Node) -> Node:
    """A list whose elements are read as `item`; a lone one is read so too."""
    return Node(item.leaf, item.fits, item.object, item, item.numbers, item.note)


def token_ids(item: Node) -> Node:
    """An object whose keys are numbers of a tokenizer."""
    return Node(object=Object(rest=item, names=_TOKEN_ID), note="by token id")


def one_kind(fields: Mapping[str, Node], *, author: Author | None = None) -> Object:
    """Content that says what it is by the field it has, which must be one of `fields`."""
    return Object(fields, author=author, closed=True)


def parts(
    variants: Mapping[str, Mapping[str, Node]] | Mapping[str, Object],
    *,
    author: Author | None = None,
) -> Object:
    """Content whose `type` must be one of `variants`."""
    read = {
        name: kind if isinstance(kind, Object) else Object({"type": TAG, **kind}, author=author)
        for name, kind in variants.items()
    }
    return Object(by="type", variants=read)


def part(
    fields: Mapping[str, Node],
    *,
    needs: str = "",
    author: Author | None = None,
    authors: Mapping[str, Author] | None = None,
) -> Object:
    """One kind of content that needs the policy's word, or has authors of its own."""
    fields = {"type": TAG, **fields}
    return Object(fields, needs=needs, author=author, authors=authors or {})


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How one operation's request is read."""

    root: Object
    author: Author = Author.APPLICATION


def collect(document: Any, field_map: FieldMap, allowed: Collection[str] = ()) -> list[Slot]:
    """The text of a request in document order.

    `allowed` holds the kinds of content that the policy lets pass unscanned.
    Raises UnexpectedShape, UnknownPart and UnscannableContent.
    """
    if type(document) is not dict:  # no protocol has such a body
        raise UnexpectedShape("The body is not a JSON object.")
    walk = _Walk([], allowed, None, Renames(document))
    _walk_object(document, field_map.root, field_map.author, "", walk)
    return walk.slots


class _Walk:
    """What stays the same while one document is walked."""

    __slots__ = ("allowed", "needs", "outer", "renames", "slots")

    def __init__(
        self, slots: list[Slot], allowed: Collection[str], outer: Place | None, renames: Renames
    ) -> None:
        self.slots = slots
        self.allowed = allowed
        self.needs = ""  # of the part that is being read
        self.outer = outer
        self.renames = renames


def _walk_object(
    value: dict[str, Any], spec: Object, author: Author, label: str, walk: _Walk
) -> None:
    while spec.by:
        tag = value.get(spec.by)
        if tag is None:
            tag = ""
        chosen = spec.variants.get(tag) if type(tag) is str else None
        spec = chosen or spec.otherwise or _refuse_part()
    if spec.needs:
        if spec.needs not in walk.allowed:
            raise unscannable(spec.needs)
        walk.needs = spec.needs
    if spec.author is not None:
        author = spec.author
    usual, authors = author, spec.authors
    find = spec.fields.get
    slots = walk.slots
    for key, item in value.items():
        node = find(key)
        if authors:
            author = authors.get(key, usual)
        if node is None:
            if spec.closed:
                raise UnknownPart
            _walk_unnamed(value, key, item, spec, author, walk)
            continue
        kind = type(item)
        if kind is str:
            leaf = node.leaf
            if leaf is _IS_STRUCTURE and node.fits(item):
                continue
            if leaf is _IS_TEXT or leaf is _IS_STRUCTURE:
                if item:
                    slots.append(Slot(value, key, _OF_TEXT, author, item, label, walk.outer))
            else:
                _walk_string(value, key, item, leaf, author, label, walk)
        elif kind is dict:
            _walk_object(item, node.object or _FREE_OBJECT, author, label, walk)
        elif kind is list:
            _walk(item, node.items or FREE, author, label, walk)
        elif node.numbers:
            _walk_number(value, key, item, author, label, walk)


def _walk(values: list[Any], node: Node, author: Author, label: str, walk: _Walk) -> None:
    """Read the elements of a list."""
    for index, item in enumerate(values):
        kind = type(item)
        if kind is dict:
            _walk_object(item, node.object or _FREE_OBJECT, author, label, walk)
        elif kind is str:
            leaf = node.leaf
            if leaf is _IS_STRUCTURE and node.fits(item):
                continue
            if leaf is _IS_TEXT or leaf is _IS_STRUCTURE:
                if item:
                    slot = Slot(values, index, _OF_TEXT, author, item, label, walk.outer)
                    walk.slots.append(slot)
            else:
                _walk_string(values, index, item, leaf, author, label, walk)
        elif kind is list:
            _walk(item, node if node.object is not None else FREE, author, label, walk)
        elif node.numbers:
            _walk_number(values, index, item, author, label, walk)


def _walk_unnamed(  # noqa: PLR0917 -- on the hot path, named at every call
    container: dict[str, Any], key: str, item: Any, spec: Object, author: Author, walk: _Walk
) -> None:
    """A field that the map does not name: its name is text as well."""
    slots = walk.slots
    node = spec.rest or FREE
    if key and not (spec.names or _PLAIN)(key):
        name = Slot(container, key, SlotKind.KEY, author, key, "", walk.outer)
        name._renames = walk.renames  # noqa: SLF001  # made here alone
        slots.append(name)
    kind = type(item)
    if kind is dict:
        _walk_object(item, node.object or _FREE_OBJECT, author, key, walk)
        return
    if kind is list:
        _walk(item, node.items or FREE, author, key, walk)
        return
    if kind is str:
        if item:
            slots.append(Slot(container, key, _OF_TEXT, author, item, key, walk.outer))
    elif node.numbers:
        _walk_number(container, key, item, author, key, walk)


def _walk_number(  # noqa: PLR0917 -- on the hot path, named at every call
    container: Any, key: Any, item: Any, author: Author, label: str, walk: _Walk
) -> None:
    """A number long enough to be an account, a card, a phone is scanned as its digits."""
    if type(item) is float and item.is_integer() and -_BEYOND < item < _BEYOND:
        item = int(item)  # `4.1e15` and `4100000000000000.0` are the same digits
    if type(item) is int:
        if -LONG_NUMBER < item < LONG_NUMBER:
            return
        text = str(item)
    elif type(item) is float:
        text = repr(item)
        if len(text) <= SHORT_DECIMAL:
            return
    else:
        return
    walk.slots.append(Slot(container, key, SlotKind.NUMBER, author, text, label, walk.outer))


def _walk_string(  # noqa: PLR0917 -- on the hot path, named at every call
    container: Any, key: Any, item: str, leaf: Leaf, author: Author, label: str, walk: _Walk
) -> None:
    """The strings that are neither plain text nor structure."""
    if not item:
        return
    kind = SlotKind.TEXT
    if leaf is Leaf.JSON or (leaf is Leaf.MAYBE_JSON and _may_be_json(item)):
        if _walk_json(container, key, item, author, label, walk):
            return
    elif leaf is Leaf.ASKED:
        author = Author.CALLER
    elif leaf is Leaf.IDENTITY:
        kind = SlotKind.IDENTITY
    elif leaf is Leaf.OPAQUE or leaf is Leaf.SIGNED:
        kind = _kind_of_sealed(item, leaf, walk.allowed)
    elif leaf is Leaf.CREDENTIAL:
        return
    elif leaf is Leaf.FILE:
        kind = SlotKind.FILE
    elif leaf is Leaf.STORED:
        kind = SlotKind.STORED
    elif leaf is Leaf.UNSEALED:
        if not is_sealed(container):
            kind = SlotKind.STORED
        elif _ID(item):
            return
    elif leaf is Leaf.PLACE:
        if "files" not in walk.allowed:
            raise ReferenceRefused(hint=_MAKE_A_PLACE)
        if _ID(item):
            return
    elif leaf is Leaf.MEDIA:
        kind, label = SlotKind.MEDIA, _find_declared(container, walk)
    elif leaf is Leaf.URL:
        if item[:5].lower() == "data:":
            kind, label = SlotKind.MEDIA, _find_declared(container, walk)
        elif "remote_urls" not in walk.allowed:
            raise unscannable("remote_urls")
    walk.slots.append(Slot(container, key, kind, author, item, label, walk.outer))


def _find_declared(container: Any, walk: _Walk) -> str:
    """The media type of a file in base64: what stands beside it, or what its part is for."""
    said = [container.get(name) for name in _DECLARED] if type(container) is dict else []
    declared = next((one for one in said if type(one) is str), "")
    if walk.needs == "images" and not declared.startswith("image/"):
        return "image/*"
    return declared


_DECLARED = ("media_type", "mimeType", "mime_type")


def is_sealed(item: Mapping[str, Any]) -> bool:
    """Whether an item has what it stands for in it, sealed: its id need not be looked up."""
    sealed = item.get("encrypted_content")
    return type(sealed) is str and _BLOB(sealed) is not None


def _kind_of_sealed(item: str, leaf: Leaf, allowed: Collection[str]) -> SlotKind:
    """What a provider signed or sealed. What does not look sealed is read in any case."""
    if leaf is Leaf.OPAQUE and not _BLOB(item):
        return SlotKind.SIGNED
    if "provider_blobs" in allowed:
        return SlotKind.LENIENT
    if leaf is Leaf.OPAQUE:
        raise unscannable("provider_blobs")
    return SlotKind.SIGNED


def _may_be_json(text: str) -> bool:
    """True where reading as JSON shows more than the raw text: escapes hide letters."""
    return "\\" in text and text.lstrip()[:1] in ("{", "[")


def _walk_json(  # noqa: PLR0917 -- on the hot path, named at every call
    container: Any, key: Any, text: str, author: Author, label: str, walk: _Walk
) -> bool:
    """Read a string as JSON; False where it is not JSON that all readers agree on."""
    try:
        root = [parse_strict(text.encode())]
    except InputError:
        return False
    place = Place(container, key, root)
    _walk(root, FREE, author, label, _Walk(walk.slots, walk.allowed, place, walk.renames))
    return True


def _refuse_part() -> Object:
    raise UnknownPart


WORDS: Mapping[str, str] = {
    "images": "An image",
    "audio": "Sound",
    "video": "Video",
    "files": "A file or document that is not plain text",
    "remote_urls": "An address that the provider would fetch",
    "token_arrays": "Token ids in place of text",
    "provider_blobs": "What a provider sealed",
}


def unscannable(kind: str, detail: str = "") -> UnscannableContent:
    """The refusal of content that only the policy can let pass."""
    return UnscannableContent(
        detail or f"{WORDS[kind]} cannot be scanned, and the policy does not allow it.",
        hint=f'Leave it out, or set `{kind} = "allow"` under [opaque] in the policy.',
    )
