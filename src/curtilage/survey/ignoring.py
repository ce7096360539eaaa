"""`.curtilageignore`: what is left out, in the words of `.gitignore`.

One pattern a line, `#` for comments, `!` takes back, a `/` at the end means
folders alone, a `/` elsewhere ties the pattern to the folder of the file; `*`, `?`,
`[…]` and `**` as usual. The last pattern that fits decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NAME = ".curtilageignore"


ANY = None  # `**`: any number of folders
_CLASS = re.compile(r"\[([!^]?)(\][^\]]*|[^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line."""

    steps: tuple[re.Pattern[str] | None, ...]
    """A pattern for each name on the way."""
    takes_back: bool
    is_for_folders: bool

    def fits(self, names: Sequence[str]) -> bool:
        """Whether the steps lead over all of `names`. As long as both are, never longer."""
        reached = {0}
        for number, step in enumerate(self.steps):
            if step is ANY:
                least = min(reached) + (number == len(self.steps) - 1)
                reached = set(range(least, len(names) + 1))
            else:
                reached = {
                    place + 1
                    for place in reached
                    if place < len(names) and step.fullmatch(names[place])
                }
            if not reached:
                return False
        return len(names) in reached


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a file. A line that says nothing is no rule."""
    return tuple(rule for line in text.splitlines() if (rule := _rule(line)) is not None)


def find_verdict(place: str, rules: Sequence[Rule], *, is_folder: bool) -> bool | None:
    """Whether the rules leave out `place`, from their folder with `/`. None: they do not say."""
    names = place.split("/")
    for rule in reversed(rules):
        if (is_folder or not rule.is_for_folders) and rule.fits(names):
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
    names = [name for name in body.split("/") if name]
    try:
        steps = tuple(
            ANY if name == "**" else re.compile(_translated(name), re.DOTALL) for name in names
        )
    except re.error:  # `[z-a]` fits nothing
        return None
    return Rule(steps if "/" in body else (ANY, *steps), takes_back, is_for_folders)


def _translated(name: str) -> str:
    """Between two stars the first place that fits is as good as any: nothing is tried twice."""
    first, *others = _fixed(name)
    if not others:
        return first
    inner = "".join(f"(?>.*?{each})" for each in others[:-1])
    return f"{first}{inner}.*{others[-1]}"


def _fixed(name: str) -> list[str]:
    """What stands between the stars."""
    parts = [""]
    place = 0
    while place < len(name):
        char = name[place]
        match = _CLASS.match(name, place) if char == "[" else None
        if match:
            inner = match[2].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            parts[-1] += f"[{'^' if match[1] else ''}{inner}]"
            place = match.end()
            continue
        if char == "*":
            parts.append("")
        elif char == "?":
            parts[-1] += "."
        else:
            place += char == "\\" and place + 1 < len(name)
            parts[-1] += re.escape(name[place])
        place += 1
    return parts
