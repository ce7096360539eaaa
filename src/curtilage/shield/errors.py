"""What protecting a text may refuse. Errors name types, never values."""

from curtilage.core.errors import DeniedError


class Blocked(DeniedError):
    """The policy lets a kind of data leave in no form at all."""

    code = "shield.blocked"
    title = "This text holds data that may not leave"
    hint = "Remove the value, or ask whoever keeps the policy for another treatment of this type."

    def __init__(self, type: str) -> None:
        super().__init__(f"The text holds {type}, which may not leave; expected none.")
        self.type = type
