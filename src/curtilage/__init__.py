"""The privacy and security layer of AI applications.

    import curtilage
    p = curtilage.protect("Mail ada@example.org", scope="conversation-7")
    p.text            # what may leave
    p.restore(reply)  # what the caller sees
    curtilage.scan("…")
    curtilage.assess(page)   # is it hostile: does it give orders to a model?

These verbs use a key and a map of this process only: no text on disk, no record.

    with curtilage.open("curtilage.toml") as c:   # the same verbs, durable and recorded
        c.protect("Mail ada@example.org", scope="case-7").text
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curtilage.app.durable import KeptText, Opened
    from curtilage.app.durable import open_installation as open  # noqa: A004 - its public name
    from curtilage.app.library import Library, Protected
    from curtilage.core.models import Finding, Treatment
    from curtilage.detect.hostile.models import Verdict
    from curtilage.shield.errors import Blocked

    __version__: str

    _bound: Library
    assess = _bound.assess  # noqa: F821
    protect = _bound.protect  # noqa: F821 - a name for the type checker only
    restore = _bound.restore  # noqa: F821
    scan = _bound.scan  # noqa: F821

__all__ = [
    "Blocked",
    "Finding",
    "KeptText",
    "Opened",
    "Protected",
    "Treatment",
    "Verdict",
    "__version__",
    "assess",
    "open",
    "protect",
    "restore",
    "scan",
]


@cache
def _library() -> "Library":
    from curtilage.app.library import Library  # noqa: PLC0415 - kept off the import's way
    from curtilage.core.entropy import SystemEntropy  # noqa: PLC0415

    return Library(SystemEntropy())


_VERBS = ("assess", "protect", "restore", "scan")
_ELSEWHERE = {
    "Blocked": "curtilage.shield.errors:Blocked",
    "Finding": "curtilage.core.models:Finding",
    "KeptText": "curtilage.app.durable:KeptText",
    "Opened": "curtilage.app.durable:Opened",
    "Protected": "curtilage.app.library:Protected",
    "Treatment": "curtilage.core.models:Treatment",
    "Verdict": "curtilage.detect.hostile.models:Verdict",
    "open": "curtilage.app.durable:open_installation",
}


def __getattr__(name: str) -> Any:
    """Bind a public name when it is first asked for (PEP 562)."""
    if name in _VERBS:
        bound = getattr(_library(), name)
    elif name in _ELSEWHERE:
        module, _, its_name = _ELSEWHERE[name].partition(":")
        bound = getattr(import_module(module), its_name)
    elif name == "__version__":
        bound = import_module("importlib.metadata").version("curtilage")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = bound
    return bound


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
