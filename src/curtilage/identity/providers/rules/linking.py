"""What an arrival leads to: whose it is, or what has to come first. Pure.

Only (issuer, subject) is an identity. An address joins two accounts where both sides showed
that it is theirs, and never otherwise: whoever may write any address into their account
elsewhere would else be anybody here.
"""

from dataclasses import dataclass
from enum import StrEnum

from curtilage.identity.people.models import Handle, HandleKind, Person
from curtilage.identity.providers.models import Identity, Link, Provider


class Outcome(StrEnum):
    """What is done with whom a provider named."""

    SIGN_IN = "sign-in"
    CONNECT = "connect"  # to the account of the same address; both sides confirmed it
    PROVE_FIRST = "prove-first"  # sign in as before, and connect it there
    CREATE = "create"
    CREATE_ANEW = "create-anew"  # and end what somebody began with an address not theirs
    NOBODY = "nobody"  # unknown here, and nobody is let in unasked


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who has the address of an arrival here, and whether they showed that it is theirs."""

    person: Person
    handle: Handle

    @property
    def is_confirmed(self) -> bool:
        return self.handle.kind is HandleKind.ADDRESS and self.handle.confirmed_at is not None


def decide_arrival(
    provider: Provider,
    identity: Identity,
    *,
    link: Link | None,
    claimant: Claimant | None,
) -> Outcome:
    """What the arrival leads to. `claimant` has `identity.address`; None where nobody has.

    An address that the provider does not call verified is not in `identity` at all."""
    if link is not None:
        return Outcome.SIGN_IN
    if claimant is not None and identity.address:
        return _decide_meeting(provider, identity, claimant)
    return Outcome.CREATE if provider.may_create else Outcome.NOBODY


def _decide_meeting(provider: Provider, identity: Identity, claimant: Claimant) -> Outcome:
    if claimant.is_confirmed:
        is_open = identity.is_trusted and claimant.person.disabled_at is None
        return Outcome.CONNECT if is_open else Outcome.PROVE_FIRST
    if claimant.handle.kind is HandleKind.NAME:  # a name that looks like an address
        return Outcome.PROVE_FIRST
    if identity.is_trusted and provider.may_create and not claimant.person.roles:
        return Outcome.CREATE_ANEW
    return Outcome.PROVE_FIRST
