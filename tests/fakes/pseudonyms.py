"""Names people in records without a vault."""

from hashlib import sha256

from curtilage.core.models import PrincipalId, TenantId


class FixedPseudonyms:
    """The same pseudonym for the same person, another for another; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
        self.calls += 1
        return f"p-{sha256(f'{tenant}/{principal}'.encode()).hexdigest()[:16]}"
