"""Turns of phrase that speak for an attack, by family; English first, then seven more.

Written from what is published about attacks, in words of our own. A weight is
about how likely text that someone else wrote is an attack, given this alone.
"""

from curtilage.detect.hostile.models import Cue
from curtilage.detect.hostile.phrases import (
    agents,
    evasion,
    extraction,
    german_dutch,
    override,
    personas,
    polish,
    romance,
    topics,
)

CUES: tuple[Cue, ...] = (
    *override.CUES,
    *extraction.CUES,
    *agents.CUES,
    *personas.CUES,
    *evasion.CUES,
    *german_dutch.CUES,
    *romance.CUES,
    *polish.CUES,
    *topics.CUES,
)
