"""`verify_ledger`: is everything as it was written, and up to when is it complete?

Reads all there is in memory that does not grow with it, takes no lock, and may
run beside a service that is at work: it first looks at anchors, head and tree
checkpoints, and then at logs that can only have grown since.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.core.words import say
from curtilage.ledger.checkpoints import Checkpoints, SignedHead
from curtilage.ledger.disk import is_locked
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from curtilage.ledger.findings import Findings, count_records, placed
from curtilage.ledger.head import parse_pending
from curtilage.ledger.headcheck import HeadCheck, HeadState
from curtilage.ledger.layout import find_folders, find_writers, head_directory, log_directory
from curtilage.ledger.logcheck import LogCheck
from curtilage.ledger.models import Verdict
from curtilage.ledger.note import Checkpoint
from curtilage.ledger.origins import Origins
from curtilage.ledger.outside import OutsideCheck
from curtilage.ledger.ports import AnchorStore
from curtilage.ledger.retention import SLOT, pruned_before


def verify_ledger(
    ledger: Path,
    *,
    name: str,
    key: Ed25519PublicKey,
    anchors: AnchorStore,
    has_begun: bool = False,
    outside: Sequence[OutsideCheck] = (),
) -> Verdict:
    """Compare records, links, trees, checkpoints, head log and anchors.

    Problems are returned, never raised. `name` is the installation's, as the
    sequencer has it. Where the ledger `has_begun`, having none is a problem too:
    without it and without anchors nothing else would tell that it was there.
    `outside` is what witnesses and time-stamp authorities signed.
    """
    findings = Findings()
    if has_begun and not find_writers(ledger):
        findings.add(
            "ledger-gone",
            say("The ledger is gone: its key says that it has begun, and no log is there."),
        )
    origins = Origins(name)
    checkpoints = Checkpoints(ledger, origins, key)
    _check_pending(ledger, findings)
    kept = _anchors_until_now(ledger, anchors)
    for check in outside:
        check.look()  # before the head is read: it may only be newer than what they have seen
    head = HeadCheck(ledger, origins, key, _read_head(checkpoints, findings), findings)
    stored = _stored_checkpoints(ledger, checkpoints, findings)
    state = head.run(kept)
    for check in outside:
        check.run(checkpoints, head.signed, findings)
    _check_trees_exist(stored, state, findings)
    gone = _pruned_before(ledger, stored, findings)
    records = pruned = 0
    for writer in _all_writers(ledger, state):
        expected = _expected(head, origins, writer)
        log = _open_log(ledger, writer, stored, expected, gone, findings)
        records += log.run()
        pruned += log.pruned
    return Verdict(
        records=records - pruned,
        pruned=pruned,
        unanchored=max(0, records - state.anchored_records),
        anchored_at=state.anchored_at,
        problems=findings.sorted(),
        more_problems=findings.more,
        notices=tuple(findings.notices),
    )


def _open_log(  # noqa: PLR0917 -- what there is of a log
    ledger: Path,
    writer: str,
    stored: dict[str, dict[str, Checkpoint]],
    expected: Iterator[tuple[str, Checkpoint]],
    gone: dict[str, int],
    findings: Findings,
) -> LogCheck:
    """The check of one writer's log, against what is signed of its trees."""
    return LogCheck(
        ledger,
        writer,
        stored=stored.get(writer, {}),
        expected=expected,
        is_live=is_locked(log_directory(ledger, writer) / "lease"),
        findings=findings,
        pruned_before=gone.get(writer, 0),
    )


def _check_pending(ledger: Path, findings: Findings) -> None:
    path = head_directory(ledger) / "pending"
    if is_locked(ledger / "sequencer.lease") or not path.exists():
        return
    try:
        parse_pending(path.read_bytes())
    except LedgerTampered as fault:
        findings.add("pending-damaged", fault.detail)
    findings.note("A step of the sequencer was interrupted; the next start finishes it.")


def _anchors_until_now(ledger: Path, anchors: AnchorStore) -> Iterator[bytes]:
    """The anchors; of a ledger at work, those that are there when this is called."""
    if not is_locked(ledger / "sequencer.lease"):
        return anchors.iterate()
    newest = anchors.newest()
    return iter(()) if newest is None else _through(anchors.iterate(), newest)


def _through(notes: Iterator[bytes], last: bytes) -> Iterator[bytes]:
    for note in notes:
        yield note
        if note == last:
            return


def _read_head(checkpoints: Checkpoints, findings: Findings) -> SignedHead | None:
    try:
        return checkpoints.head()
    except ProofInvalid as fault:
        findings.add("head-damaged", fault.detail)
        return None


def _stored_checkpoints(
    ledger: Path, checkpoints: Checkpoints, findings: Findings
) -> dict[str, dict[str, Checkpoint]]:
    """The newest checkpoint of each tree, by writer and tenant."""
    found: dict[str, dict[str, Checkpoint]] = {}
    for writer in find_folders(ledger / "tree"):
        of_writer = found[writer] = {}
        for tenant in find_folders(ledger / "tree" / writer):
            try:
                signed = checkpoints.tree(tenant, writer)
            except ProofInvalid as fault:
                where = say("tenant {tenant}", tenant=tenant)
                findings.add("checkpoint-damaged", placed(fault.detail, where), writer=writer)
            else:
                if signed is not None:
                    of_writer[tenant] = signed.checkpoint
    return found


def _pruned_before(
    ledger: Path, stored: dict[str, dict[str, Checkpoint]], findings: Findings
) -> dict[str, int]:
    """Which records may be gone: as records say that a signed checkpoint covers."""
    sizes = {(tenant, SLOT): one.size for tenant, one in stored.get(SLOT, {}).items()}
    try:
        return pruned_before(ledger, sizes)
    except (LedgerTampered, KeyError, TypeError, AttributeError):
        unread = say("The records of prunings cannot be read.")
        findings.add("pruned-damaged", unread, writer=SLOT)
        return {}


def _check_trees_exist(
    stored: dict[str, dict[str, Checkpoint]], state: HeadState, findings: Findings
) -> None:
    """Every tree that the head log names must be there, and no smaller."""
    for (tenant, writer), size in state.sizes.items():
        checkpoint = stored.get(writer, {}).get(tenant)
        if checkpoint is None or checkpoint.size < size:
            findings.add(
                "checkpoint-missing",
                say(
                    "Tenant {tenant}: the head log names a checkpoint over {records}; {file} is "
                    "gone or older.",
                    tenant=tenant,
                    records=count_records(size),
                    file=f"tree/{writer}/{tenant}/checkpoint",
                ),
                writer=writer,
            )


def _all_writers(ledger: Path, state: HeadState) -> list[str]:
    named = {writer for _, writer in state.sizes}
    return sorted(named | set(find_writers(ledger)) | set(find_folders(ledger / "tree")))


def _expected(head: HeadCheck, origins: Origins, writer: str) -> Iterator[tuple[str, Checkpoint]]:
    """The head log's checkpoints of one writer's trees, by tenant, in order."""
    for checkpoint in head.checkpoints():
        try:
            tenant, of_writer = origins.parse_tree(checkpoint.origin)
        except ProofInvalid:
            return
        if of_writer == writer:
            yield tenant, checkpoint
