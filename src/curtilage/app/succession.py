"""Which policy follows which: written down, and held back until it is approved.

The files and the settings say which policy is to decide. Where the setting
`gateway.policy_approval` is on, only a version that a second administrator
approved comes into force, at a start too: until then the last one stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curtilage.app.configuration import Configuration
from curtilage.consent.service import PolicyLife
from curtilage.consent.versions import PastPolicy
from curtilage.core.models import TenantId


@dataclass
class Succession:
    """The control process's view of policies over time.

    `policy` and `past` are for its snapshots: what was written down as in force, and
    what was before. A worker is told no policy that is not written down.
    """

    configuration: Configuration
    life: PolicyLife
    tenant: TenantId
    policy: Mapping[str, str] = field(default_factory=dict)
    past: Sequence[PastPolicy] = ()
    _written: str = ""  # the reference of what this node wrote down last

    async def begin(self) -> None:
        """At a start: the last policy stays in force where the files hold one not approved.

        The first look at the files then refuses those, aloud. A first start has no last
        policy, and nobody who could have approved one: what it finds is in force."""
        if not self._needs_approval:
            return
        last = await self.life.load_last(self.tenant)
        approved = await self.life.load_approved(self.tenant)
        found = self.configuration.in_force().reference
        if last is not None and found not in approved | {last.reference}:
            self.configuration.policy = {"name": last.name, "text": last.text}
        await self.refresh()

    async def refresh(self) -> None:
        """Look which versions are approved by now."""
        if self._needs_approval:
            approved = await self.life.load_approved(self.tenant)
            self.configuration.allow(approved | {self.configuration.in_force().reference})

    async def write_down(self) -> None:
        """Keep what is in force now, and load what older sessions are held to.

        Each node writes what came into force here once. While a change goes from node
        to node their files differ, and one would else write over the other for ever."""
        policy, in_force = self.configuration.policy, self.configuration.in_force()
        if in_force.reference != self._written:
            await self.life.take_over(self.tenant, in_force, policy["text"])
            self._written = in_force.reference
        self.policy, self.past = policy, await self.life.load_past(self.tenant)
        await self.refresh()  # what was in force until now needs an approval to come back

    @property
    def _needs_approval(self) -> bool:
        return self.configuration.settings.gateway.policy_approval
