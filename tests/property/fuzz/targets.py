"""Every parser of the product under its name, by the slice whose code it is.

A slice has a module here, named for it; the wire of the gateway has several. A house
test says when a parser is missing, and when its target lies with another slice.
"""

from collections.abc import Callable, Iterable

from tests.property.fuzz.app_targets import app_targets
from tests.property.fuzz.authenticator_targets import authenticator_targets, more_targets
from tests.property.fuzz.consent_targets import consent_targets
from tests.property.fuzz.core_targets import core_targets
from tests.property.fuzz.detect_targets import detect_targets
from tests.property.fuzz.gateway_targets import gateway_targets
from tests.property.fuzz.gateway_wire_binary_targets import binary_targets
from tests.property.fuzz.gateway_wire_file_targets import file_targets
from tests.property.fuzz.gateway_wire_reply_targets import reply_targets
from tests.property.fuzz.gateway_wire_request_targets import request_targets
from tests.property.fuzz.identity_targets import identity_targets
from tests.property.fuzz.identity_token_targets import token_targets
from tests.property.fuzz.ledger_targets import ledger_targets
from tests.property.fuzz.management_targets import management_targets
from tests.property.fuzz.oauth_targets import oauth_targets
from tests.property.fuzz.provider_targets import provider_targets
from tests.property.fuzz.relying_targets import relying_targets
from tests.property.fuzz.shield_targets import shield_targets
from tests.property.fuzz.survey_document_targets import document_targets
from tests.property.fuzz.survey_targets import survey_targets
from tests.property.fuzz.target import Target
from tests.property.fuzz.vault_targets import vault_targets
from tests.property.fuzz.web_targets import web_targets

SLICES: dict[str, tuple[Callable[[], Iterable[Target]], ...]] = {
    "core": (core_targets,),
    "detect": (detect_targets,),
    "shield": (shield_targets,),
    "vault": (vault_targets,),
    "ledger": (ledger_targets,),
    "identity.management": (management_targets,),
    "identity.oauth": (oauth_targets,),
    "identity.providers": (provider_targets,),
    "identity.relying": (relying_targets,),
    "identity": (identity_targets, authenticator_targets, more_targets, token_targets),
    "consent": (consent_targets,),
    "survey": (survey_targets, document_targets),
    "gateway": (gateway_targets,),
    "gateway.wire": (request_targets, reply_targets, file_targets, binary_targets),
    "web": (web_targets,),
    "app": (app_targets,),
}


def _by_name() -> dict[str, Target]:
    targets = [target for groups in SLICES.values() for group in groups for target in group()]
    found = {target.name: target for target in targets}
    assert len(found) == len(targets), "two targets have one name"
    return found


TARGETS = _by_name()
