"""Where in a text a reader stands: may a value be put here, or would it be sent away?

A client that renders a reply fetches images, follows links and runs attributes;
a value restored there leaves again, to wherever the model was told to send it.
Which client that is nobody here knows, and a model may write whatever makes two
of them disagree. So nothing here takes a text apart as one renderer would. Each
machine below looks for one kind of place and follows *every* reading that a
renderer could have at once, as a set of states: whatever else is open, each `](`
may begin a destination, each `<` before a letter a tag, each `[` at the start of
a line a definition. The place is closed while any of these readings is in a
sink, and a reading ends only where no renderer goes on.

- an address in running text: after `scheme://`, `www.`, `mailto:`, `//name.`, `name.example/`
- the name of a tag, which may be an autolink, and the values of its attributes
- the content of `<script>` and `<style>`
- the destination and title of a Markdown link or image, `](…)`
- a Markdown link reference definition, `[label]: …`

`tags` and `links` hold these machines, `machines` what they have in common. They
are finite and read each character once, so a reply may be cut anywhere, and
what is kept of it is the states they are in.

What doubt costs, and where it ends:

- `x<y` in prose is the start of a tag for a browser, up to the next `>`. Names of
  attributes are no sink, so `if x<y then ` is open, and so is `List<String> `;
  `if x<y then n = 5, that is ` is closed from `=` on, to a `>` or a blank line.
- `Ada <…>` stays as it is: it is an address that can be followed.
- A quoted value that runs over the end of its line is closed for good. A renderer
  that has left the HTML block by then escapes the quote that should end it.
- A script or style is closed to its end tag, in prose too; and for good if that may
  be hidden (in code, in a link, escaped, indented by four) or `<svg>` came before.
- A link that is not finished is closed to the next blank line, and so is one whose
  title holds a parenthesis.
- An address is closed to the next white space, in compact JSON too.
"""

import re

from curtilage.shield.links import DESTINATION, REFERENCE
from curtilage.shield.machines import Machine
from curtilage.shield.tags import SCRIPT, STYLE, TAG


def _step_bare(state: str, character: str) -> str:
    """An address without its scheme, `//name.`, with slashes as lenient readers take them."""
    if state == "name." and character not in " \t\n\r\f\v<":
        return state
    if character in "/\\":
        return "name" if state else "/"
    if state != "name" or character in " \t\n\r\f\v<>\"'(){}":
        return ""
    return "name." if character == "." else state


_BARE = Machine(
    _step_bare,
    "",
    ["/\\", ".", " \t\n\r\f\v<", ">\"'(){}"],
    is_closed=lambda state: state == "name.",
)

# A host without a scheme is an address too: many clients make a link of it. What comes behind its
# `#` is sent to nobody, and what ends as files do, and no domain, is a file.
_ENDS = r"\s.,;:!?/\\<>()\[\]{}\"'|*`"
_FILES = (
    "html?|jsx?|tsx?|json|log|txt|csv|tsv|xml|ya?ml|toml|css|cpp|java|exe|pdf|png|jpe?g|gif|docx?"
    "|xlsx?|ini|cfg|conf|sql|ipynb|length|size|med|km"
)
_URL_START = re.compile(
    r"(?i:https?:|www\.|mailto:)|:[\\/]{2}"
    rf"|(?<=[^{_ENDS}])(?:[.\u3002\uff0e\uff61]|(?i:&(?:#0*46|#x0*2e|period);))"
    rf"(?!(?i:{_FILES})[/?])[^\W\d_][^{_ENDS}]{{1,23}}[.]?(?::[0-9]{{1,7}})?[/?]"
    r"|(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]{1,7})?[/?]"
)
_URL_END = re.compile(r"[ \t\n\r\f\v<]")  # GFM §6.9: all but white space and `<` may belong to it
_URL_CARRY = 48  # what the longest beginning has before its last character


class _UrlRun:
    """Whether the text is inside what a renderer could take for an address."""

    __slots__ = ("closed",)

    def __init__(self) -> None:
        self.closed = False

    def feed(self, text: str, known: int) -> None:
        """Read on; `text` begins with the last `known` characters once more."""
        at = known if self.closed else 0
        while True:
            found = (_URL_END if self.closed else _URL_START).search(text, at)
            if found is None:
                return
            at = found.end()
            self.closed = not self.closed


def _is_notable(text: str) -> bool:
    """Whether any machine at rest could leave its rest. Written out: fast searches."""
    return (
        "<" in text
        or "]" in text
        or "\n" in text
        or ":" in text
        or "/" in text
        or "\\" in text
        or "w." in text
        or "W." in text
        or "?" in text
        or "\r" in text
        or "\u2028" in text
        or "\u2029" in text
    )


class TextContext:
    """Follows a text; `closed` says that no value may be put at its end."""

    __slots__ = (
        "_bare",
        "_before",
        "_destination",
        "_is_resting",
        "_reference",
        "_run",
        "_script",
        "_style",
        "_tag",
        "closed",
    )

    def __init__(self) -> None:
        self._run = _UrlRun()
        self._tag, self._script, self._style = TAG.start, SCRIPT.start, STYLE.start
        self._destination, self._reference = DESTINATION.start, REFERENCE.start
        self._bare = _BARE.start
        self._before = ""
        self._is_resting = False
        self.closed = False

    def feed(self, text: str) -> None:
        """Read on."""
        joined = self._before + text
        if not self._is_resting or _is_notable(joined):
            self._run_all(text, joined)
        self._before = joined[-_URL_CARRY:]

    def _run_all(self, text: str, joined: str) -> None:
        self._run.feed(joined, len(self._before))
        self._tag = TAG.run(self._tag, text)
        self._script = SCRIPT.run(self._script, text)
        self._style = STYLE.run(self._style, text)
        self._destination = DESTINATION.run(self._destination, text)
        self._reference = REFERENCE.run(self._reference, text)
        self._bare = _BARE.run(self._bare, text)
        self.closed = (
            self._run.closed
            or self._tag.closed
            or self._script.closed
            or self._style.closed
            or self._destination.closed
            or self._reference.closed
            or self._bare.closed
        )
        self._is_resting = (
            not self._run.closed
            and self._tag is TAG.start
            and self._script is SCRIPT.start
            and self._style is STYLE.start
            and self._destination is DESTINATION.start
            and self._reference is REFERENCE.rest
            and self._bare is _BARE.start
        )
