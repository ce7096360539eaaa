"""Keeps no text longer than its correction holds."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

FORGET_EVERY = 3600.0  # seconds


class TextForgetter(Protocol):
    """Deletes the kept texts of corrections that have ended."""

    async def forget_texts(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ForgetTexts:
    """A Job."""

    corrections: TextForgetter
    name: str = "forget-texts"

    async def run(self) -> None:
        while True:
            await self.corrections.forget_texts()
            await asyncio.sleep(FORGET_EVERY)
