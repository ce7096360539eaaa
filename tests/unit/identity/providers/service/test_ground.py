from dataclasses import replace

from curtilage.identity.providers.models import Identity
from tests.provider_house import ProviderHouse


async def test_an_identity_is_issuer_and_subject_and_no_concatenation(
    house: ProviderHouse,
) -> None:
    ground = house.providers.desk.ground
    one = Identity("https://harbour.example", "sub-ada")
    assert ground.digest(one) == ground.digest(replace(one, address="a@b.cd", name="Ada"))
    others = [
        replace(one, issuer="https://harbour.examples", subject="ub-ada"),
        replace(one, issuer="https://valley.example"),
        replace(one, subject="sub-ben"),
    ]
    assert ground.digest(one) not in {ground.digest(each) for each in others}
