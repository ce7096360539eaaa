"""The reference page of detectors, from the declared kinds themselves."""

from collections.abc import Iterator
from pathlib import Path

from curtilage.detect.catalogue import load_catalogue
from curtilage.detect.models import Kind, Mode, Strength

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "reference" / "detectors.md"
INTRODUCTION = """\
# Detectors

What Curtilage finds in a text: {total} kinds, {identifiers} identifiers and {secrets} secrets. Each is declared
once, in a group of `src/curtilage/detect/rules`, with its shapes, its check and its naming words,
and has a file of examples in `tests/vectors/detect`.

- **Naming word** says what a word near the value (within 60 characters, a field name, a column
  title; English, German, French, Spanish, Italian, Portuguese, Dutch) does: *not needed*, *raises
  the score*, or *required* for the shapes that say so. Entropy alone never makes a finding.
- **Check** says how seldom a look-alike passes: *none*; *shape* (lists, ranges, dates); *digit*
  (one check digit); *double* (two, or one and a date); *proof* (a CRC, a hash, a structure).
- Where two candidates overlap, the one with a naming word wins, then the stronger check, then the
  one that needs no word, then the longer. What lost by at most 0.2 of score stays as its rival: of
  a policy the strictest word on any of them counts.
- Look-alike characters are folded before: digits of all scripts, full-width letters, exotic spaces
  and dashes, invisible characters. Offsets are those of the original text, in code points.

*This page is written by `make generate` from the declarations.*
"""
_MODES = {Mode.REQUIRED: "required", Mode.BOOSTS: "raises the score", Mode.NEEDLESS: "not needed"}


def render() -> str:
    """The whole page."""
    catalogue = load_catalogue()
    secrets = sum(kind.is_secret for kind in catalogue.kinds.values())
    total = len(catalogue.kinds)
    head = INTRODUCTION.format(total=total, identifiers=total - secrets, secrets=secrets)
    groups = sorted(set(catalogue.groups.values()))
    return head + "".join(
        _section(
            group,
            [kind for name, kind in catalogue.kinds.items() if catalogue.groups[name] == group],
        )
        for group in groups
    )


def _section(group: str, kinds: list[Kind]) -> str:
    head = [
        "",
        f"## {group}",
        "",
        "| Type | What it is | Category | Naming word | Check | Source |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *_rows(kinds)]) + "\n"


def _rows(kinds: list[Kind]) -> Iterator[str]:
    for kind in sorted(kinds, key=lambda item: item.type):
        modes = sorted({form.mode for form in kind.forms}, reverse=True)
        words = " or ".join(_MODES[mode] for mode in modes) or "no pattern"
        check = Strength(kind.strength).name.lower()
        citation = kind.citation.replace("|", "\\|")
        yield f"| `{kind.type}` | {kind.title} | `{kind.category}` | {words} | {check} | {citation} |"
