"""The whole configuration: what is refused by name, and what a change may take over."""

from pathlib import Path
from typing import Any

import pytest

from curtilage.app.settings import Settings, read_settings, reread_settings
from curtilage.core.errors import SetupError


def settings(**flags: Any) -> Settings:
    return read_settings(None, {}, {name.replace("__", "."): flags[name] for name in flags})


def test_nothing_given_is_a_service_on_this_machine_alone() -> None:
    found = settings()
    assert (found.server.host, found.server.port, found.server.workers) == ("127.0.0.1", 8787, 1)
    assert found.store.url == "sqlite"
    assert found.gateway.policy == "balanced"
    assert {"openai", "anthropic", "mirror"} <= set(found.upstreams)
    assert found.public_url == "http://localhost:8787"


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"server__port": 70_000}, "server.port"),
        ({"server__port": -1}, "server.port"),
        ({"server__workers": 0}, "server.workers"),
        ({"server__workers": 65}, "server.workers"),
        ({"server__tls_cert": "c.pem"}, "server.tls_key"),
        ({"server__tls_key": "k.pem"}, "server.tls_cert"),
        ({"server__trusted_proxies": ["the proxy"]}, "server.trusted_proxies"),
        ({"server__mode": "prod"}, "server.mode"),
        ({"server__http": "apache"}, "server.http"),
        ({"server__data_dir": "same", "server__key_dir": "./same"}, "server.key_dir"),
        ({"store__url": "mysql://db.example"}, "store.url"),
        ({"store__shared": "redis"}, "store.shared"),
        ({"store__shared": "memory", "server__workers": 2}, "store.shared"),
        ({"server__prot": 1}, "server.prot"),
        ({"upstreams__lake__protocol": "gopher"}, "upstreams.lake.protocol"),
        ({"routes": [{"model": "x", "upstream": "nobody"}]}, "routes[0].upstream"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(flags: dict[str, Any], named: str) -> None:
    with pytest.raises(SetupError) as refused:
        settings(**flags)
    assert named in refused.value.detail


def test_what_was_given_is_never_repeated() -> None:
    with pytest.raises(SetupError) as refused:
        settings(store__url="oracle://scott:tiger@db.example")
    assert "tiger" not in refused.value.detail + refused.value.advice


def test_the_public_address_follows_tls_unless_it_is_given() -> None:
    files = {"server__tls_cert": "c.pem", "server__tls_key": "k.pem"}
    assert settings(**files).public_url == "https://localhost:8787"
    assert settings(server__public_url="https://ai.orchard.example").public_url == (
        "https://ai.orchard.example"
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "curtilage.toml"
    path.write_text('[gateway]\npolicy = "strict"\nretries = 1\n')
    return path


def test_a_changed_file_is_taken_over_and_flags_and_variables_stay(file: Path) -> None:
    before = read_settings(file, {"CURTILAGE__GATEWAY__RETRIES": "3"}, {"server.port": 8901})
    after = reread_settings(before, "[gateway]\nretries = 2\nidle_timeout = 9.0\n")
    assert after.gateway.idle_timeout == 9.0
    assert after.gateway.policy == "balanced"  # no longer in the file: the default again
    assert after.gateway.retries == 3
    assert after.server.port == 8901


def test_without_a_file_nothing_changes() -> None:
    before = settings()
    assert reread_settings(before, None) is before


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nport = 8902\n", "[server]"),
        ('[store]\nurl = "postgresql://db.example/x"\n', "[store]"),
        ("[gateway]\nretries = 9\n", "gateway.retries"),
        ("[gateway\n", "not valid TOML"),
    ],
)
def test_a_change_that_needs_a_restart_or_is_wrong_is_refused(
    file: Path, text: str, named: str
) -> None:
    before = read_settings(file, {}, {})
    with pytest.raises(SetupError) as refused:
        reread_settings(before, text)
    assert named in refused.value.detail
