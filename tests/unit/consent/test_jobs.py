"""The job that keeps no text longer than its correction holds."""

import asyncio

from curtilage.consent.jobs import ForgetTexts


class Counting:
    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def forget_texts(self) -> None:
        self.asked.set()


async def test_it_looks_when_it_begins() -> None:
    corrections = Counting()
    running = asyncio.create_task(ForgetTexts(corrections).run())
    await corrections.asked.wait()
    running.cancel()
