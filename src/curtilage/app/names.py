"""Names for what records call by a pseudonym or an id, as far as they are still known."""

from collections.abc import Mapping, Sequence

from curtilage.app.foundation import Foundation
from curtilage.gateway.views import Caller


async def group_names(foundation: Foundation) -> Mapping[str, str]:
    """The name of each group of keys by its id."""
    groups = await foundation.identity.budgets.list_groups(foundation.operator())
    return {group.id: group.name for group in groups}


async def caller_names(foundation: Foundation) -> Mapping[str, str]:
    """The name of each key's holder by its pseudonym in the ledger."""
    return {caller.pseudonym: caller.name for caller in await list_callers(foundation)}


async def list_callers(foundation: Foundation) -> Sequence[Caller]:
    """Every key with its name and its pseudonym in the ledger."""
    table = await foundation.identity.keys.load_table(foundation.tenant)
    return [
        Caller(
            key.id,
            key.name,
            await foundation.vault.actor_pseudonym(foundation.tenant, key.principal),
        )
        for key in table
    ]
