"""What canaries offer to the command line."""

from curtilage.core.slice import Slice
from curtilage.gateway.canaries.cli import OpenCanaries, build_commands


def build_canary_commands(open_canaries: OpenCanaries) -> Slice:
    """The commands."""
    return Slice(name="canaries", commands=[("canaries", build_commands(open_canaries))])
