"""`config show`: every setting with its value and where it came from, and no password."""

from pathlib import Path

from curtilage.app.settings import read_settings
from curtilage.cli.show import list_settings


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


def test_the_password_of_a_database_is_not_shown() -> None:
    flags = {"store.url": "postgresql://curtilage:tiger@db.example/curtilage"}
    assert "tiger" not in str(list_settings(read_settings(None, {}, flags)))
