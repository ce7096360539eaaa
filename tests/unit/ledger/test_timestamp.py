"""Time stamps by OpenSSL's authority: taken when they hold, refused when anything differs."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rfc3161_client import decode_timestamp_response

from curtilage.core.errors import SetupError
from curtilage.ledger.adapters.post import post
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from curtilage.ledger.models import Verdict
from curtilage.ledger.note import Checkpoint, sign_checkpoint
from curtilage.ledger.timestamp import (
    FILE,
    Stamped,
    ask_timestamp,
    load_roots,
    parse_stamped,
    stamped_lines,
    verify_timestamp,
)
from curtilage.ledger.timestampask import TimestampAsker
from curtilage.ledger.timestampcheck import TimestampCheck
from curtilage.ledger.verify import verify_ledger
from curtilage.ledger.witnessstate import COSIGNED, REFUSED, UNREACHABLE
from tests.unit.ledger.authorities import Authority, answering, openssl
from tests.unit.ledger.witnesses import ORIGINS
from tests.unit.ledger.worlds import KEY, NAME, World, flip

NOTE = b"a head\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "other")


@dataclass
class StampedWorld(World):
    url: str = "http://127.0.0.1:9/"
    ca: Path = Path()

    @property
    def directory(self) -> Path:
        return self.root / "keys" / "anchors"

    def ask(self) -> str:
        checkpoints = Checkpoints(self.ledger, ORIGINS, KEY.public_key())
        roots = load_roots(self.ca)
        asker = TimestampAsker(checkpoints, self.directory, self.url, roots, post, self.clock)
        state = asker.ask()
        return state.outcome if state else "nothing new"

    def grow(self) -> None:
        self.write_batches([2])
        self.sequence()

    def verify(self) -> Verdict:
        return verify_ledger(
            self.ledger,
            name=NAME,
            key=KEY.public_key(),
            anchors=self.anchors,
            outside=[TimestampCheck(self.directory, load_roots(self.ca))],
        )


@pytest.fixture
def world(tmp_path: Path, authority: Authority) -> Iterator[StampedWorld]:
    world = StampedWorld(tmp_path, ca=authority.root)
    with answering(authority.stamp) as world.url:
        yield world


def test_a_stamp_holds_for_its_note_its_nonce_and_its_root(
    authority: Authority, other: Authority
) -> None:
    question, roots = ask_timestamp(NOTE), load_roots(authority.root)
    answer = authority.stamp(question.body)
    at = verify_timestamp(answer, NOTE, roots, expected_nonce=question.nonce)
    assert at == verify_timestamp(answer, NOTE, roots)
    for wrong in (
        lambda: verify_timestamp(answer, b"another", roots),
        lambda: verify_timestamp(answer, NOTE, roots, expected_nonce=ask_timestamp(NOTE).nonce),
        lambda: verify_timestamp(answer, NOTE, load_roots(other.root)),
        lambda: verify_timestamp(b"", NOTE, roots),
        lambda: verify_timestamp(answer[:-1], NOTE, roots),
        lambda: verify_timestamp(bytes(70_000), NOTE, roots),
    ):
        with pytest.raises(ProofInvalid):
            wrong()


@pytest.mark.parametrize("at", range(-60, 0, 7))
def test_no_byte_of_the_signature_can_change(authority: Authority, at: int) -> None:
    answer = bytearray(authority.stamp(ask_timestamp(NOTE).body))
    answer[at] ^= 1
    with pytest.raises(ProofInvalid):
        verify_timestamp(bytes(answer), NOTE, load_roots(authority.root))


def test_a_certificate_that_is_not_for_time_stamping_is_refused(
    tmp_path: Path, authority: Authority
) -> None:
    """Its chain and signature hold; the authority's own certificate passes the same way."""
    web = Authority(tmp_path / "web", usage="serverAuth")
    answer = authority.stamp(ask_timestamp(NOTE).body)
    resigned = {one.place: _sign_again(tmp_path, answer, one) for one in (authority, web)}
    verify_timestamp(resigned[authority.place], NOTE, load_roots(authority.root))
    with pytest.raises(ProofInvalid):
        verify_timestamp(resigned[web.place], NOTE, load_roots(web.root))


def _sign_again(folder: Path, answer: bytes, by: Authority) -> bytes:
    """What the answer says, signed by another: OpenSSL's `ts` refuses to, its `cms` does not."""
    names = {name: str(folder / name) for name in ("token", "said", "signed")}
    Path(names["token"]).write_bytes(decode_timestamp_response(answer).time_stamp_token())
    openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", names["token"],
            "-out", names["said"])  # fmt: skip
    openssl("cms", "-sign", "-binary", "-nodetach", "-cades", "-md", "sha256", "-outform", "DER",
            "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-in", names["said"],
            "-signer", f"{by.place}/leaf.pem", "-inkey", f"{by.place}/leaf.key",
            "-out", names["signed"])  # fmt: skip
    body = b"\x30\x03\x02\x01\x00" + Path(names["signed"]).read_bytes()  # status: granted
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body


def test_each_new_head_is_stamped_once_and_verified(world: StampedWorld) -> None:
    assert world.ask() == "nothing new"
    for _ in range(2):
        world.grow()
        assert world.ask() == COSIGNED
        assert world.ask() == "nothing new"
    verdict = world.verify()
    assert verdict.holds
    assert any("saw the head of 2 checkpoints at" in notice for notice in verdict.notices)
    assert any(notice.endswith("2 time stamps compared.") for notice in verdict.notices)


def test_openssl_itself_agrees_with_what_is_kept(world: StampedWorld, tmp_path: Path) -> None:
    world.grow()
    world.ask()
    line = stamped_lines(world.directory).newest()
    assert line is not None
    stamped = parse_stamped(line)
    (tmp_path / "note").write_bytes(stamped.note)
    (tmp_path / "answer").write_bytes(stamped.response)
    told = subprocess.run(
        ["openssl", "ts", "-verify", "-data", str(tmp_path / "note"), "-in",
         str(tmp_path / "answer"), "-CAfile", str(world.ca)],
        capture_output=True, check=False,
    )  # fmt: skip
    assert b"Verification: OK" in told.stdout + told.stderr


def test_another_authority_is_not_believed(world: StampedWorld, other: Authority) -> None:
    world.grow()
    with answering(other.stamp) as world.url:
        assert world.ask() == REFUSED
    assert not (world.directory / FILE).exists()
    verdict = world.verify()
    assert verdict.holds
    assert any("gave no valid time stamp" in notice for notice in verdict.notices)
    world.ca = other.root
    with answering(other.stamp) as world.url:
        assert world.ask() == COSIGNED


def test_an_answer_to_another_question_is_refused(
    world: StampedWorld, authority: Authority
) -> None:
    world.grow()
    stale = authority.stamp(ask_timestamp(b"another").body)
    with answering(lambda body: stale) as world.url:
        assert world.ask() == REFUSED


@pytest.mark.parametrize(("status", "outcome"), [(500, UNREACHABLE), (404, REFUSED)])
def test_an_error_is_no_stamp(world: StampedWorld, status: int, outcome: str) -> None:
    world.grow()
    with answering(lambda body: b"", status) as world.url:
        assert world.ask() == outcome
    assert world.verify().holds


def test_nobody_there_is_no_harm(world: StampedWorld) -> None:
    world.grow()
    world.url = "http://127.0.0.1:9/"
    assert world.ask() == UNREACHABLE


def test_what_is_kept_cannot_change_unseen(world: StampedWorld) -> None:
    world.grow()
    world.ask()
    path = world.directory / FILE
    for at in range(0, path.stat().st_size, 211):
        flip(path, at)
        assert world.codes() & {"timestamp-damaged", "timestamp-differs"}, at
        flip(path, at)
    assert world.verify().holds


def test_a_stamp_of_another_tree_is_named(world: StampedWorld, authority: Authority) -> None:
    world.grow()
    note = sign_checkpoint(Checkpoint(ORIGINS.head, 1, bytes(32)), KEY)
    stamped = Stamped(note, authority.stamp(ask_timestamp(note).body))
    stamped_lines(world.directory).append(stamped.encode())
    assert world.codes() == {"timestamp-differs"}


@pytest.mark.parametrize("line", [b"", b"{}\n", b"[]\n", b'{"note":"x","response":"AA==","v":2}\n'])
def test_a_line_of_another_shape_is_damage(line: bytes) -> None:
    with pytest.raises(LedgerTampered):
        parse_stamped(line)


def test_roots_are_asked_for_by_the_name_of_the_setting(
    tmp_path: Path, authority: Authority
) -> None:
    (tmp_path / "none").write_text("no certificate")
    for path in (None, tmp_path / "gone", tmp_path / "none", authority.place / "leaf.pem"):
        with pytest.raises(SetupError, match=r"ledger\.timestamp_ca"):
            load_roots(path)
