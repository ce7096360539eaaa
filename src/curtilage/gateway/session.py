"""What requests of one scope need of its key."""

from dataclasses import dataclass, field, replace

from curtilage.core.entropy import Entropy
from curtilage.shield.tokens import ScopeKey, TokenMint
from curtilage.vault.models import LoadedScope
from curtilage.vault.seal import EVENT_PARTS, EventSealer, derive


@dataclass(frozen=True, slots=True)
class Session:
    """What a loaded scope gives a worker, derived once and kept while it is cached.

    `mint` is taken `afresh` for each request: what it remembers goes with that. `purpose`
    is that of one call: what was kept for one is not there for another.
    """

    loaded: LoadedScope
    mint: TokenMint
    identity_key: bytes = field(repr=False)
    choice_key: bytes = field(repr=False)
    sealer: EventSealer = field(repr=False)
    purpose: str = ""

    def held_for(self, purpose: str) -> "Session":
        """The same, for a call of this purpose."""
        return replace(self, purpose=purpose)


def open_session(loaded: LoadedScope, entropy: Entropy) -> Session:
    """Derive what requests of this scope need from its key."""
    _, key = loaded.current
    return Session(
        loaded=loaded,
        mint=open_mint(loaded),
        identity_key=derive(key, "identity-fields"),
        choice_key=derive(key, "choice-of-upstream"),
        sealer=EventSealer(derive(key, EVENT_PARTS), key_id=loaded.key_id, entropy=entropy),
    )


def open_mint(loaded: LoadedScope) -> TokenMint:
    """Makes tokens of this scope by its newest key, and knows those of its older ones."""
    current, *older = (
        ScopeKey(epoch, derive(key, "tokens")) for epoch, key in (loaded.current, *loaded.older)
    )
    return TokenMint(loaded.scope.encode(), current, older)
