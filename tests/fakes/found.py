"""Findings with places, for what reports them."""

from typing import Any

from curtilage.core.models import Finding
from curtilage.survey.models import Field, Found, Spot


def a_found(path: str = "letters/ada.txt", **changes: Any) -> Found:
    """An e-mail address in the second line of a letter."""
    given: dict[str, Any] = {
        "path": path,
        "spot": Spot(2, 6, 2, 25),
        "finding": Finding(
            9, 28, "EMAIL_ADDRESS", 0.95, "user.contact.email", "contact.EMAIL_ADDRESS"
        ),
        "fingerprint": "aa11",
    }
    return Found(**(given | changes))


IN_TABLE = Spot(7, 1, 7, 20, ("sheet Orders",), Field("email", 7, 3))
