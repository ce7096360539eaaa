"""Where policies lie: those that come with the product, and the operator's own.

An operator's policy is a file `<name>.toml` in one folder. It cannot take the
name of a shipped one: "strict" means the same on every installation.
"""

from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from curtilage.consent.errors import PolicyError, UnknownPolicy
from curtilage.consent.models import NAME, Policy
from curtilage.consent.wire import parse_policy

SHIPPED = ("strict", "balanced", "observe")


@dataclass(frozen=True, slots=True)
class PolicyShelf:
    """Reads policies by name. `vocabulary` is what is looked for, see `parse_policy`."""

    folder: Path | None = None
    vocabulary: Collection[str] = ()

    def names(self) -> list[str]:
        """The shipped policies first, then the operator's own."""
        own = sorted(path.stem for path in self.folder.glob("*.toml")) if self.folder else []
        return [*SHIPPED, *(name for name in own if name not in SHIPPED)]

    def read(self, name: str) -> bytes:
        """The file as it was written. Raises `UnknownPolicy`."""
        own = self.folder / f"{name}.toml" if self.folder and NAME.fullmatch(name) else None
        if name in SHIPPED:
            if own is not None and own.exists():
                raise PolicyError(
                    f"{name}.toml takes the name of a shipped policy; rename the file."
                )
            return (files("curtilage.consent") / "policies" / f"{name}.toml").read_bytes()
        if own is None:
            raise UnknownPolicy
        try:
            return own.read_bytes()
        except FileNotFoundError:
            raise UnknownPolicy from None
        except OSError:
            raise PolicyError(f"The policy file {own.name} cannot be read.") from None

    def load(self, name: str) -> Policy:
        """The policy of that name. Raises `UnknownPolicy` or `PolicyError`.

        The vocabulary holds the operator's own files to what is looked for; the
        shipped ones also name kinds that only some installations look for.
        """
        vocabulary = () if name in SHIPPED else self.vocabulary
        return parse_policy(self.read(name), name, vocabulary=vocabulary)
