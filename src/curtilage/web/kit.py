"""All components on one page, for people who build pages. In development only."""

from datetime import UTC, datetime

from curtilage.core.page import Flash, Page, Visit

MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


async def kit_page(_: Visit) -> Page:
    """One of everything, with invented data."""
    return Page("web/kit.html", KIT)


def _piece(text: str, number: int = 0, group: str = "", title: str = "") -> dict[str, object]:
    if not number:
        return {"text": text, "find": None}
    find = {"number": number, "group": group, "title": title}
    find |= {"treatment": "token", "why": "The policy keeps it from leaving."}
    return {"text": text, "find": find}


WROTE = [
    _piece("Write to "),
    _piece("ada@orchard.example", 1, "contact", "E-mail address"),
    _piece(", card "),
    _piece("4111 1111 1111 1111", 2, "financial", "Payment card"),
    _piece("."),
]
LEFT = [
    _piece("Write to "),
    _piece("[email 7fq2]", 1, "contact", "E-mail address"),
    _piece(", card "),
    _piece("[card 9xk1]", 2, "financial", "Payment card"),
    _piece("."),
]
STEPS = [
    {"title": "Read every log", "state": "done", "detail": "2 writers"},
    {"title": "Recompute every tree", "state": "now", "detail": "48 000 of 112 000 records"},
    {"title": "Compare with the anchors", "state": "next", "detail": ""},
]
EVENTS = [
    {
        "at": MORNING,
        "title": "Allowed to leave",
        "detail": "Two findings became tokens.",
        "picture": "file-check",
        "tone": "information",
    },
    {
        "at": MORNING,
        "title": "Completed",
        "detail": "Two values were restored.",
        "picture": "circle-check",
        "tone": "good",
    },
]
KIT = {
    "flashes": [
        Flash("Your passphrase is set."),
        Flash("The key expires tomorrow.", "attention"),
        Flash("The ledger does not hold.", "danger"),
        Flash("A new checkpoint was signed.", "information"),
    ],
    "outcomes": ("completed", "refused", "failed", "aborted", "unknown", "pending"),
    "pieces": WROTE,
    "columns": [
        {"title": "What you wrote", "words": "Stays here.", "picture": "eye-off", "pieces": WROTE},
        {
            "title": "What would leave",
            "words": "All that the provider sees.",
            "picture": "arrow-right",
            "pieces": LEFT,
        },
        {"title": "What comes back", "words": "Restored.", "picture": "check", "pieces": WROTE},
    ],
    "groups": [("contact", "Contact"), ("identity", "Identity"), ("financial", "Money")],
    "steps": STEPS,
    "events": EVENTS,
    "at": MORNING,
    "values": [("09:00", 12), ("09:10", 48), ("09:20", 31), ("09:30", 0), ("09:40", 77)],
}
