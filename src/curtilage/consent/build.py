"""Puts the slice together."""

from collections.abc import Callable, Iterable

from curtilage.consent.checks import check_policies
from curtilage.consent.cli import OpenTools, build_commands
from curtilage.consent.models import Policy
from curtilage.core.slice import Slice


def build_consent(*, in_use: Callable[[], Iterable[Policy]], open_tools: OpenTools) -> Slice:
    """What consent offers upward. `in_use` gives the policies that decide now."""
    return Slice(
        name="consent",
        checks=[lambda: check_policies(in_use())],
        commands=[("policy", build_commands(open_tools))],
    )
