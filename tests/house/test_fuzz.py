"""No parser is left out of the fuzzing: each has a target, or a reason that is written here."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from tests.house.tree import SOURCE, parsed, rooms
from tests.property.fuzz.targets import SLICES, TARGETS

LINK = "the link's own ends write it, processes of one user; `FrameParser` meets the bytes"
STORED = "one of our stores wrote it, in a transaction; who changes rows there owns the service"
SEALED = "it comes out of a seal that was made here; the seal has a target of its own"
WITHOUT = {
    "app.metrics.parse_report": LINK,
    "app.link_data.parse_loaded": LINK,
    "app.link_data.parse_scope": LINK,
    "app.link_data.parse_ask": LINK,
    "app.link_data.parse_budgets": LINK,
    "app.link_data.parse_group": LINK,
    "app.link_data.parse_portion": LINK,
    "app.snapshots.parse_corrections": LINK,
    "app.snapshots.parse_key": LINK,
    "app.snapshots.parse_past": LINK,
    "app.standing_data.parse_book": LINK,
    "app.standing_data.parse_caller_budgets": LINK,
    "consent.casefile.parse_text": SEALED,
    "detect.tagger.calibration.parse_calibration": "ours: it comes with the package, beside the weights",
    "gateway.kept_values.parse_values": SEALED,
    "gateway.wire.protocols.StreamRewriter.feed": "a port; every rewriter has a target of its own",
    "gateway.wire.texts.Texts.feed": "has text from the Responses rewriter alone, which has a target",
    "identity.store.budgets.parse_budgets": STORED,
    "shield.held.Watched.feed": "a port; each guard has a target of its own",
    "core.db.columns.parse_optional": STORED,
    "identity.people.wire.parse_about": SEALED,
    "identity.people.wire.parse_passkey": SEALED,
    "identity.people.wire.parse_profile": SEALED,
    "identity.people.wire.parse_whereabouts": SEALED,
    "identity.reveal.wire.parse_about": SEALED,
    "identity.relying.wire.kept.parse_login": SEALED,
    "identity.relying.wire.kept.parse_session": SEALED,
}


def find_parsers() -> Iterator[str]:
    """Public functions and methods that turn what came in into models, by their names."""
    for path in rooms():
        module = path.relative_to(SOURCE).with_suffix("").as_posix().replace("/", ".")
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef) and is_parser(node.name):
                yield f"{module}.{node.name}"
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and is_parser(inner.name):
                        yield f"{module}.{node.name}.{inner.name}"


def is_parser(name: str) -> bool:
    return name == "feed" or name.startswith(("parse_", "decode_"))


def name_of(parser: Callable[..., Any]) -> str:
    return f"{parser.__module__.removeprefix('curtilage.')}.{parser.__qualname__}"


def slice_of(name: str) -> str:
    """The part of `SLICES` that a parser belongs to."""
    return max((each for each in SLICES if name.startswith(f"{each}.")), key=len)


def test_every_parser_is_fuzzed_or_says_why_not() -> None:
    covered = {name_of(parser) for target in TARGETS.values() for parser in target.covers}
    found = set(find_parsers())
    missing = sorted(found - covered - set(WITHOUT))
    assert missing == [], "add a Target to the module of its slice (SLICES), or a reason above"
    assert sorted(set(WITHOUT) - found) == [], "no such parser any more"
    assert sorted(set(WITHOUT) & covered) == [], "it has a target: no reason is needed"


def test_a_target_lies_with_the_slice_of_its_parsers() -> None:
    lies = {
        name_of(parser): part
        for part, groups in SLICES.items()
        for group in groups
        for target in group()
        for parser in target.covers
    }
    assert lies == {name: slice_of(name) for name in lies}
