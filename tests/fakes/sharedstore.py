"""A shared store in memory, for what stands on one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curtilage.ledger.frames import parse_batch_head
from curtilage.ledger.models import MovedLog, StoredBatch


@dataclass
class FakeSharedStore:
    """Implements `SharedStore`. One node signs, while `signs` is true."""

    signs: bool = False
    logs: dict[str, list[StoredBatch]] = field(default_factory=dict)
    steps: dict[int, bytes] = field(default_factory=dict)
    closed: int = 0

    def ends(self) -> Mapping[str, int]:
        return {slot: _end(batches) for slot, batches in self.logs.items()}

    def batches(self, slot: str, first: int, *, limit_bytes: int) -> Sequence[StoredBatch]:
        found, size = [], 0
        for batch in self.logs[slot]:
            if batch.first >= first and size < limit_bytes:
                found.append(batch)
                size += len(batch.data)
        return found

    def find_step(self, head: int) -> bytes | None:
        return self.steps.get(head)

    def find_step_before(self, head: int) -> bytes | None:
        before = [at for at in self.steps if at < head]
        return self.steps[max(before)] if before else None

    def is_signer(self) -> bool:
        return self.signs

    def sign(self, head: int, step: bytes) -> bool:
        if not self.signs or head in self.steps:
            return False
        self.steps[head] = step
        return True

    def forget(self, slot: str, before: int) -> None:
        self.logs[slot] = [batch for batch in self.logs[slot] if batch.first >= before]

    def move_in(self, log: MovedLog) -> None:
        self.logs.setdefault(log.slot, list(log.batches))

    def move_in_steps(self, steps: Sequence[tuple[int, bytes]]) -> None:
        self.steps = dict(steps) | self.steps

    def close(self) -> None:
        self.closed += 1


def _end(batches: Sequence[StoredBatch]) -> int:
    head = parse_batch_head(batches[-1].data) if batches else None
    return 0 if head is None else head.first + head.count
