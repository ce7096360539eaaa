"""Collects what pages say and keeps the catalogues: `python tools/translations.py`.

Reads every `say("…")` and `say_count("…", "…", n)` of code and templates, brings
`src/curtilage/web/words/*.po` up to date and compiles them to `.mo` beside them. With
`--check` nothing is written: it fails where a file would change or a translation is missing.
"""

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from curtilage.detect.catalogue import load_catalogue  # noqa: E402
from tools.pofiles import (  # noqa: E402 -- run by its path, as the other tools are
    Entry,
    Message,
    compile_mo,
    encode_po,
    merge,
    parse_po,
)

SOURCE = REPOSITORY / "src" / "curtilage"
WORDS = SOURCE / "web" / "words"
KINDS = "detect/rules"
ARGUMENTS = {"say": 1, "say_count": 2}  # how many of their first arguments are words
PLURALS = {  # CLDR; gettext's notation
    "de": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
}


@cache
def collect() -> tuple[Message, ...]:
    """Every message of the sources, in the order of files, each once with all its places."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in {".py", ".html"}:
            continue
        place = path.relative_to(SOURCE).as_posix()
        read = from_code if path.suffix == ".py" else from_template
        for each in read(path.read_text(encoding="utf-8")):
            known = found.setdefault(each.key, each)
            if known.plural != each.plural:
                raise ValueError(f"{place}: is counted in one place and not in another: {each}")
            places = tuple(dict.fromkeys((*known.places, place)))
            found[each.key] = replace(known, places=places)
    for kind in load_catalogue().kinds.values():  # tables: their titles are said as they are
        found.setdefault(("", kind.title), Message(kind.title, places=(KINDS,)))
    return tuple(found.values())


def from_code(text: str) -> Iterator[Message]:
    """What a Python module says by the words of `core.words`, which it imports by name."""
    if "curtilage.core.words" not in text:
        return
    tree = ast.parse(text)
    ours = {
        each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "curtilage.core.words"
        for each in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ours:
            named = {each.arg: each.value for each in node.keywords if each.arg}
            yield from _message(
                node.func.id,
                [getattr(each, "value", None) for each in node.args],
                getattr(named.get("context"), "value", ""),
            )


def from_template(text: str) -> Iterator[Message]:
    """What a template says."""
    for node in Environment().parse(text).find_all(nodes.Call):  # noqa: S701 -- nothing is rendered
        if isinstance(node.node, nodes.Name):
            named = {each.key: each.value for each in node.kwargs}
            yield from _message(
                node.node.name,
                [getattr(each, "value", None) for each in node.args],
                getattr(named.get("context"), "value", ""),
            )


def _message(name: str, words: list[Any], context: str) -> Iterator[Message]:
    if name not in ARGUMENTS:
        return
    literal = words[: ARGUMENTS[name]]
    if not all(isinstance(each, str) and each for each in literal):
        raise ValueError(f"{name}: the words are literals, so that they can be collected: {words}")
    yield Message(*literal, context=context)


def header_of(language: str) -> str:
    """The header of a catalogue. No dates and names: those are in the history."""
    return (
        f"Language: {language}\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=UTF-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        f"Plural-Forms: {PLURALS[language]}\n"
    )


def build(language: str, messages: Sequence[Message]) -> tuple[list[Entry], Mapping[Path, bytes]]:
    """The catalogue of a language, and its files as they should be."""
    path = WORDS / f"{language}.po"
    known = parse_po(path.read_text(encoding="utf-8")) if path.exists() else {}
    entries, header = merge(messages, known), header_of(language)
    return entries, {
        path: encode_po(entries, header).encode(),
        path.with_suffix(".mo"): compile_mo(entries, header),
    }


def main() -> int:
    """Write the catalogues, or check them; 1 where something is left to translate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    messages, result = collect(), 0
    for language in PLURALS:
        entries, files = build(language, messages)
        missing = [each.message.text for each in entries if not all(each.said) or each.is_fuzzy]
        stale = [path for path, data in files.items() if not _holds(path, data)]
        if not given.check:
            WORDS.mkdir(exist_ok=True)
            for path in stale:
                path.write_bytes(files[path])
        print(f"{language}: {len(entries)} messages, {len(missing)} to translate")
        for text in missing[:20]:
            print(f"  {text}")
        result |= bool(missing) or (given.check and bool(stale))
    return int(result)


def _holds(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


if __name__ == "__main__":
    sys.exit(main())
