"""`.curtilageignore`: what is left out, in the words of `.gitignore`.

One pattern a line, `#` for comments, `!` takes back, a `/` at the end means
folders alone, a `/` elsewhere ties the pattern to the folder of the file; `*`, `?`,
`[…]` and `**` as usual. The last pattern that fits decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NAME = ".curtilageignore"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line."""

    pattern: re.Pattern[str]
    takes_back: bool
    is_for_folders: bool


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a file. A line that says nothing is no rule."""
    return tuple(rule for line in text.splitlines() if (rule := _rule(line)) is not None)


def find_verdict(place: str, rules: Sequence[Rule], *, is_folder: bool) -> bool | None:
    """Whether the rules leave out `place`, from their folder with `/`. None: they do not say."""
    for rule in reversed(rules):
        if (is_folder or not rule.is_for_folders) and rule.pattern.fullmatch(place):
            return not rule.takes_back
    return None


def _rule(line: str) -> Rule | None:
    line = re.sub(r"(?<!\\) +$", "", line)
    if not line or line.startswith("#"):
        return None
    takes_back = line.startswith("!")
    body = line[1:] if takes_back else line
    is_for_folders = body.endswith("/")
    body = body.rstrip("/")
    if not body:
        return None
    is_tied = "/" in body
    body = body.lstrip("/")
    prefix = "" if is_tied or body.startswith("**/") else "(?:.*/)?"
    return Rule(re.compile(prefix + _translated(body), re.DOTALL), takes_back, is_for_folders)


def _translated(body: str) -> str:
    parts: list[str] = []
    place = 0
    while place < len(body):
        if body.startswith("**/", place):
            parts.append("(?:.*/)?")
            place += 3
        elif body.startswith("**", place):
            parts.append(".*")
            place += 2
        elif body[place] == "[" and (
            match := re.compile(r"\[([!^]?)(\]?[^\]]*)\]").match(body, place)
        ):
            inner = match[2].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            parts.append(f"(?!/)[{'^' if match[1] else ''}{inner}]")
            place = match.end()
        else:
            if body[place] == "\\" and place + 1 < len(body):
                place += 1
                parts.append(re.escape(body[place]))
            else:
                parts.append({"*": "[^/]*", "?": "[^/]"}.get(body[place], re.escape(body[place])))
            place += 1
    return "".join(parts)
