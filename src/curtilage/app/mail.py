"""How mail leaves, by the settings and the password that they name."""

from curtilage.app.settings import Settings
from curtilage.core.clock import Clock
from curtilage.core.errors import SetupError
from curtilage.core.ids import Ids
from curtilage.core.settings import environment
from curtilage.identity.build import build_mail
from curtilage.identity.mail import Mail

OUTBOX = "outbox"


def open_mail(settings: Settings, clock: Clock, ids: Ids) -> Mail:
    """Connects to nobody yet. Raises a SetupError for what cannot be used."""
    return build_mail(
        settings.identity,
        outbox=settings.server.data_dir / OUTBOX,
        password=_read_password(settings.identity.smtp_password_env),
        clock=clock,
        ids=ids,
    )


def _read_password(variable: str) -> str:
    found = environment().get(variable, "") if variable else ""
    if variable and not found:
        raise SetupError(
            f"The variable {variable}, which the setting identity.smtp_password_env names, is empty."
        )
    return found
