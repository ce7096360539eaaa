"""What is written to people about accounts elsewhere, as plain text. Pure."""

from curtilage.core.words import join_sentences, say
from curtilage.identity.mail import Message


def write_connected(to: str, *, service: str, label: str, link: str) -> Message:
    """That there is a new way into somebody's account."""
    text = join_sentences(
        say(
            "An account at {provider} is connected to yours: whoever signs in there with it is "
            "signed in here.",
            provider=label,
        ),
        say("If this was not you, take it away and choose a new passphrase:"),
        link,
        between="\n\n",
    )
    subject = say("How you sign in to {service} was changed", service=service)
    return Message(to, subject, text)
