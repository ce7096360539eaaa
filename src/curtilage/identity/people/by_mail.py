"""Puts together what goes by way of a mailbox: inviting, joining, signing in, recovering."""

from dataclasses import dataclass

from curtilage.identity.ground import Ground
from curtilage.identity.people.needs import PeopleNeeds
from curtilage.identity.people.postman import Postman
from curtilage.identity.people.service.attempts import AttemptCounter
from curtilage.identity.people.service.ceremonies import CeremonyBook
from curtilage.identity.people.service.choosing import PassphraseChooser
from curtilage.identity.people.service.demands import Demands
from curtilage.identity.people.service.first_passkey import FirstPasskey
from curtilage.identity.people.service.invitations import InvitationService
from curtilage.identity.people.service.inviters import Inviters
from curtilage.identity.people.service.joining import JoiningService
from curtilage.identity.people.service.mail_sign_in import MailSignIn
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.recovery import RecoveryService
from curtilage.identity.people.service.register import Register
from curtilage.identity.people.service.sessions import SessionService


@dataclass(frozen=True, slots=True)
class MailParts:
    """What these use cases stand on."""

    ground: Ground
    needs: PeopleNeeds
    register: Register
    sessions: SessionService
    ceremonies: CeremonyBook
    attempts: AttemptCounter
    chooser: PassphraseChooser
    demands: Demands
    postman: Postman
    notices: ChangeNotices
    passkeys: FirstPasskey | None = None


@dataclass(frozen=True, slots=True)
class ByMail:
    """Everything that is done by way of a mailbox."""

    invitations: InvitationService
    joining: JoiningService
    sign_ins: MailSignIn
    recovery: RecoveryService


def build_by_mail(parts: MailParts) -> ByMail:
    """The use cases over one postman."""
    inviters = Inviters(parts.register, parts.ground.authority, parts.needs.machines)
    return ByMail(
        _invitations(parts, inviters),
        _joining(parts, inviters),
        _sign_ins(parts),
        _recovery(parts),
    )


def _invitations(parts: MailParts, inviters: Inviters) -> InvitationService:
    ground, needs = parts.ground, parts.needs
    return InvitationService(
        database=ground.database,
        register=parts.register,
        ceremonies=parts.ceremonies,
        inviters=inviters,
        postman=parts.postman,
        authority=ground.authority,
        pseudonyms=ground.pseudonyms,
        address_of=needs.address_of,
        service=needs.service,
        sign_up=needs.settings.sign_up,
        clock=ground.clock,
        ids=ground.ids,
    )


def _joining(parts: MailParts, inviters: Inviters) -> JoiningService:
    ground, needs = parts.ground, parts.needs
    return JoiningService(
        database=ground.database,
        register=parts.register,
        ceremonies=parts.ceremonies,
        attempts=parts.attempts,
        chooser=parts.chooser,
        demands=parts.demands,
        postman=parts.postman,
        inviters=inviters,
        pseudonyms=ground.pseudonyms,
        address_of=needs.address_of,
        service=needs.service,
        sign_up=needs.settings.sign_up,
        mail_sign_in=needs.settings.mail_sign_in,
        passkeys=parts.passkeys,
        clock=ground.clock,
        ids=ground.ids,
    )


def _sign_ins(parts: MailParts) -> MailSignIn:
    ground, needs = parts.ground, parts.needs
    return MailSignIn(
        database=ground.database,
        register=parts.register,
        sessions=parts.sessions,
        ceremonies=parts.ceremonies,
        attempts=parts.attempts,
        postman=parts.postman,
        address_of=needs.address_of,
        service=needs.service,
        is_on=needs.settings.mail_sign_in,
        clock=ground.clock,
        entropy=ground.entropy,
    )


def _recovery(parts: MailParts) -> RecoveryService:
    ground, needs = parts.ground, parts.needs
    return RecoveryService(
        database=ground.database,
        register=parts.register,
        sessions=parts.sessions,
        ceremonies=parts.ceremonies,
        attempts=parts.attempts,
        chooser=parts.chooser,
        demands=parts.demands,
        postman=parts.postman,
        notices=parts.notices,
        pseudonyms=ground.pseudonyms,
        address_of=needs.address_of,
        service=needs.service,
        clock=ground.clock,
        ids=ground.ids,
    )
