"""What one request of an application protects, and gets back in its own reply."""

import codecs
from collections.abc import Mapping

from curtilage.app.library import Library
from curtilage.core.models import Treatment
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.protect import protect_text
from curtilage.shield.restore import Form, StreamRestorer, restore_text

_FORMS = {"application/json": Form.JSON, "text/plain": Form.TEXT, "text/event-stream": Form.TEXT}
_ODD = "surrogateescape"  # bytes that are no UTF-8 come out as they went in


class Privacy:
    """Protects texts on their way to a model, and restores what comes back.

    Only values of this request come back in it, whatever else the process
    protected. One value has one token throughout a scope.
    """

    def __init__(
        self, library: Library, *, scope: str, policy: Mapping[str, Treatment | str] | None
    ) -> None:
        self._library = library
        self._policy = policy
        self._mint = library.mint(scope)
        self.held = Held()

    def protect(self, text: str) -> str:
        """The text as it may leave. Raises `Blocked` where the policy blocks what was found."""
        findings, treatments = self._library.judge(text, self._policy)
        return protect_text(
            text, findings, treatments, mint=self._mint, held=self.held, origin=Origin.CALLER
        )

    def restore(self, text: str) -> str:
        """A model's text with the values of this request; none enters a link or markup."""
        return restore_text(text, self.held).text

    def stream(self) -> StreamRestorer:
        """Restores a model's text that comes in pieces: `feed` each, then `close`."""
        return StreamRestorer(self.held, sink=Sink.TEXT, form=Form.TEXT)

    def body(self, content_type: str, content_encoding: str = "") -> "BodyRestorer | None":
        """What restores a reply's body as it is sent; None for one that stays as it is."""
        form = None if content_encoding else _form_of(content_type)
        if form is None or not len(self.held):
            return None
        return BodyRestorer(StreamRestorer(self.held, sink=Sink.TEXT, form=form))


class BodyRestorer:
    """Restores a body in UTF-8, in any pieces."""

    def __init__(self, restorer: StreamRestorer) -> None:
        self._restorer = restorer
        self._decoder = codecs.getincrementaldecoder("utf-8")(_ODD)

    def feed(self, data: bytes) -> bytes:
        """What is ready to be sent."""
        return self._restorer.feed(self._decoder.decode(data)).encode("utf-8", _ODD)

    def close(self) -> bytes:
        """The rest."""
        rest = self._restorer.feed(self._decoder.decode(b"", final=True)) + self._restorer.close()
        return rest.encode("utf-8", _ODD)


def _form_of(content_type: str) -> Form | None:
    """How a body is read; None for what nobody reads here."""
    kind, _, options = content_type.lower().partition(";")
    charset = options.partition("charset=")[2].strip(" \"'")
    if charset not in ("", "utf-8", "us-ascii"):
        return None
    return Form.JSON if kind.strip().endswith("+json") else _FORMS.get(kind.strip())
