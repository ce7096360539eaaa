"""Kinds of errors. A concrete error is a class in its slice's `errors.py`.

CurtilageError           code · title · hint · status
├ InputError 422         what came in is not what the contract says
├ AuthenticationError 401
├ DeniedError 403
├ NotFoundError 404
├ ConflictError 409
├ LimitError 429
├ PeerError 502          the other side broke its protocol
├ UnavailableError 503   something that we need does not answer
├ TamperError 500        a proof, signature or seal does not hold; never retried
└ SetupError 500         refused at start-up, with the setting's name

Anything else that escapes is a bug: 500 over HTTP, 70 on the command line.
The detail says what was unexpected, what was expected and what to do. It never
holds a value: no personal data, token, key or echoed free text.
"""

from typing import ClassVar

from curtilage.core.words import Sentence, join_sentences, say


class CurtilageError(Exception):
    """Something that a caller can be told about."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = say("Something went wrong")
    hint: ClassVar[str] = ""
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 70

    def __init__(self, detail: str = "", *, hint: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.advice = hint or self.hint

    @property
    def told(self) -> str:
        """What was unexpected and what to do, for people."""
        unexpected = Sentence("{what}", given={"what": self.detail})
        if not self.detail.endswith((".", "?")):
            unexpected = Sentence("{what}.", given={"what": self.detail})
        return join_sentences(unexpected, self.advice)


class InputError(CurtilageError):
    code = "input"
    title = say("The input was not understood")
    status = 422
    exit_code = 2


class AuthenticationError(CurtilageError):
    code = "authentication"
    title = say("The caller is not known")
    status = 401
    exit_code = 2


class DeniedError(CurtilageError):
    code = "denied"
    title = say("Not allowed")
    hint = say("Ask somebody who may, or an administrator of this installation.")
    status = 403
    exit_code = 2


class NotFoundError(CurtilageError):
    code = "not-found"
    title = say("Not found")
    status = 404
    exit_code = 2


class ConflictError(CurtilageError):
    code = "conflict"
    title = say("It is not in the state this needs")
    status = 409
    exit_code = 2


class LimitError(CurtilageError):
    """`retry_after` is in whole seconds; None where waiting does not help."""

    code = "limit"
    title = say("A limit was reached")
    status = 429
    exit_code = 4

    def __init__(self, detail: str = "", *, hint: str = "", retry_after: int | None = None) -> None:
        super().__init__(detail, hint=hint)
        self.retry_after = retry_after


class PeerError(CurtilageError):
    code = "peer"
    title = say("The other side broke its protocol")
    status = 502
    exit_code = 4


class UnavailableError(CurtilageError):
    code = "unavailable"
    title = say("Something that is needed does not answer")
    status = 503
    exit_code = 4


class TamperError(CurtilageError):
    code = "tamper"
    title = say("A proof, signature or seal does not hold")
    status = 500
    exit_code = 1


class SetupError(CurtilageError):
    code = "setup"
    title = "The service cannot start like this"
    status = 500
    exit_code = 3


class MissingRight(DeniedError):
    code = "authority.missing-right"
    title = say("You may not do this")
    hint = say("Ask an administrator of this installation for the right.")
