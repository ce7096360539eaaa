"""Providers that many use, and what each does in its own way. Pure.

GitHub is not among them: it signs nobody in with OpenID Connect and gives no ID token, so
nothing here could say for whom its answer was meant.
"""

from collections.abc import Mapping

from curtilage.identity.providers.models import EmailRule, Preset
from curtilage.identity.providers.settings import GENERIC

NO_OIDC = frozenset({"github"})
PRESETS: Mapping[str, Preset] = {
    GENERIC: Preset(),
    "keycloak": Preset(),
    "okta": Preset(asserts_to_endpoint=True),
    "auth0": Preset(),
    "curtilage": Preset(),
    # Knows neither prompt=login nor auth_time; says by `hd` whose Workspace an account is of.
    "google": Preset(
        "https://accounts.google.com",
        "Google",
        emails=EmailRule.GOOGLE,
        tells_when=False,
    ),
    # `email` is whatever an administrator of any tenant typed; `xms_edov` says that the domain
    # is the tenant's. The issuer of several tenants is a template: see `expected_issuer`.
    "microsoft": Preset(
        "https://login.microsoftonline.com/organizations/v2.0",
        "Microsoft",
        emails=EmailRule.MICROSOFT,
        asks_userinfo=False,
        issuer_has_tenant=True,
        asserts_to_endpoint=True,
        extra=(("prompt", "select_account"),),
    ),
    # Asked for a name or an address, it answers with a form; has no userinfo endpoint.
    "apple": Preset(
        "https://appleid.apple.com",
        "Apple",
        scopes=("openid", "name", "email"),
        tells_when=False,
        is_posted=True,
        asks_userinfo=False,
    ),
}
TENANT = "{tenantid}"  # as the document of several tenants writes it


def expected_issuer(template: str, *, tenant: str) -> str:
    """Who signs for this tenant, where the document names all of them at once."""
    return template.replace(TENANT, tenant)
