"""How mail leaves: to the mail server of the settings, or into files."""

from curtilage.app.settings import Settings
from curtilage.core.clock import Clock
from curtilage.core.errors import SetupError
from curtilage.core.ids import Ids
from curtilage.core.settings import environment
from curtilage.identity.adapters.mail import FileOutbox, MailServer, Security, SmtpMail
from curtilage.identity.mail import Mail, Sender

OUTBOX = "outbox"


def open_mail(settings: Settings, clock: Clock, ids: Ids) -> Mail:
    """Connects to nobody yet. Raises a SetupError for what cannot be used."""
    given, sender = settings.identity, Sender(settings.identity.mail_from, "Curtilage")
    if not given.smtp_host:
        return FileOutbox(settings.server.data_dir / OUTBOX, sender, clock, ids)
    server = MailServer(
        host=given.smtp_host,
        port=given.smtp_port,
        security=Security(given.smtp_security),
        username=given.smtp_user,
        password=_read_password(given.smtp_password_env),
    )
    return SmtpMail(server, sender, clock, ids)


def _read_password(variable: str) -> str:
    if not variable:
        return ""
    found = environment().get(variable, "")
    if not found:
        raise SetupError(
            f"The variable {variable}, which identity.smtp_password_env names, is empty."
        )
    return found
