"""Section `[identity]` of the settings."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from curtilage.core.errors import SetupError

SIGN_UP = ("closed", "invited", "open")
SECOND_FACTOR = ("optional", "administrators", "everybody")
LEAKED_AT_SIGN_IN = ("change", "tell")
REGISTRATION = ("off", "token")
TLS = ("tls", "starttls", "none")


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Who may come, how they sign in, and how mail reaches them."""

    # who may make an account: `closed`: nobody; `invited`: whom an administrator sent a link;
    # `open`: everybody who has a mailbox
    sign_up: str = "invited"
    # whether a link by mail signs in those who have set up nothing better
    mail_sign_in: bool = True
    # the domain that passkeys are made for; the host of server.public_url unless given. Those
    # that people have stay bound to theirs: keep it when the address changes
    passkey_domain: str = ""
    # further addresses (https://name) of this service at which its passkeys sign in
    passkey_origins: tuple[str, ...] = ()
    # of whom a second factor is demanded: `optional`: of nobody; `administrators`; `everybody`.
    # Whoever has one is asked for it in any case, and may not go on without
    second_factor: str = "optional"
    # a filter of leaked passwords that `curtilage passwords build-filter` made
    leaked_passwords: Path | None = None
    # a service that is asked about new passphrases besides, by five digits of a hash each time
    # (k-anonymity, `https://…`): nobody is asked unless given. What it is told leaves this machine
    leaked_passwords_service: str = ""
    # whose passphrase has leaked since they chose it: must `change` it before anything opens, or
    # is only told (`tell`)
    leaked_at_sign_in: str = "change"
    # a table of where addresses are (MaxMind DB format), by which sign-ins from where nobody can
    # have come are noticed; needs the extra `places`. Nothing is fetched
    places: Path | None = None
    # whether apps may register themselves (RFC 7591): `off`, or `token`: with an initial token
    registration: str = "off"
    # whether proofs of possession need a nonce of ours (RFC 9449 §8 and §9), at the token
    # endpoint and at the gateway: one that was made in advance is then worth nothing
    dpop_nonce: bool = False
    # networks of your own, as `10.0.0.0/8`, in which addresses of apps and providers may lie
    inside: tuple[str, ...] = ()
    # who mail comes from
    mail_from: str = "curtilage@localhost.localdomain"
    # the mail server; without one, messages are files in `outbox` below data_dir
    smtp_host: str = ""
    smtp_port: int = 465  # the port that the mail server listens on
    # how the way to it is closed: `tls`, `starttls`, or `none` to a server on this machine alone
    smtp_security: str = "tls"
    smtp_user: str = ""  # who signs in there; nobody unless given
    smtp_password_env: str = ""  # the name of the variable that holds the password

    def __post_init__(self) -> None:
        _require("sign_up", self.sign_up, SIGN_UP)
        _require("second_factor", self.second_factor, SECOND_FACTOR)
        _require("leaked_at_sign_in", self.leaked_at_sign_in, LEAKED_AT_SIGN_IN)
        _require("registration", self.registration, REGISTRATION)
        _require("smtp_security", self.smtp_security, TLS)
        try:
            _ = self.networks
        except ValueError:
            raise SetupError("The setting identity.inside holds what is no network.") from None

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """What `inside` names."""
        return tuple(ip_network(each) for each in self.inside)


def _require(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SetupError(f"The setting identity.{name} is none of: {', '.join(known)}.")
