"""Puts passkeys together, where the address of the installation can have any."""

from dataclasses import dataclass, field

import orjson

from curtilage.core.door import Call, Endpoint, Reply
from curtilage.identity.ground import Ground
from curtilage.identity.people.relying_party import RelyingParty
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.first_passkey import FirstPasskey
from curtilage.identity.people.service.guard import AccountGuard
from curtilage.identity.people.service.passkey_enrolment import PasskeyEnrolment
from curtilage.identity.people.service.passkey_shelf import PasskeyShelf
from curtilage.identity.people.service.passkeys import PasskeyService
from curtilage.identity.people.service.sessions import SessionService
from curtilage.identity.wire.webauthn_options import related_origins

RELATED = "/.well-known/webauthn"


@dataclass(frozen=True, slots=True)
class PasskeyParts:
    """What passkeys stand on. `key` is 32 bytes from the vault, for challenges."""

    ground: Ground
    guard: AccountGuard
    sessions: SessionService
    ceremonies: CeremonyBook
    attempts: AttemptCounter
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Everything that is done with passkeys."""

    party: RelyingParty
    showing: PasskeyService
    enrolment: PasskeyEnrolment
    first: FirstPasskey

    def endpoint(self) -> Endpoint:
        """Tells browsers where else these passkeys may be shown (§5.11): public by design."""
        document = orjson.dumps(related_origins(self.party.origins))

        async def answer(_: Call) -> Reply:
            return Reply(document)

        return Endpoint("GET", RELATED, answer, "people.related-origins", is_open=True)


def build_passkeys(parts: PasskeyParts, shelf: PasskeyShelf) -> Passkeys:
    """The use cases over one shelf."""
    ground = parts.ground
    showing = PasskeyService(
        database=ground.database,
        shelf=shelf,
        sessions=parts.sessions,
        ceremonies=parts.ceremonies,
        attempts=parts.attempts,
        pseudonyms=ground.pseudonyms,
        key=parts.key,
        clock=ground.clock,
        ids=ground.ids,
        entropy=ground.entropy,
    )
    enrolment = PasskeyEnrolment(
        parts.guard, parts.sessions, parts.ceremonies, shelf, ground.entropy
    )
    first = FirstPasskey(shelf, parts.key, ground.clock, ground.ids, ground.entropy)
    return Passkeys(shelf.party, showing, enrolment, first)
