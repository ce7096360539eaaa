"""The whole configuration: what is refused by name, and what a change may take over."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curtilage.app import settings as module
from curtilage.app.settings import (
    TAKEN_OVER,
    Settings,
    list_values,
    read_settings,
    reread_settings,
)
from curtilage.core.errors import SetupError


def settings(**flags: Any) -> Settings:
    return read_settings(None, {}, {name.replace("__", "."): flags[name] for name in flags})


KEYS = "postgresql://db.example/keys"


@pytest.mark.parametrize("scheme", ["redis", "rediss", "valkey"])
def test_nodes_of_one_database_may_share_a_server_whose_password_is_not_shown(scheme: str) -> None:
    database, cache = "postgresql://u:orchard@db.example/c", f"{scheme}://:orchard@cache.example/0"
    found = settings(store__url=database, store__shared=cache)
    assert (found.store.url, found.store.shared) == (database, cache)
    assert "orchard" not in repr(found)


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
        ({"ledger__witness_seconds": 0.5}, "ledger.witness_seconds"),
        ({"ledger__timestamp_seconds": 0.5}, "ledger.timestamp_seconds"),
        ({"ledger__timestamp_url": "time.orchard.example"}, "ledger.timestamp_url"),
        ({"ledger__keep_days": 0}, "ledger.keep_days"),
        ({"server__tls_cert": "c.pem"}, "server.tls_key"),
        ({"server__tls_key": "k.pem"}, "server.tls_cert"),
        ({"server__trusted_proxies": ["the proxy"]}, "server.trusted_proxies"),
        ({"server__mode": "prod"}, "server.mode"),
        ({"server__http": "apache"}, "server.http"),
        ({"server__data_dir": "same", "server__key_dir": "./same"}, "server.key_dir"),
        ({"store__url": "mysql://db.example"}, "store.url"),
        ({"store__shared": "redis"}, "store.shared"),
        ({"store__shared": "memcached://cache.example"}, "store.shared"),
        ({"store__shared": "redis://cache.example"}, "store.url"),
        ({"store__shared": "memory", "server__workers": 2}, "store.shared"),
        ({"vault__url": KEYS}, "ledger.log"),
        ({"vault__url": KEYS, "ledger__log": "files"}, "ledger.log"),
        ({"vault__url": KEYS, "ledger__log": "store", "store__shared": "memory"}, "store.shared"),
        ({"server__prot": 1}, "server.prot"),
        ({"upstreams__lake__protocol": "gopher"}, "upstreams.lake.protocol"),
        ({"upstreams__openai__proxy": "https://proxy.example:3128"}, "upstreams.openai.proxy"),
        ({"upstreams__openai__http": "3"}, "upstreams.openai.http"),
        (
            {"upstreams__openai__http": "2", "upstreams__openai__base_url": "http://a.example"},
            "upstreams.openai.http",
        ),
        ({"upstreams__openai__aws_region": "eu-west-1"}, "upstreams.openai.aws_region"),
        ({"upstreams__openai__proxy": "http://ada:x@proxy.example"}, "upstreams.openai.proxy"),
        ({"upstreams__openai__proxy": "http://proxy.example/path"}, "upstreams.openai.proxy"),
        ({"upstreams__openai__ca_file": "absent.pem"}, "upstreams.openai.ca_file"),
        ({"upstreams__openai__client_cert": "absent.pem"}, "upstreams.openai.client_key"),
        ({"upstreams__openai__max_concurrent": -1}, "upstreams.openai.max_concurrent"),
        ({"upstreams__openai__breaker_rest": 0}, "upstreams.openai.breaker_rest"),
        ({"upstreams__openai__health_path": "/x?y"}, "upstreams.openai.health_path"),
        ({"routes": [{"model": "x", "upstream": "nobody"}]}, "routes[0].upstream"),
        ({"routes": [{"model": "x", "upstreams": ["openai", "nobody"]}]}, "routes[0].upstreams"),
        ({"routes": [{"model": "x", "upstreams": ["openai", "mirror"]}]}, "one destination"),
        ({"routes": [{"model": "x", "upstreams": ["openai", "anthropic"]}]}, "one protocol"),
        ({"routes": [{"model": "x", "upstreams": ["openai", "openai"]}]}, "routes[0].upstreams"),
        ({"routes": [{"model": "x", "upstreams": []}]}, "routes[0].upstreams"),
        ({"routes": [{"model": "x", "upstreams": "openai"}]}, "routes[0].upstreams"),
        ({"routes": [{"model": "x"}]}, "upstream or upstreams"),
        (
            {"routes": [{"model": "x", "upstream": "openai", "upstreams": ["openai"]}]},
            "one of the two",
        ),
        ({"routes": [{"model": "x", "upstream": "openai", "weights": [1]}]}, "routes[0].weights"),
        (
            {"routes": [{"model": "x", "upstreams": ["openai"], "weights": [0]}]},
            "routes[0].weights",
        ),
        (
            {"routes": [{"model": "x", "upstreams": ["openai"], "weights": [1, 2]}]},
            "routes[0].weights",
        ),
        (
            {"routes": [{"model": "x", "upstream": "openai", "rename": {"mirror": "y"}}]},
            "routes[0].rename",
        ),
        ({"routes": [{"model": "x", "upstream": "openai", "rename": {"openai": ""}}]}, "non-empty"),
        ({"routes": [{"model": "x", "upstream": "openai", "cache": -1}]}, "routes[0].cache"),
        ({"routes": [{"model": "x", "upstream": "openai", "cache": 86_401}]}, "routes[0].cache"),
        ({"routes": [{"model": "x", "upstream": "openai", "cache": True}]}, "routes[0].cache"),
        ({"routes": [{"model": "x", "upstream": "openai", "cache": "10m"}]}, "routes[0].cache"),
        ({"gateway__cache_bytes": 0}, "gateway.cache_bytes"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(flags: dict[str, Any], named: str) -> None:
    with pytest.raises(SetupError) as refused:
        settings(**flags)
    assert named in refused.value.detail


def test_a_route_keeps_replies_for_as_long_as_it_says() -> None:
    read = settings(routes=[{"model": "x", "upstream": "openai", "cache": 600}])
    assert [route.cache for route in read.routes[:2]] == [600, 0]


def test_what_was_given_is_never_repeated() -> None:
    with pytest.raises(SetupError) as refused:
        settings(store__url="oracle://scott:tiger@db.example")
    assert "tiger" not in refused.value.detail + refused.value.advice


ADDRESSES = (
    "https://", "http://:80/v1", "https://models.example:none/v1", "https://models.example:99999/v1",
    "https://[::1/v1", "https://models.example/v1?key=tiger", "https://models.example/#tiger",
    "https://models.example/a b", "https://mod\u00e9les.example", "https://scott:tiger@models.example",
    "ftp://models.example", "https://models.example/v1\r\nx: tiger",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_a_provider_that_cannot_be_called_is_refused_at_the_start(
    address: str,
) -> None:
    with pytest.raises(SetupError) as refused:
        settings(upstreams__lake__protocol="openai", upstreams__lake__base_url=address)
    assert "upstreams.lake.base_url" in refused.value.detail
    assert "tiger" not in refused.value.detail + refused.value.advice


@pytest.mark.parametrize("address", ["http://[::1]:8080/v1", "https://models.example", "http://a/"])
def test_an_address_of_a_provider_may_be_any_that_can_be_called(address: str) -> None:
    given = settings(upstreams__lake__protocol="openai", upstreams__lake__base_url=address)
    assert given.upstreams["lake"].base_url == address


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
    after = reread_settings(before, "[gateway]\nretries = 2\ntotal_timeout = 9.0\n")
    assert after.gateway.total_timeout == 9.0
    assert after.gateway.policy == "balanced"  # no longer in the file: the default again
    assert after.gateway.retries == 3
    assert after.server.port == 8901


def test_paths_of_the_file_are_meant_from_its_folder_when_it_is_read_again_too(
    tmp_path: Path,
) -> None:
    file, text = (
        tmp_path / "curtilage.toml",
        '[policy]\ndir = "policies"\n[detect]\nrules = ["r.toml"]\n',
    )
    file.write_text(text)
    settings = read_settings(file, {}, {"server.data_dir": Path("here")})
    assert settings.policy_dir == tmp_path / "policies"
    assert settings.detect.rules == (tmp_path / "r.toml",)
    assert settings.server.data_dir == Path("here")
    again = reread_settings(settings, f"{text}[gateway]\nretries = 2\n")
    assert list_values(again) == list_values(settings) | {"gateway.retries": 2}
    copy = tmp_path / "in force" / "curtilage.toml"
    copy.parent.mkdir()
    copy.write_text(text)
    assert read_settings(copy, {}, {}, folder=tmp_path).policy_dir == tmp_path / "policies"


def test_without_a_file_nothing_changes() -> None:
    before = settings()
    assert reread_settings(before, None) is before


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nport = 8902\n", "server.port"),
        ('[store]\nurl = "postgresql://db.example/x"\n', "store.url"),
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


TOGETHER = {  # one is refused without the other
    "server.tls_cert": "c.pem",
    "server.tls_key": "k.pem",
    "vault.url": KEYS,
    "ledger.log": "store",
}
ALONE = {"ledger.log": {"vault.url": "sqlite"}, "store.shared": {"vault.url": "sqlite"}}
OTHERS = {  # where not any value of the type will do
    "server.trusted_proxies": ["10.0.0.0/8"],
    "server.http": "uvicorn",
    "server.mode": "dev",
    "gateway.conversations": "mirror",
    "store.url": "postgresql://db.example/x",
    "store.shared": "memory",
    "ledger.log": "files",
    "ledger.url": "postgresql://db.example/x",
    "ledger.timestamp_url": "https://time.orchard.example",
    "ledger.keep_days": 365,
    "vault.url": "postgresql://db.example/other-keys",
    "vault.key_backups_expire_days": 30,
    "telemetry.endpoint": "https://collector.example/v1/traces",
    "telemetry.sample": 0.5,
    "console.reveal": "reason",
    "identity.sign_up": "open",
    "identity.second_factor": "everybody",
    "identity.leaked_at_sign_in": "tell",
    "identity.registration": "token",
    "identity.smtp_security": "starttls",
    "identity.inside": ["10.0.0.0/8"],
}


def another(name: str, value: Any) -> Any:
    """A value that the setting may have and has not."""
    if name in OTHERS:
        return OTHERS[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return ["gate.orchard.example"] if isinstance(value, tuple) else f"another-{name}"


def written(given: dict[str, Any]) -> str:
    """The text of a configuration file. Dotted keys need no tables."""
    return "".join(
        f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}\n"
        for name, value in given.items()
    )


@pytest.mark.parametrize("name", list_values(settings()))
def test_a_change_of_any_setting_is_taken_over_or_refused_by_its_name(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "curtilage.toml"
    first = {**TOGETHER, **ALONE.get(name, {})}
    path.write_text(written(first))
    before = read_settings(path, {}, {})
    given = another(name, list_values(before)[name])
    text = written({**first, name: given})
    if name in TAKEN_OVER:
        assert list_values(reread_settings(before, text))[name] == given
    else:
        with pytest.raises(SetupError, match=rf"the setting {name} needs a restart") as refused:
            reread_settings(before, text)
        assert str(given) not in refused.value.detail.replace(name, "")


def test_what_is_taken_over_is_a_setting() -> None:
    assert set(list_values(settings())) > TAKEN_OVER


def test_nobody_reads_what_is_taken_over_from_the_settings_of_the_start() -> None:
    """A worker has its snapshot, the control process its `Configuration`."""
    sources = Path(module.__file__).parent.glob("*.py")
    readers = {(path.name, name) for path in sources for name in _read_from_settings(path)}
    names = ("gateway.policy", "gateway.default_purpose")
    ours = {(file, name) for file in ("configuration.py", "foundation.py") for name in names}
    for file in ("snapshots.py", "configuration.py"):  # of the configuration as it is now
        ours.add((file, "gateway.conversations"))
    ours.add(("configuration.py", "gateway.shadow_policy"))
    assert {(file, name) for file, name in readers if name in TAKEN_OVER} == ours


def _read_from_settings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute | ast.Name):
            above = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id
            yield f"{above}.{node.attr}"


PROVIDER = """[identity.providers.harbour]
issuer = "https://harbour.example"
client_id = "c"
client_secret_env = "HARBOUR"
"""


def test_providers_stand_under_identity_and_a_change_needs_a_restart(file: Path) -> None:
    file.write_text(PROVIDER)
    before = read_settings(file, {}, {})
    assert before.providers["harbour"].issuer == "https://harbour.example"
    assert reread_settings(before, PROVIDER).providers == before.providers
    with pytest.raises(SetupError, match="needs a restart"):
        reread_settings(before, PROVIDER + "trusts_email = true\n")
    with pytest.raises(SetupError, match=r"harbour\.color is not known"):
        reread_settings(before, PROVIDER + 'color = "red"\n')
