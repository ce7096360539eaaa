"""Corrections behind the pages: some that hold, and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from curtilage.consent.correcting import Said
from curtilage.consent.corrections import Correction, Verdict
from curtilage.consent.errors import GuardedKind, UnknownCorrection
from curtilage.core.models import Principal, PrincipalId
from tests.fakes.clock import START

EMAIL = "user.contact.email:EMAIL_ADDRESS"


def a_correction(verdict: Verdict, qualified: str, reason: str, number: int) -> Correction:
    at = START + timedelta(days=number)
    return Correction(
        f"correction-{number}", verdict, qualified, bytes(16), 2, 9, reason,
        PrincipalId("person-admin"), at, at + timedelta(days=90),
    )  # fmt: skip


def some_corrections() -> list[Correction]:
    return [
        a_correction(Verdict.MISSED, "user.unique_id:CUSTOMER", "A customer number of 2019", 2),
        a_correction(Verdict.NOT_PERSONAL, EMAIL, "The address of the help desk", 1),
    ]


@dataclass
class FakeCorrections:
    kept: list[Correction] = field(default_factory=some_corrections)
    said: list[Said] = field(default_factory=list)

    async def say(self, actor: Principal, said: Said) -> Correction:
        if said.qualified.startswith("secret"):
            raise GuardedKind
        self.said.append(said)
        made = a_correction(said.verdict, said.qualified, said.reason, 3)
        return replace(made, is_case=bool(said.text))

    async def list(self, actor: Principal) -> Sequence[Correction]:
        return self.kept

    async def withdraw(self, actor: Principal, id: str) -> Correction:
        found = next((each for each in self.kept if each.id == id), None)
        if found is None:
            raise UnknownCorrection
        self.kept.remove(found)
        return found

    async def forget_texts(self) -> None:
        """Nothing is kept here for longer than a test."""
