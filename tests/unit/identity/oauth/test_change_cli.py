"""`curtilage clients change`, on a service of its own."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from curtilage.identity.oauth.change_cli import add_change
from curtilage.identity.oauth.cli import OpenClients, build_client_commands
from curtilage.identity.oauth.errors import UnacceptableClient, UnknownClient
from tests.proofs import a_key
from tests.unit.identity.oauth.test_cli import CALLBACK, run

OTHER = "https://notes.example/other"


@pytest.fixture
def app(open_desk: OpenClients) -> typer.Typer:
    return add_change(build_client_commands(open_desk), open_desk)


def make(app: typer.Typer, *words: str) -> dict[str, Any]:
    made = json.loads(run(app, "create", "Notes", "--redirect-uri", CALLBACK, *words, "--json"))
    made.pop("client_secret", None)
    return dict(made)


def show(app: typer.Typer, id: str) -> dict[str, Any]:
    return dict(json.loads(run(app, "show", id, "--json")))


def test_what_is_named_replaces_all_of_its_kind_and_all_else_stays(app: typer.Typer) -> None:
    before = make(app, "--scope", "openid", "--scope", "email", "--post-logout-uri", CALLBACK)
    id = before["client_id"]
    words = ("--name", "Orchard notes", "--redirect-uri", OTHER, "--redirect-uri", CALLBACK)
    assert run(app, "change", id, *words) == f"changed {id}\n"
    changed = {"client_name": "Orchard notes", "redirect_uris": [OTHER, CALLBACK]}
    assert show(app, id) == before | changed
    told = json.loads(run(app, "change", id, "--scope", "openid", "--json"))
    assert told == before | changed | {"scope": "openid"}


def test_every_option_of_create_can_be_changed(app: typer.Typer, tmp_path: Path) -> None:
    id, keys = make(app)["client_id"], tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [a_key().as_dict(private=False)]}))
    words = (
        *("--post-logout-uri", OTHER, "--backchannel-logout-uri", OTHER, "--scope", "email"),
        *("--resource", "https://api.example", "--serves", "https://files.example"),
        *("--detail-type", "tool_run", "--grant", "code", "--method", "key"),
        *("--jwks", str(keys), "--first-party", "--must-push", "--dpop", "--pairwise"),
    )
    told = json.loads(run(app, "change", id, *words, "--json"))
    expected = {
        "post_logout_redirect_uris": [OTHER],
        "backchannel_logout_uri": OTHER,
        "scope": "email",
        "resources": ["https://api.example"],
        "serves": ["https://files.example"],
        "authorization_details_types": ["tool_run"],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "first_party": True,
        "require_pushed_authorization_requests": True,
        "dpop_bound_access_tokens": True,
        "subject_type": "pairwise",
    }
    assert {each: told[each] for each in expected} == expected
    back = ("--no-first-party", "--no-must-push", "--no-dpop", "--no-pairwise")
    told = json.loads(run(app, "change", id, *back, "--json"))
    assert (told["first_party"], told["subject_type"]) == (False, "public")
    assert not told["require_pushed_authorization_requests"]


def test_an_empty_text_takes_all_of_a_kind_away(app: typer.Typer) -> None:
    before = make(app, "--post-logout-uri", OTHER, "--resource", "https://api.example")
    words = ("--post-logout-uri", "", "--resource", "", "--scope", "")
    told = json.loads(run(app, "change", before["client_id"], *words, "--json"))
    assert (told.get("post_logout_redirect_uris", []), told["resources"]) == ([], [])
    assert told["scope"] == ""
    assert told["redirect_uris"] == [CALLBACK]


def test_a_secret_stays_and_none_comes_of_it(app: typer.Typer) -> None:
    made = json.loads(run(app, "create", "Notes", "--redirect-uri", CALLBACK, "--json"))
    told = json.loads(run(app, "change", made["client_id"], "--name", "N", "--json"))
    assert "client_secret" not in told
    public = make(app, "--method", "none")["client_id"]
    with pytest.raises(UnacceptableClient, match="gets none by a change"):
        run(app, "change", public, "--method", "basic")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--redirect-uri", ""),
        ("--redirect-uri", "http://notes.example"),
        ("--method", "magic"),
        ("--grant", "password"),
        ("--grant", ""),
        ("--name", ""),
        ("--scope", "two words"),
    ],
)
def test_what_the_console_refuses_is_refused_here_and_changes_nothing(
    app: typer.Typer, words: tuple[str, ...]
) -> None:
    before = make(app)
    with pytest.raises(UnacceptableClient):
        run(app, "change", before["client_id"], *words)
    assert show(app, before["client_id"]) == before


def test_an_app_that_never_was_is_not_changed_and_a_revoked_one_stays_so(
    app: typer.Typer,
) -> None:
    with pytest.raises(UnknownClient):
        run(app, "change", "nobody", "--name", "Other")
    id = make(app)["client_id"]
    run(app, "revoke", id)
    told = json.loads(run(app, "change", id, "--name", "Other", "--json"))
    assert (told["state"], told["client_name"]) == ("revoked", "Other")
