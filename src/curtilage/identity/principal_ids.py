"""What a person or an app of a token is called as who acts: bounded, and never two alike."""

import hashlib

from curtilage.core.models import PrincipalId
from curtilage.identity.wire.base64url import encode_base64url

LONGEST_ID = 64  # of a principal
SAVED = "c-"  # begins the id of a client whose own is longer


def principal_id(name: str) -> PrincipalId:
    """The name, or of one that is too long a hash: cut off, two of them could be one."""
    if len(name) <= LONGEST_ID:
        return PrincipalId(name)
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return PrincipalId(SAVED + encode_base64url(digest))
