"""What is asked of somebody before anything opens: by what they have, and by the settings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curtilage.identity.passphrases import LEAST, LEAST_BESIDE_ANOTHER
from curtilage.identity.people.models import (
    Assurance,
    Authenticator,
    AuthenticatorKind,
    Flaw,
    Person,
    Proof,
    ProofKind,
    SecondFactor,
    Session,
    Step,
)
from curtilage.identity.people.rules import best_of, demanded_of, needed_at_sign_in, next_step
from curtilage.identity.people.service.passkey_shelf import PasskeyShelf


@dataclass(frozen=True, slots=True)
class Demands:
    """`shelf` is None where the address can have no passkeys. `forces_change`: whoever comes
    with a passphrase that leaked chooses another before they go on."""

    policy: SecondFactor = SecondFactor.OPTIONAL
    shelf: PasskeyShelf | None = None
    forces_change: bool = True

    def demanded(self, roles: Iterable[str]) -> Assurance:
        """What is asked of somebody with these roles, whatever they have."""
        return demanded_of(self.policy, roles)

    def shortest(self, roles: Iterable[str]) -> int:
        """How long a new passphrase of theirs must be: 8 only beside a second factor."""
        return LEAST_BESIDE_ANOTHER if self.demanded(roles) >= Assurance.TWO else LEAST

    async def needed(
        self, person: Person, proof: Proof, held: Sequence[Authenticator]
    ) -> Assurance:
        """What a session that begins with this proof must reach.

        A passphrase that is too short to stand alone never does, also where the setting under
        which it was chosen holds no more."""
        by_what_they_have = await self.reachable((proof,), held)
        is_short = any(Flaw.SHORT in each.flaws for each in held)
        short = Assurance.TWO if is_short else Assurance.NONE
        return max(by_what_they_have, self.demanded(person.roles), short)

    async def reachable(self, proofs: Iterable[Proof], held: Sequence[Authenticator]) -> Assurance:
        """What they could reach by what they have, which is what they are asked for."""
        kinds = {each.kind for each in held}
        by_provider = any(each.kind is ProofKind.PROVIDER for each in proofs)
        if AuthenticatorKind.PASSKEY not in kinds:
            return needed_at_sign_in(kinds, by_provider=by_provider)
        usable = [] if self.shelf is None else await self.shelf.open_usable(held)
        return needed_at_sign_in(kinds, by_provider=by_provider, passkeys_work=bool(usable))

    async def best(self, held: Sequence[Authenticator], beside: Iterable[Proof]) -> Assurance:
        """How far all of it together reaches; recovery codes and passkeys of another address
        left out."""
        kinds = {each.kind for each in held} - {AuthenticatorKind.RECOVERY_CODE}
        usable = [] if self.shelf is None else await self.shelf.open_usable(held)
        return best_of(kinds if usable else kinds - {AuthenticatorKind.PASSKEY}, beside)

    async def next_step(self, session: Session, held: Sequence[Authenticator]) -> Step | None:
        """What the session has to do next; None where it is signed in."""
        return next_step(session, reachable=await self.reachable(session.proofs, held))

    def must_change(self, proof: Proof, held: Sequence[Authenticator]) -> bool:
        """Whether a passphrase that leaked was shown, and another comes first."""
        shown = (each for each in held if each.kind is AuthenticatorKind.PASSPHRASE)
        is_leaked = any(Flaw.LEAKED in each.flaws for each in shown)
        return self.forces_change and is_leaked and proof.kind is ProofKind.PASSPHRASE
