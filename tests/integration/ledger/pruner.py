"""A process that prunes until it is done or killed; says when it begins.

Run as `python pruner.py <root of a world>`; pytest never collects it.
"""

import sys
from datetime import timedelta
from pathlib import Path

from tests.fakes.clock import START
from tests.unit.ledger.test_retention import OldWorld

if __name__ == "__main__":
    world = OldWorld(Path(sys.argv[1]))
    world.clock.advance(86_400)
    world.ids.new()
    pruner = world.pruner()
    print("begins", flush=True)
    pruner.prune(START + timedelta(hours=10), policy="by hand")
    print("ended", flush=True)
