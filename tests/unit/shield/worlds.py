"""Small worlds for shield's tests: a scope, what it found, what it held."""

import re

from curtilage.core.models import Finding, Treatment
from curtilage.shield.held import Held, Origin
from curtilage.shield.protect import Clash, protect_text
from curtilage.shield.tokens import ScopeKey, TokenMint
from tests.builders import a_finding

ADA = "ada@orchard.example"
BOSS = 'Bob "The Boss" Smith'
EVERYTHING = dict.fromkeys(
    ("EMAIL_ADDRESS", "PERSON", "CREDIT_CARD", "SEC_GITHUB"), Treatment.TOKEN
)
_PLANTED = re.compile(
    r"(?P<EMAIL_ADDRESS>[\w.]+@[\w.]+\w)|(?P<PERSON>Bob \"The Boss\" Smith|Zo\u00eb\n\\Q)"
    r"|(?P<CREDIT_CARD>4111[ -]?1111[ -]?1111[ -]?1111)|(?P<SEC_GITHUB>ghp_\w+)"
)


def a_mint(scope: bytes = b"conversation") -> TokenMint:
    return TokenMint(scope, ScopeKey(1, bytes(range(32))))


def found_in(text: str) -> list[Finding]:
    """Findings made by hand: what the planted patterns hit."""
    return [
        a_finding(start=hit.start(), end=hit.end(), type=str(hit.lastgroup))
        for hit in _PLANTED.finditer(text)
    ]


class World:
    """One request of one scope."""

    def __init__(self, scope: bytes = b"conversation") -> None:
        self.mint = a_mint(scope)
        self.held = Held()

    def protect(
        self,
        text: str,
        findings: list[Finding] | None = None,
        treatments: dict[str, Treatment] | None = None,
        *,
        clash: Clash = "pass",
        origin: Origin = Origin.CALLER,
    ) -> str:
        return protect_text(
            text,
            found_in(text) if findings is None else findings,
            EVERYTHING if treatments is None else treatments,
            mint=self.mint,
            held=self.held,
            origin=origin,
            clash=clash,
        )

    def token(self, value: str) -> str:
        """The token of a planted value, which is held from now on."""
        return self.protect(value)
