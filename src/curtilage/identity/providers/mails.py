"""What is written to people about accounts elsewhere, as plain text. Pure."""

from curtilage.identity.mail import Message


def write_connected(to: str, *, service: str, label: str, link: str) -> Message:
    """That there is a new way into somebody's account."""
    return Message(
        to,
        f"How you sign in to {service} was changed",
        f"An account at {label} is connected to yours: whoever signs in there with it is "
        "signed in here.\n\n"
        f"If this was not you, take it away and choose a new passphrase:\n\n{link}\n",
    )
