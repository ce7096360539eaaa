"""The scopes that a worker holds keys for: few, bounded, loaded once.

A miss asks the vault and waits; callers that miss the same scope at the same
time share one question. A hit awaits nothing.
"""

import asyncio
from collections import OrderedDict

from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.core.models import Scope
from curtilage.gateway.ports import ScopeLoader
from curtilage.gateway.session import Session, open_session

# Callers name their sessions as they like, so this is what one key can make a worker hold:
# 6 kB each (7 with an older epoch), whatever was said in it; measured, 28 MB in all.
HELD = 4096


class Sessions:
    """Open sessions by scope. `forget` drops all, so that destroyed keys go too."""

    def __init__(
        self, loader: ScopeLoader, *, clock: Clock, entropy: Entropy, held: int = HELD
    ) -> None:
        self._loader = loader
        self._entropy = entropy
        self._clock = clock
        self._held = held
        self._open: OrderedDict[Scope, Session] = OrderedDict()
        self._loading: dict[Scope, asyncio.Task[Session]] = {}
        self._generation = 0

    async def get(self, scope: Scope) -> Session:
        """The session of this scope. Raises what the vault raises."""
        session = self._open.get(scope)
        if session is not None and not self._is_over(session):
            self._open.move_to_end(scope)
            return session
        task = self._loading.get(scope)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._load(scope))
            self._loading[scope] = task
        return await asyncio.shield(task)

    async def _load(self, scope: Scope) -> Session:
        generation = self._generation
        try:
            session = open_session(await self._loader.load_scope(scope), self._entropy)
        finally:
            self._loading.pop(scope, None)
        if generation == self._generation:
            self._open[scope] = session
            if len(self._open) > self._held:
                self._open.popitem(last=False)
        return session

    def _is_over(self, session: Session) -> bool:
        """Whether another epoch has begun since it was loaded."""
        expires_at = session.loaded.expires_at
        return expires_at is not None and self._clock.now() >= expires_at

    def forget(self) -> None:
        self._generation += 1
        self._open.clear()
        self._loading.clear()
