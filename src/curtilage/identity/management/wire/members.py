"""Reads the one JSON object of a body member by member; what nobody asked for is refused."""

import re
from collections.abc import Mapping
from typing import Any

from curtilage.identity.management.errors import BodyUnreadable, UnacceptableMember
from curtilage.identity.wire.strict_json import parse_object

LONGEST_BODY = 64 * 1024
LONGEST_ID = 255
MOST_LISTED = 100
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:~-]{0,254}")


class Members:
    """What is left of an object. Messages name members of ours alone, and never a value."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._left = dict(given)
        self._asked: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def take(self, name: str) -> Any:
        """The member as it is, None where it is not there. One that is null is refused: some
        mean by it that nothing changes, and others that it goes."""
        self._asked.append(name)
        if name in self._left and self._left[name] is None:
            raise UnacceptableMember(f"Expected {name} to have a value; leave it out for none.")
        return self._left.pop(name, None)

    def text(self, name: str, *, most: int = LONGEST_ID, needed: bool = False) -> str:
        """A text of `most` characters, "" where there is none."""
        value = self.take(name)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or len(value) > most or (needed and not value):
            raise UnacceptableMember(f"Expected {name} to be text of at most {most} characters.")
        return value

    def texts(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts, each once."""
        value = self.take(name)
        if value is None and not needed:
            return ()
        is_list = isinstance(value, list) and len(value) <= MOST_LISTED
        if not is_list or not all(
            isinstance(each, str) and len(each) <= LONGEST_ID for each in value
        ):
            raise UnacceptableMember(
                f"Expected {name} to be a list of at most {MOST_LISTED} texts."
            )
        return tuple(dict.fromkeys(value))

    def number(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number, None where there is none."""
        value = self.take(name)
        if value is None:
            return None
        if type(value) is not int or not least <= value <= most:
            raise UnacceptableMember(
                f"Expected {name} to be a whole number from {least} to {most}."
            )
        return value

    def flag(self, name: str) -> bool:
        """True or false, which it is without."""
        value = self.take(name)
        if value is not None and type(value) is not bool:
            raise UnacceptableMember(f"Expected {name} to be true or false.")
        return bool(value)

    def objects(self, name: str, *, needed: bool = False) -> tuple["Members", ...]:
        """A list of objects."""
        value = self.take(name)
        if value is None and not needed:
            return ()
        is_list = isinstance(value, list) and len(value) <= MOST_LISTED
        if not is_list or not all(isinstance(each, dict) for each in value):
            raise UnacceptableMember(
                f"Expected {name} to be a list of at most {MOST_LISTED} objects."
            )
        return tuple(Members(each) for each in value)

    def finish(self) -> None:
        """Refuse what nobody took: a misspelt member would be one that does nothing."""
        if self._left:
            known = ", ".join(self._asked) or "none"
            raise UnacceptableMember(f"There is a member that is not known; known here: {known}.")


def parse_members(raw: bytes, *, may_be_nothing: bool = False) -> Members:
    """The members of a body, which is there unless it may be nothing. Raises `BodyUnreadable`."""
    if len(raw) > LONGEST_BODY:
        raise BodyUnreadable("The body is longer than 64 KiB.")
    if not raw and may_be_nothing:
        return Members({})
    try:
        return Members(parse_object(raw))
    except ValueError:
        raise BodyUnreadable from None


def is_id(text: str) -> bool:
    """Whether it could be an id of ours."""
    return _ID.fullmatch(text) is not None
