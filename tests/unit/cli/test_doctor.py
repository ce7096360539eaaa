"""What `doctor` sees on the machine and in the settings, each with its mend."""

import socket
from typing import Any

import pytest

from curtilage.app.settings import read_settings
from curtilage.cli.doctor import _check_machine, _check_upstreams
from curtilage.core.models import Observation


def seen(monkeypatch: pytest.MonkeyPatch, **flags: Any) -> dict[str, Observation]:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    given = {name.replace("__", "."): value for name, value in flags.items()}
    settings = read_settings(None, {}, {"server.port": 1, **given})
    return {item.code: item for item in (*_check_machine(settings), *_check_upstreams(settings))}


def test_a_missing_credential_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    found = seen(monkeypatch)["gateway.no-credential"]
    assert found.severity == "information"
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
    assert all(item.mend.endswith(".") for item in found if item.severity != "information")
