"""What this slice needs from others."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from curtilage.core.models import Finding

Scan: TypeAlias = Callable[[str], Sequence[Finding]]
"""Finds the data in a text; `detect`'s engine in the product."""
