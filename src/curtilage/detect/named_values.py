"""How a name leads to a value: `DATADOG_API_KEY=…`, `"api_key": "…"`, `the token is …`.

Many issuers give out keys that look like any hash. Only a name before one tells it apart,
so the name is a part of the pattern, in every way that code, configuration, command lines
and people write it.
"""

from curtilage.detect.alternatives import alternatives
from curtilage.detect.models import Edge, Form, Mode, N, Trimmer, Validator

HEX = "0-9a-f"
ALNUM = "0-9A-Za-z"
URLSAFE = r"0-9A-Za-z_\-"
UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

_WHOLE = (
    "(?:api|app|key|token|secret|client|access|auth|logic|ci|io|ai|hq)?"  # run together with it
)
_REST = r"(?:[0-9A-Z_.\- ][0-9A-Za-z_.\- ]{0,23})?"  # what follows: `_API_KEY`, ` access token`
_CLOSED = r"[\"'`\])]{0,2}"
_SAYS = "(?:is|are|was|equals|ist|war|lautet|est|es|era|\xe9|e'|jest|to|sono|luidt)"
_ENTRY = r"[\"']?(?:[,;][ \t\r\n]{0,40}|[ \t\r\n]{1,40})[\"']?[Vv]alue[\"']?[ ]{0,2}[:=]"  # under `- name: X`
_OPERATOR = r"[ \t]{0,3}(?::=|=>|->|==?|:|,|\|\||>)"
LEADS = (
    rf"(?:(?:{_ENTRY}|{_CLOSED}(?:{_OPERATOR}|[ ]{{1,3}}{_SAYS}[ :]))[ \t]{{0,3}}|{_CLOSED}[ \t]{{1,3}}|[\"'`])"
    r"[\"'`]{0,2}"
)


def spelled(names: str) -> str:
    """A pattern for names parted by `|`, in any case; a space may be `_`, `-`, `.` or nothing."""
    return alternatives(names.split("|"), _letter)


def named(
    names: str,
    value: str,
    *,
    check: Validator,
    score: float = 0.85,
    mode: Mode = N,
    trim: Trimmer | None = None,
) -> Form:
    """A form for values that only an issuer's name before them tells from a hash.

    The trigger is the name alone: to look at every long token would cost more than
    all the other secrets together.
    """
    name = spelled(names)
    return Form(
        rf"(?:{name}){_WHOLE}{_REST}{LEADS}(?P<value>{value})",
        mode,
        score,
        Edge.TOKEN,
        trigger=rf"(?:{name}){_WHOLE}[^a-z]{{1,}}",
        trim=trim,
        check=check,
    )


def _letter(char: str) -> str:
    if char == " ":
        return r"[ _.\-]{0,2}"
    return f"[{char.upper()}{char}]" if char.isalpha() else char
