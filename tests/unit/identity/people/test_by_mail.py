"""What goes by way of a mailbox stands on one postman and follows the settings."""

from curtilage.identity.people.by_mail import MailParts, build_by_mail
from tests.unit.identity.conftest import MakeHouse


def test_it_follows_the_settings_and_shares_what_it_stands_on(make_house: MakeHouse) -> None:
    people = make_house(sign_up="closed", mail_sign_in=False).people
    built = build_by_mail(
        MailParts(
            ground=people.ground,
            needs=people.needs,
            register=people.register,
            sessions=people.sessions,
            ceremonies=people.ceremonies,
            attempts=people.attempts,
            chooser=people.chooser,
            demands=people.demands,
            postman=people.postman,
            notices=people.notices,
        )
    )
    assert built.joining.sign_up == "closed"
    assert not built.sign_ins.is_on
    assert built.joining.postman is built.sign_ins.postman is built.recovery.postman
    assert people.joining.sign_up == "closed"
