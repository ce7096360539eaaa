"""Gives usage what it stands on, for the console and for the command line."""

from curtilage.app.foundation import Foundation
from curtilage.app.names import KnownByToken, caller_names, group_names
from curtilage.gateway.usage.build import UsageNeeds
from curtilage.ledger.read import LedgerReader


def usage_needs(foundation: Foundation, ledger: LedgerReader) -> UsageNeeds:
    """What usage stands on."""
    return UsageNeeds(
        database=foundation.database,
        ledger=ledger,
        authority=foundation.authority,
        clock=foundation.clock,
        names=lambda: caller_names(foundation),
        groups=lambda: group_names(foundation),
        by_token=KnownByToken(foundation),
    )
