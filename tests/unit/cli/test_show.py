"""`config show`: every setting with its value and where it came from, and no password."""

from pathlib import Path

import pytest

from curtilage.app.settings import read_settings
from curtilage.cli.show import list_settings, print_explanation
from curtilage.ledger.views import Explanation, Reason
from tests.fakes import FixedClock


def test_each_setting_says_where_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "curtilage.toml"
    path.write_text('[gateway]\nretries = 1\n[upstreams.lake]\nprotocol = "mirror"\n')
    env = {"CURTILAGE__SERVER__PORT": "8914"}
    rows = list_settings(read_settings(path, env, {"server.workers": 2}))
    origin = {row["setting"]: (row["value"], row["from"]) for row in rows}
    assert origin["gateway.retries"] == (1, "curtilage.toml")
    assert origin["server.port"] == (8914, "CURTILAGE__SERVER__PORT")
    assert origin["server.workers"] == (2, "flag")
    assert origin["gateway.policy"] == ("balanced", "default")
    assert origin["upstreams.lake.protocol"] == ("mirror", "curtilage.toml")


def test_routes_stand_in_the_order_in_which_they_are_tried() -> None:
    routes = [{"model": "gpt-*", "upstream": "mirror", "rename": "mirror"}]
    rows = list_settings(read_settings(None, {}, {"routes": routes}))
    shown = [row for row in rows if row["setting"] == "routes gpt-*"]
    assert [(row["value"], row["from"]) for row in shown] == [
        ("mirror as mirror", "flag"),
        ("openai", "default"),
    ]


@pytest.mark.parametrize(
    ("url", "shared"),
    [
        ("postgresql://curtilage:tiger@db.example/curtilage", "store"),
        ("postgresql://db.example/curtilage?user=curtilage&password=tiger", "store"),
        ("postgresql://db.example/curtilage", "rediss://:tiger@cache.example/0"),
        ("postgresql://db.example/curtilage", "valkey://cache.example/0?password=tiger"),
    ],
)
def test_the_password_of_a_store_is_not_shown(url: str, shared: str) -> None:
    rows = list_settings(read_settings(None, {}, {"store.url": url, "store.shared": shared}))
    assert "tiger" not in str(rows)
    shown = {row["setting"]: row["value"] for row in rows}
    assert "has a password" in shown["store.url"] + shown["store.shared"]


def test_the_reason_of_a_rule_keeps_its_indent_on_every_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    reason = Reason("E-mail address", 2, "token", "default", "A reason of many words. " * 9)
    print_explanation(
        Explanation("id", FixedClock().now(), "balanced", "assist", "permit", "Fine.", [reason])
    )
    because = capsys.readouterr().out.splitlines()[3:]
    assert len(because) > 2
    assert all(line.startswith(" " * 6) and len(line) <= 60 for line in because)
    assert not any(line.startswith(" " * 7) for line in because)
