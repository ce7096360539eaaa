"""Reads and writes gettext's catalogues: `.po` for people, `.mo` for programs.

As little of the format as our own files hold (GNU gettext manual, "The Format of PO Files"
and "… of GNU MO Files"): no obsolete entries, no earlier messages, UTF-8, `fuzzy` as the
only flag that is read.
"""

import ast
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

MAGIC = 0x950412DE
BETWEEN = "\x04"  # stands between a context and its message


@dataclass(frozen=True)
class Message:
    """What is said somewhere. `plural` is "" where nothing is counted."""

    text: str
    plural: str = ""
    context: str = ""
    places: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


@dataclass(frozen=True)
class Entry:
    """A message and how it is said; "" for what is not translated yet."""

    message: Message
    said: tuple[str, ...] = ("",)
    is_fuzzy: bool = False
    remarks: tuple[str, ...] = ()


Catalogue = Mapping[tuple[str, str], Entry]


def parse_po(text: str) -> dict[tuple[str, str], Entry]:
    """The entries of a file, without its header."""
    blocks = (block.splitlines() for block in text.split("\n\n"))
    entries = [_parse_entry(lines) for lines in blocks if any(lines)]
    found = {each.message.key: each for each in entries if each.message.text}
    if len(found) != sum(1 for each in entries if each.message.text):
        raise ValueError("a message stands in the catalogue twice")
    return found


def _parse_entry(lines: Iterable[str]) -> Entry:
    fields: dict[str, str] = {}
    places: list[str] = []
    remarks: list[str] = []
    last, is_fuzzy = "", False
    for line in lines:
        if line.startswith("#: "):
            places.append(line[3:])
        elif line.startswith("#,"):
            is_fuzzy = is_fuzzy or "fuzzy" in line
        elif line.startswith("# "):
            remarks.append(line[2:])
        elif line.startswith('"'):
            fields[last] += ast.literal_eval(line)
        elif line and not line.startswith("#"):
            last, _, value = line.partition(" ")
            fields[last] = ast.literal_eval(value)
    message = Message(
        fields.get("msgid", ""),
        fields.get("msgid_plural", ""),
        fields.get("msgctxt", ""),
        tuple(places),
    )
    said = [value for name, value in fields.items() if name.startswith("msgstr")]
    return Entry(message, tuple(said), is_fuzzy, tuple(remarks))


def encode_po(entries: Iterable[Entry], header: str) -> str:
    """The file, in the order given."""
    blocks = [_header(header), *(_encode_entry(each) for each in entries)]
    return "\n\n".join(blocks) + "\n"


def _header(header: str) -> str:
    lines = "\n".join(_quote(line + "\n") for line in header.splitlines())
    return f'msgid ""\nmsgstr ""\n{lines}'


def _encode_entry(entry: Entry) -> str:
    message = entry.message
    lines = [f"# {remark}" for remark in entry.remarks]
    lines += [f"#: {place}" for place in message.places]
    lines += ["#, fuzzy"] if entry.is_fuzzy else []
    lines += [f"msgctxt {_quote(message.context)}"] if message.context else []
    lines += [f"msgid {_quote(message.text)}"]
    if message.plural:
        lines += [f"msgid_plural {_quote(message.plural)}"]
        lines += [f"msgstr[{at}] {_quote(said)}" for at, said in enumerate(entry.said)]
    else:
        lines += [f"msgstr {_quote(entry.said[0])}"]
    return "\n".join(lines)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped.replace(chr(9), chr(92) + "t")}"'


def merge(messages: Iterable[Message], known: Catalogue, forms: int = 2) -> list[Entry]:
    """The messages that there are now, with what was translated; the others are dropped.

    A message whose words changed is a new one: no guess is kept that nobody would look at."""
    merged: list[Entry] = []
    for message in messages:
        old = known.get(message.key)
        if old is not None and bool(old.message.plural) == bool(message.plural):
            merged.append(replace(old, message=message))
        else:
            merged.append(Entry(message, ("",) * (forms if message.plural else 1)))
    return merged


def compile_mo(entries: Iterable[Entry], header: str) -> bytes:
    """The file that `gettext` of the standard library reads; the same for the same entries."""
    pairs = {"": header}
    for entry in entries:
        if all(entry.said) and not entry.is_fuzzy:
            message = entry.message
            name = f"{message.context}{BETWEEN}" if message.context else ""
            name += f"{message.text}\0{message.plural}" if message.plural else message.text
            pairs[name] = "\0".join(entry.said)
    return _lay_out([(name.encode(), pairs[name].encode()) for name in sorted(pairs)])


def _lay_out(pairs: list[tuple[bytes, bytes]]) -> bytes:
    start, count = 7 * 4, len(pairs)
    at, body = start + 16 * count, b""
    tables: tuple[list[int], list[int]] = ([], [])
    for column, table in enumerate(tables):
        for pair in pairs:
            table += [len(pair[column]), at + len(body)]
            body += pair[column] + b"\0"
    head = struct.pack("<7I", MAGIC, 0, count, start, start + 8 * count, 0, at)
    return head + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + body
