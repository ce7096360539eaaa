"""What is recorded of sessions."""

from dataclasses import replace

from curtilage.identity.people.models import Proof, ProofKind
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import House


async def test_each_step_of_a_session_has_a_name_and_tells_no_more_than_how_far_it_reaches(
    house: House,
) -> None:
    ada = await house.add_person("Ada")
    sessions = house.people.sessions
    known, code = (
        Proof(kind, house.clock.now()) for kind in (ProofKind.PASSPHRASE, ProofKind.TOTP)
    )
    opening = await sessions.prepare(ada, known, Arrival("192.0.2.7", "Firefox"))
    before = opening.session
    waits = replace(before, needs=before.needs.TWO)
    further = replace(waits, proofs=(known, code))
    made = [
        await sessions.events.began(before, is_new_device=True),
        await sessions.events.began(waits, is_new_device=False),
        await sessions.events.reached(waits, replace(waits, proofs=(known, known))),
        await sessions.events.reached(waits, further),
        await sessions.events.reached(further, further),
        await sessions.events.ended(TENANT, ada.id, before.id),
    ]
    assert [each.kind for each in made] == [
        "session.started",
        "session.begun",
        "session.reached",
        "session.started",
        "session.stepped-up",
        "session.ended",
    ]
    told = {"session": before.id, "assurance": 1, "methods": ["pwd"]}
    assert made[0].facts == {**told, "new_device": True}
    assert made[5].facts == {"session": before.id}
    for each in made:
        assert each.actor not in {"", ada.id}
        assert opening.secret not in repr(each)
