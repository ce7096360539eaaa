"""The cookies of the shell, and what they are allowed to do.

`session` names a session; `form` is a random value for forms before one is signed in;
`flash` carries a sentence; `look` says light or dark, `language` which one was chosen, and
`asked` which one an app asked for. Over https the first three carry the `__Host-` prefix
(RFC 6265bis §4.1.3.2), so that no other host can plant them.
"""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

LOOKS = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and flags of our cookies; `secure` when the public address is https."""

    secure: bool

    @property
    def session(self) -> str:
        return self._named("curtilage-session")

    @property
    def form(self) -> str:
        return self._named("curtilage-form")

    @property
    def flash(self) -> str:
        return self._named("curtilage-flash")

    look = "curtilage-look"
    language = "curtilage-language"
    asked = "curtilage-asked-language"

    def put(
        self, response: Response, name: str, value: str, *, expires_at: datetime | None = None
    ) -> None:
        """Set a cookie that scripts cannot read and other sites cannot send."""
        response.set_cookie(
            name,
            value,
            expires=expires_at,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def drop(self, response: Response, name: str) -> None:
        """Take a cookie back, with the flags that it was set with."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name
