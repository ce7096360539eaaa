"""Every parser of the product under its name. A house test says when one is missing here."""

from tests.property.fuzz.binary_targets import binary_targets
from tests.property.fuzz.gateway_targets import gateway_targets
from tests.property.fuzz.ledger_targets import ledger_targets
from tests.property.fuzz.operator_targets import operator_targets
from tests.property.fuzz.own_targets import own_targets
from tests.property.fuzz.reply_targets import reply_targets
from tests.property.fuzz.target import Target


def _by_name() -> dict[str, Target]:
    groups = (
        gateway_targets,
        reply_targets,
        binary_targets,
        ledger_targets,
        operator_targets,
        own_targets,
    )
    targets = [target for group in groups for target in group()]
    found = {target.name: target for target in targets}
    assert len(found) == len(targets), "two targets have one name"
    return found


TARGETS = _by_name()
