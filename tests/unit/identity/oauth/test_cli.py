"""`curtilage clients`, on a service of its own."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from curtilage.identity.oauth.cli import OpenClients, build_client_commands, read_keys
from curtilage.identity.oauth.client_listing import plain
from curtilage.identity.oauth.errors import UnacceptableClient, UnknownClient
from tests.proofs import a_key

CALLBACK = "https://notes.example/cb"


@pytest.fixture
def app(open_desk: OpenClients) -> typer.Typer:
    return build_client_commands(open_desk)


def run(app: typer.Typer, *words: str) -> str:
    result = CliRunner().invoke(app, [*words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_secret_is_printed_once_alone_on_the_last_line(app: typer.Typer) -> None:
    printed = run(app, "create", "Notes", "--redirect-uri", CALLBACK)
    assert len(printed.splitlines()) == 1
    secret = printed.strip()
    assert len(secret) == 43
    listed = run(app, "list")
    assert "Notes  (client_secret_basic)" in listed
    assert secret not in listed
    (shown,) = json.loads(run(app, "list", "--json"))
    assert shown["redirect_uris"] == [CALLBACK]
    assert shown["scope"] == "openid"
    text = run(app, "show", shown["client_id"])
    assert CALLBACK in text
    assert secret not in text
    assert json.loads(run(app, "show", shown["client_id"], "--json")) == shown


def test_an_app_without_secret_prints_its_id(app: typer.Typer, tmp_path: Path) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [a_key().as_dict(private=False)]}))
    words = ("create", "Bank", "--method", "key", "--jwks", str(keys), "--grant", "client")
    printed = run(
        app,
        *words,
        "--dpop",
        "--must-push",
        "--pairwise",
        "--first-party",
        "--detail-type",
        "tool_run",
    )
    (shown,) = json.loads(run(app, "list", "--json"))
    assert printed.strip() == shown["client_id"]
    assert shown["dpop_bound_access_tokens"]
    assert shown["first_party"]
    assert shown["authorization_details_types"] == ["tool_run"]


def test_a_secret_is_replaced_and_an_app_revoked(app: typer.Typer) -> None:
    made = json.loads(run(app, "create", "Notes", "--redirect-uri", CALLBACK, "--json"))
    client_id = made["client_id"]
    secret = run(app, "rotate-secret", client_id, "--overlap-hours", "24").strip()
    assert secret != made["client_secret"]
    assert run(app, "revoke", client_id) == f"revoked {client_id}\n"
    assert json.loads(run(app, "revoke", client_id, "--json"))["state"] == "revoked"
    assert "revoked" in run(app, "list")


def test_software_is_invited_to_register_itself(app: typer.Typer) -> None:
    assert len(run(app, "invite").strip()) == 43
    assert json.loads(run(app, "invite", "--json")).keys() == {"initial_access_token"}


def test_an_empty_list_says_how_to_begin(app: typer.Typer) -> None:
    assert run(app, "list") == ""


@pytest.mark.parametrize(
    "words",
    [
        ("create", "Notes"),
        ("create", "Notes", "--redirect-uri", "http://notes.example"),
        ("create", "Notes", "--method", "magic"),
        ("create", "Notes", "--grant", "password"),
        ("rotate-secret", "x", "--overlap-hours", "721"),
    ],
)
def test_what_cannot_be_done(app: typer.Typer, words: tuple[str, ...]) -> None:
    with pytest.raises(UnacceptableClient):
        run(app, *words)
    with pytest.raises(UnknownClient):
        run(app, "show", "nobody")


def test_a_file_without_keys_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    for text in ("", "[]"):
        path.write_text(text)
        with pytest.raises(UnacceptableClient):
            read_keys(path)
    with pytest.raises(UnacceptableClient):
        read_keys(tmp_path / "absent")
    assert read_keys(None) is None


def test_values_are_told_on_one_line() -> None:
    assert [plain(value) for value in ([], ["a", "b"], True, None, "x")] == [
        "none",
        "a, b",
        "true",
        "null",
        "x",
    ]
