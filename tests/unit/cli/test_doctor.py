"""What `doctor` sees on the machine and in the settings, each with its mend."""

import ast
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import curtilage
from curtilage.app.foundation import LEDGER_KEY, open_foundation
from curtilage.app.settings import read_settings
from curtilage.cli.doctor import (
    WORDS,
    _check_machine,
    _check_policy,
    _check_signing,
    _check_upstreams,
    _observe,
    _print,
)
from curtilage.core.errors import CurtilageError, UnavailableError
from curtilage.core.models import Observation
from tests.fakes import FixedClock, FixedEntropy, FixedIds

PACKAGE = Path(curtilage.__file__).parent


def seen(monkeypatch: pytest.MonkeyPatch, **flags: Any) -> dict[str, Observation]:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    given = {name.replace("__", "."): value for name, value in flags.items()}
    settings = read_settings(None, {}, {"server.port": 1, **given})
    return {item.code: item for item in (*_check_machine(settings), *_check_upstreams(settings))}


def test_a_missing_credential_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    found = seen(monkeypatch)["gateway.no-credential"]
    assert found.severity == "note"
    assert "_API_KEY" in found.mend


def test_an_open_service_without_tls_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "app.no-tls" not in seen(monkeypatch)
    assert seen(monkeypatch, server__host="0.0.0.0")["app.no-tls"].severity == "warning"


def test_a_provider_that_is_reached_readably_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = {"upstreams__lake__protocol": "openai"}
    near = seen(monkeypatch, **lake, upstreams__lake__base_url="http://127.0.0.1:9/v1")
    assert "gateway.upstream-without-tls" not in near
    far = seen(monkeypatch, **lake, upstreams__lake__base_url="http://lake.example/v1")
    assert "https://" in far["gateway.upstream-without-tls"].mend


def test_a_service_that_answers_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert str(port) in seen(monkeypatch, server__port=port)["app.port-answers"].detail


def test_every_mend_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    found = seen(monkeypatch, server__host="0.0.0.0").values()
    assert all(item.mend.endswith(".") for item in found)


def written_observations() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Code, severity and mend of every observation that the source can make."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Observation":
                given = dict(
                    zip(("code", "title", "detail", "severity", "mend"), node.args, strict=False)
                )
                given |= {str(word.arg): word.value for word in node.keywords}
                yield ast.unparse(given["code"]), given["severity"], given["mend"]


def test_every_observation_that_can_be_made_has_its_mend() -> None:
    found = list(written_observations())
    assert len(found) > 15
    for code, _, mend in found:
        if isinstance(mend, ast.Constant):
            assert mend.value, code
        else:  # put together, or an error's advice with its stand-in: never empty
            assert isinstance(mend, ast.JoinedStr) or "LOOK_AGAIN" in ast.unparse(mend), code


def test_every_slice_says_how_bad_it_is_in_the_same_words() -> None:
    for code, severity, _ in written_observations():
        assert isinstance(severity, ast.Constant) and severity.value in WORDS, code


@pytest.mark.parametrize("error", [UnavailableError(), CurtilageError("odd", hint="Mend it.")])
def test_an_error_without_advice_has_a_mend_too(error: CurtilageError) -> None:
    assert _observe(error).mend


async def test_a_signing_key_that_does_not_open_is_an_error_with_its_mend(tmp_path: Path) -> None:
    settings = read_settings(
        None, {}, {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    )
    async with open_foundation(
        settings, clock=FixedClock(), ids=FixedIds(), entropy=FixedEntropy()
    ) as foundation:
        assert await _check_signing(foundation) == []
        assert await foundation.vault.find_signing_key(LEDGER_KEY) is None, "a look makes no key"
        await foundation.vault.signing_key(LEDGER_KEY)
        with closing(sqlite3.connect(tmp_path / "keys" / "keys.db")) as table, table:
            table.execute("UPDATE named_key SET wrapped = zeroblob(97) WHERE name LIKE 'signing/%'")
        (seen,) = await _check_signing(foundation)
    assert seen.severity == "error"
    assert seen.mend


def test_a_policy_that_is_not_there_is_named_with_those_that_are() -> None:
    (found,) = _check_policy(read_settings(None, {}, {"gateway.policy": "helpdesk"}))
    assert found.severity == "error"
    assert "gateway.policy names helpdesk; there are strict, balanced, observe." in found.detail
    assert not list(_check_policy(read_settings(None, {}, {})))


def test_what_a_start_would_be_refused_for_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("format = 2\n")
    own = {"policy.dir": tmp_path, "gateway.policy": "own"}
    for wrong, words in (({"gateway.default_purpose": "sell"}, "default_purpose"), (own, "format")):
        (found,) = _check_policy(read_settings(None, {}, wrong))
        assert found.severity == "error"
        assert words in found.detail


def observed(severity: str, detail: str = "The detail.") -> Observation:
    return Observation("x", f"A title of {severity}", detail, severity, "Mend it.")


@pytest.mark.parametrize(
    ("severities", "last"),
    [
        ([], "Nothing to mend."),
        (["warning", "note", "warning"], "No error, 2 warnings, 1 note."),
        (["note", "error", "note"], "1 error, no warning, 2 notes."),
    ],
)
def test_it_says_in_words_how_bad_each_is_the_worst_first_and_counts(
    severities: list[str], last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _print([observed(severity) for severity in severities])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == last
    heads = [line.split()[0] for line in lines[:-1] if not line.startswith(" ")]
    assert heads == sorted(heads, key=("error", "warning", "note").index)


def test_a_detail_that_says_no_more_than_the_title_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _print([observed("error", "A title of error")])
    assert capsys.readouterr().out.splitlines()[:2] == [
        "error    A title of error",
        "         mend: Mend it.",
    ]
