"""Section `[identity.providers.NAME]` of the settings; `configuration` judges it."""

from dataclasses import dataclass
from pathlib import Path

SECTION = "identity.providers"
GENERIC = "oidc"


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One provider that people sign in through, under a name of yours.

    Its place for coming back is `public_url/login/with/NAME/callback`."""

    client_id: str  # what the provider calls this service
    # whose ways it has: `google`, `microsoft`, `apple`, `okta`, `auth0`, `keycloak`, `curtilage`,
    # or `oidc` for every other with OpenID Connect
    preset: str = GENERIC
    # its issuer exactly as its own document has it; google, microsoft and apple have theirs
    issuer: str = ""
    # the name of the variable that holds the client's secret, never the secret itself
    client_secret_env: str = ""
    # or a PEM file of a private key, P-256, RSA or Ed25519: it signs instead of a secret
    client_key: Path | None = None
    client_key_id: str = ""  # what the provider calls that key
    team: str = ""  # for apple: the id of your team, with client_key and client_key_id
    # for microsoft with accounts of several tenants: the ids of those that may come
    tenants: tuple[str, ...] = ()
    label: str = ""  # what its button says after `Continue with`; its NAME unless given
    scopes: tuple[str, ...] = ()  # what is asked for; by its preset unless given
    # domains whose people have their accounts there; an address of one leads to it
    domains: tuple[str, ...] = ()
    # whether people unknown here get an account; as sign_up is `open` unless given
    may_create: bool | None = None
    # whether its word that an address is somebody's counts here: of `domains`, where given
    trusts_email: bool = False
    # whether its word that it asked for two factors (`amr` with `mfa`) counts as two
    trusts_mfa: bool = False
