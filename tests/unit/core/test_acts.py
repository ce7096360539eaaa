"""What somebody did is told under a pseudonym."""

from curtilage.core.acts import describe_act
from curtilage.core.models import Event
from tests.builders import a_principal
from tests.fakes.clock import FixedClock
from tests.fakes.ids import FixedIds
from tests.fakes.pseudonyms import FixedPseudonyms


async def test_an_act_names_its_actor_by_a_pseudonym_alone() -> None:
    actor, clock, pseudonyms = a_principal(), FixedClock(), FixedPseudonyms()
    told = await describe_act(
        actor, "key.created", {"key": "k1"}, ids=FixedIds(), clock=clock, pseudonyms=pseudonyms
    )
    assert told == Event(
        id=FixedIds().new(),
        at=clock.now(),
        kind="key.created",
        tenant=actor.tenant,
        actor=await pseudonyms.pseudonym(actor.tenant, actor.id),
        actor_kind=actor.kind.value,
        facts={"key": "k1"},
    )
    assert actor.id not in told.actor
