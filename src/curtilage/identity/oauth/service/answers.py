"""Where the browser is sent with the answer to an authorization request."""

from dataclasses import dataclass

from curtilage.identity.oauth.errors import RequestRefused
from curtilage.identity.oauth.forms import add_answer
from curtilage.identity.oauth.models.requests import AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Answers:
    """Addresses of clients with an answer in them: `state` as it came, and `iss`.

    `iss` is what keeps a client that talks to several servers from mixing them up
    (RFC 9207 §2); it is in errors as well."""

    issuer: str

    def give_code(self, request: AuthorizationRequest, code: str) -> str:
        """With a code (RFC 6749 §4.1.2)."""
        return self._answer(request.redirect_uri, request.state, {"code": code})

    def refuse_request(self, request: AuthorizationRequest, refusal: RequestRefused) -> str:
        """With an error (RFC 6749 §4.1.2.1)."""
        return self.refuse(request.redirect_uri, request.state, refusal)

    def refuse(self, redirect_uri: str, state: str, refusal: RequestRefused) -> str:
        """The same, before the request could be read. The address is known to be registered."""
        answer = {"error": refusal.fault.value, "error_description": refusal.detail}
        return self._answer(redirect_uri, state, answer)

    def _answer(self, redirect_uri: str, state: str, answer: dict[str, str]) -> str:
        told = {**answer, "state": state} if state else answer
        return add_answer(redirect_uri, {**told, "iss": self.issuer})
