"""How mail leaves, by the settings and the password that they name."""

from pathlib import Path

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


def find_outbox(settings: Settings) -> Path | None:
    """Where messages are files that a page may show: while trying out, and only then."""
    is_dev = settings.server.mode == "dev" and not settings.identity.smtp_host
    return settings.server.data_dir / OUTBOX if is_dev else None


def _read_password(variable: str) -> str:
    found = environment().get(variable, "") if variable else ""
    if variable and not found:
        raise SetupError(
            f"The variable {variable}, which the setting identity.smtp_password_env names, is empty."
        )
    return found
