"""What people need of the installation: keys, mail, settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from curtilage.core.models import TenantId
from curtilage.identity.mail import Mail
from curtilage.identity.models import Costs
from curtilage.identity.people.boxes import DestroyKey, PersonKey
from curtilage.identity.people.ports import Eraser, Holder, NoOtherNames, OtherNames, SessionEnds
from curtilage.identity.people.postman import Tell, as_it_is
from curtilage.identity.ports import Machines, NoMachines
from curtilage.identity.settings import IdentitySettings


@dataclass(frozen=True, slots=True)
class PeopleKeys:
    """Keys from the vault, each of 32 bytes that never change but for `person`."""

    counters: bytes = field(repr=False)
    handles: bytes = field(repr=False)
    boxes: bytes = field(repr=False)
    challenges: bytes = field(repr=False)
    person: PersonKey
    destroy: DestroyKey


@dataclass(frozen=True, slots=True)
class PeopleNeeds:
    """What people need of the installation.

    `address_of` makes the public address of a path; `service` is what messages and
    authenticator apps call this one. `holders` end what else acts for somebody, `erasers` delete
    what else is kept of them, `names` knows what else they are called, `ends` hear of sessions
    that ended. `outbox` is where messages are files, in development: a page shows them. `tell` translates messages."""

    tenant: TenantId
    data_dir: Path
    keys: PeopleKeys
    mail: Mail
    address_of: Callable[[str], str]
    service: str
    settings: IdentitySettings = IdentitySettings()  # noqa: RUF009 -- frozen
    holders: Sequence[Holder] = ()
    erasers: Sequence[Eraser] = ()
    names: OtherNames = NoOtherNames()  # noqa: RUF009 -- holds nothing
    ends: Sequence[SessionEnds] = ()
    outbox: Path | None = None
    costs: Costs = Costs()  # noqa: RUF009 -- frozen
    machines: Machines = NoMachines()  # noqa: RUF009 -- holds nothing
    tell: Tell = as_it_is
