"""Puts signing in through others together, over the accounts of people."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey, OKPKey, RSAKey

from curtilage.core.errors import SetupError
from curtilage.core.slice import Slice
from curtilage.identity.fetching import Fetches
from curtilage.identity.ground import Ground
from curtilage.identity.people.build import People
from curtilage.identity.people.store.ceremonies import SqlCeremonyStore
from curtilage.identity.providers.adapters.calls import HttpProviderCalls
from curtilage.identity.providers.api import PostedAnswers
from curtilage.identity.providers.console_pages import ProviderConsolePages
from curtilage.identity.providers.models import ClientProof, Provider
from curtilage.identity.providers.pages import ProviderPages
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.providers.service.connecting import Connecting
from curtilage.identity.providers.service.departing import Departing
from curtilage.identity.providers.service.desk import Desk
from curtilage.identity.providers.service.ground import ProviderGround
from curtilage.identity.providers.service.overseeing import Overseeing
from curtilage.identity.providers.service.returning import Returning
from curtilage.identity.providers.service.signing_in import SigningIn
from curtilage.identity.providers.settings import SECTION, ProviderSettings
from curtilage.identity.providers.store.links import SqlLinkStore
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.signing_key import SigningKey, signing_key


@dataclass(frozen=True, slots=True)
class Providers:
    """The slice, built."""

    desk: Desk
    overseeing: Overseeing
    pages: ProviderPages
    console: ProviderConsolePages
    posted: PostedAnswers

    def as_slice(self) -> Slice:
        """What it offers to the control process. Templates are found as `providers/…`."""
        return Slice(
            name="providers",
            routes=[*self.pages.routes(), *self.console.routes()],
            nav=self.console.nav(),
            endpoints=self.posted.endpoints(),
            templates=str(Path(__file__).parent / "templates"),
        )


def build_providers(
    ground: Ground, people: People, providers: Mapping[str, Provider], *, fetcher: Fetches
) -> Providers:
    """Over the people of one tenant."""
    stands = ProviderGround(
        tenant=people.tenant,
        providers=providers,
        calls=HttpProviderCalls(fetcher, ground.clock, ground.entropy),
        links=SqlLinkStore(),
        database=ground.database,
        register=people.register,
        sessions=people.sessions,
        ceremonies=people.ceremonies,
        ceremony_store=SqlCeremonyStore(),
        guard=people.guard,
        postman=people.postman,
        pseudonyms=ground.pseudonyms,
        address_of=people.needs.address_of,
        service=people.needs.service,
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
        holders=people.needs.holders,
    )
    desk = Desk(stands, Departing(stands), Returning(stands), SigningIn(stands), Connecting(stands))
    overseeing = Overseeing(stands, ground.authority)
    return Providers(
        desk,
        overseeing,
        ProviderPages(desk, people.desk),
        ProviderConsolePages(overseeing, people.needs.address_of),
        PostedAnswers(stands),
    )


def make_providers(
    given: Mapping[str, ProviderSettings], environment: Mapping[str, str], *, is_open: bool
) -> dict[str, Provider]:
    """The providers of the settings, with their secrets. `is_open`: anybody may sign up.

    Raises a SetupError for a variable that is empty and a key that is none."""
    return {name: _make(name, each, environment, is_open=is_open) for name, each in given.items()}


def _make(
    name: str, given: ProviderSettings, environment: Mapping[str, str], *, is_open: bool
) -> Provider:
    preset = PRESETS[given.preset]
    return Provider(
        name=name,
        label=given.label or preset.label or name.capitalize(),
        issuer=given.issuer or preset.issuer,
        client_id=given.client_id,
        preset=preset,
        proof=_read_proof(name, given, environment),
        scopes=given.scopes or preset.scopes,
        domains=frozenset(given.domains),
        tenants=frozenset(given.tenants),
        may_create=is_open if given.may_create is None else given.may_create,
        trusts_email=given.trusts_email,
        trusts_mfa=given.trusts_mfa,
    )


def _read_proof(name: str, given: ProviderSettings, environment: Mapping[str, str]) -> ClientProof:
    if given.client_key is not None:
        key = _read_key(f"{SECTION}.{name}.client_key", given.client_key)
        return ClientProof(key=key, key_id=given.client_key_id, team=given.team)
    secret = environment.get(given.client_secret_env, "")
    if not secret:
        raise SetupError(
            f"The variable {given.client_secret_env}, which the setting "
            f"{SECTION}.{name}.client_secret_env names, is empty."
        )
    return ClientProof(secret=secret)


def _read_key(setting: str, path: Path) -> SigningKey:
    try:
        raw = path.read_bytes()
        key = load_pem_private_key(raw, None)
        if isinstance(key, EllipticCurvePrivateKey):
            return signing_key(Algorithm.ES256, ECKey.import_key(raw))
        if isinstance(key, RSAPrivateKey):
            return signing_key(Algorithm.RS256, RSAKey.import_key(raw))
        return signing_key(Algorithm.EDDSA, OKPKey.import_key(raw))
    except (OSError, ValueError, TypeError, UnacceptableJwk):
        raise SetupError(
            f"The setting {setting} names no private key that can be used.",
            hint="Give a PEM file of a P-256, RSA or Ed25519 key, without a passphrase.",
        ) from None
