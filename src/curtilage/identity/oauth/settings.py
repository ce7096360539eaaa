"""How long what we issue lives, and what is switched on."""

from dataclasses import dataclass
from datetime import timedelta

from curtilage.identity.oauth.errors import IssuerRefused

CODE_LIFE = timedelta(seconds=60)  # OAuth 2.1 draft §4.1.2 recommends ten minutes at most
PUSHED_LIFE = timedelta(seconds=60)  # FAPI 2.0 §5.3.2.2: below 600 s
REQUEST_LIFE = timedelta(minutes=30)  # for a person who has to find their phone first
ACCESS_LIFE = timedelta(minutes=10)
ID_TOKEN_LIFE = timedelta(minutes=10)
REPLAY_WINDOW = timedelta(seconds=30)  # a lost answer may be asked for again so long
REFRESH_IDLE = timedelta(days=30)
USED_KEPT = timedelta(days=7)  # how long a used refresh token still tells of theft
GRANT_LIFE = timedelta(days=180)
DEVICE_LIFE = timedelta(minutes=10)
DEVICE_INTERVAL = 5  # seconds, RFC 8628 §3.2
LOGOUT_TOKEN_LIFE = timedelta(minutes=2)  # OpenID Connect Back-Channel Logout §2.4


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """What an installation decides about the authorization server.

    `issuer` is used as it is written, byte for byte (RFC 8414 §3.3). `registration` is
    `off` or `token`: dynamic registration with an initial access token (RFC 7591 §3).
    """

    issuer: str
    registration: str = "off"
    dpop_nonce: bool = False

    def __post_init__(self) -> None:
        verify_issuer(self.issuer)

    @property
    def base(self) -> str:
        """What paths of endpoints are put behind."""
        return self.issuer.rstrip("/")

    @property
    def path(self) -> str:
        """The path of the issuer, "" where it is at the root."""
        _, slash, path = self.base.partition("://")[2].partition("/")
        return slash + path


def verify_issuer(issuer: str) -> str:
    """The issuer, fit to be one (RFC 8414 §2). Raises `IssuerRefused`."""
    scheme, separator, rest = issuer.partition("://")
    host = rest.partition("/")[0]
    is_loopback = host.partition(":")[0] in ("localhost", "127.0.0.1") or host[:5] == "[::1]"
    fits = separator and host and rest.isascii() and rest.isprintable()
    if not fits or any(character in rest for character in "?#@\\ "):
        raise IssuerRefused
    if scheme != "https" and not (scheme == "http" and is_loopback):
        raise IssuerRefused
    return issuer
