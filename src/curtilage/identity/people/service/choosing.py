"""Takes a new passphrase: one place, so that each of them is judged alike."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from curtilage.identity.breached import BreachFilter, verify_not_leaked
from curtilage.identity.passphrases import verify_new_passphrase
from curtilage.identity.ports import Passphrases

PRODUCT_WORDS = ("curtilage", "gateway", "administrator", "privacy")


@dataclass(frozen=True, slots=True)
class PassphraseChooser:
    """`leaked` is the operator's filter, None without one; `words` are near at hand here."""

    passphrases: Passphrases
    common: frozenset[str] = field(repr=False)
    leaked: BreachFilter | None = None
    words: tuple[str, ...] = PRODUCT_WORDS

    async def choose(self, raw: str, *, context: Iterable[str] = ()) -> bytes:
        """Its slow hash, as it is kept. `context` are what names the person.

        Raises `WeakPassphrase`, which says why."""
        named = [word for each in context for word in (each, *each.split(), *each.split("@"))]
        judged = verify_new_passphrase(raw, common=self.common, context=(*self.words, *named))
        verify_not_leaked(judged, leaked=self.leaked)
        return (await self.passphrases.hash(judged)).encode("ascii")
