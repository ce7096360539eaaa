"""Takes a new passphrase: one place, so that each of them is judged alike."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from curtilage.identity.breached import BreachFilter, verify_not_leaked
from curtilage.identity.passphrases import LEAST, verify_new_passphrase
from curtilage.identity.people.models import Flaw
from curtilage.identity.people.service.screening import Screen
from curtilage.identity.ports import Passphrases

PRODUCT_WORDS = ("curtilage", "gateway", "administrator", "privacy")


@dataclass(frozen=True, slots=True)
class PassphraseChooser:
    """`leaked` is the operator's filter, `screen` asks their service; None without one.

    `words` are near at hand here."""

    passphrases: Passphrases
    common: frozenset[str] = field(repr=False)
    common_passwords: frozenset[str] = field(repr=False)
    leaked: BreachFilter | None = None
    screen: Screen | None = None
    words: tuple[str, ...] = PRODUCT_WORDS

    async def choose(
        self, raw: str, *, context: Iterable[str] = (), least: int = LEAST
    ) -> "ChosenPassphrase":
        """Its slow hash, as it is kept. `context` are what names the person; fewer than `LEAST`
        characters are for those of whom a second factor is demanded.

        Raises `WeakPassphrase`, which says why."""
        named = [word for each in context for word in (each, *each.split(), *each.split("@"))]
        words = (*self.words, *named)
        common = self.common if least >= LEAST else self.common | self.common_passwords
        judged = verify_new_passphrase(raw, common=common, context=words, least=least)
        verify_not_leaked(judged, leaked=self.leaked)
        if self.screen is not None:
            await self.screen.verify(judged)
        hashed = (await self.passphrases.hash(judged)).encode("ascii")
        is_short = len(unicodedata.normalize("NFC", raw)) < LEAST
        return ChosenPassphrase(hashed, frozenset({Flaw.SHORT} if is_short else ()))


@dataclass(frozen=True, slots=True)
class ChosenPassphrase:
    """A new passphrase as it is kept, and whether it can stand alone."""

    hashed: bytes = field(repr=False)
    flaws: frozenset[Flaw] = frozenset()
