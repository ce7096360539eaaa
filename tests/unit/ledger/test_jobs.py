"""Who does not answer is asked again, and keeps no other waiting."""

import asyncio
import time
from dataclasses import dataclass

import pytest

from curtilage.core.errors import CurtilageError
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.jobs import ShowHeads
from curtilage.ledger.witnessstate import COSIGNED, UNREACHABLE, WitnessState
from tests.fakes.clock import START


@dataclass
class Asked:
    """Answers by turns; counts how often it was asked."""

    answers: list[WitnessState | Exception | None]
    slow: float = 0.0
    times: int = 0

    def ask(self) -> WitnessState | None:
        self.times += 1
        time.sleep(self.slow)
        answer = self.answers[self.times % len(self.answers)]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize("fault", [LedgerTampered("damaged"), OSError(28, "full")])
async def test_a_fault_of_one_is_logged_and_tried_again(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    waits = Asked([fault, WitnessState(UNREACHABLE, START, 1), WitnessState(COSIGNED, START, 1)])
    slow, quick = Asked([None], slow=0.5), Asked([None])
    job = asyncio.create_task(ShowHeads([(waits, 0.001), (slow, 0.001), (quick, 0.001)]).run())
    while waits.times < 6 or quick.times < 6:
        await asyncio.sleep(0.01)
    assert slow.times < 6
    job.cancel()
    codes = {record.__dict__["code"] for record in caplog.records}
    expected = fault.code if isinstance(fault, CurtilageError) else "errno 28"
    assert codes == {expected, UNREACHABLE}
