"""The authorization request, as parameters (OIDC Core §3.1.2.1, RFC 7636 §4.3)."""

from dataclasses import dataclass, field
from datetime import timedelta

from curtilage.identity.providers.models import Intent, Provider
from curtilage.identity.wire.pkce import METHOD, challenge_of, encode_code_challenge

WITHIN = timedelta(minutes=10)  # for somebody to sign in there and come back


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one way to a provider and back is bound by."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def callback_path(name: str) -> str:
    """Where a provider sends people back: each its own place (RFC 9700 §4.4.2)."""
    return f"/login/with/{name}/callback"


def encode_request(
    provider: Provider, secrets: Secrets, *, redirect_uri: str, intent: Intent, hint: str = ""
) -> dict[str, str]:
    """The parameters in the order in which they are written."""
    wanted = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": secrets.state,
        "nonce": secrets.nonce,
        "code_challenge": encode_code_challenge(challenge_of(secrets.verifier)),
        "code_challenge_method": METHOD,
    }
    wanted |= dict(provider.preset.extra)
    if provider.preset.is_posted:
        wanted["response_mode"] = "form_post"
    if hint:
        wanted["login_hint"] = hint
    if intent is Intent.AGAIN:
        wanted |= {"prompt": "login", "max_age": "0"}
    return wanted
