"""Who pays, sealed into a token."""

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.payer_claim import open_payer, seal_payer
from curtilage.identity.wire.access_tokens import LONGEST_NAME
from curtilage.identity.wire.errors import JoseRefused
from tests.fakes import FixedEntropy

KEY, JTI = b"k" * 32, "grant-1.random"
ADA = PrincipalId("0196f1c2-6a02-7000-8000-0123456789ab")


def test_it_opens_in_its_own_token_with_its_own_key() -> None:
    claim = seal_payer(KEY, ADA, jti=JTI, entropy=FixedEntropy())
    assert len(claim) <= LONGEST_NAME and ADA not in claim
    assert open_payer(KEY, claim, jti=JTI) == ADA
    for key, text, jti in (
        (b"o" * 32, claim, JTI),
        (KEY, claim, "grant-2.random"),
        (KEY, claim[:-2] + "AA", JTI),
        (KEY, "no base64url!", JTI),
        (KEY, "", JTI),
        (b"", claim, JTI),
    ):
        with pytest.raises(JoseRefused):
            open_payer(key, text, jti=jti)
