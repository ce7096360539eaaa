"""`curtilage doctor`: each thing that can be wrong, with its mend."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.integration.processes import House, Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def look(service: Service, **env: str) -> tuple[int, dict[str, Any]]:
    """Exit code, and what was seen by its code."""
    done = service.run("doctor", "--json", env={**service.env, **env})
    assert done.stdout, done.stderr
    return done.returncode, {item["code"]: item for item in json.loads(done.stdout)}


def test_a_healthy_service_has_no_errors(house: House) -> None:
    code, seen = look(house)
    assert code == 0
    assert not [item for item in seen.values() if item["severity"] == "error"]
    assert "app.port-answers" in seen


def test_in_words_each_has_a_title_and_its_mend(house: House) -> None:
    done = house.run("doctor")
    assert done.returncode == 0
    titles = re.findall(r"^(error|warning|note) +\S", done.stdout, re.MULTILINE)
    assert titles
    assert done.stdout.count(" mend: ") == len(titles)
    assert re.search(r"^No error, .* warnings?, .* notes?\.$", done.stdout.splitlines()[-1])


def test_a_provider_without_a_credential_is_named(house: House) -> None:
    _, seen = look(house, OPENAI_API_KEY="")
    assert "OPENAI_API_KEY" in seen["gateway.no-credential"]["detail"]
    assert seen["gateway.no-credential"]["mend"]


def test_a_port_open_to_the_network_without_tls_is_a_warning(tmp_path: Path) -> None:
    service = Service(tmp_path, server={"host": "0.0.0.0"})  # what is looked for
    code, seen = look(service)
    assert (code, seen["app.no-tls"]["severity"]) == (0, "warning")


def test_a_provider_without_tls_is_a_warning(tmp_path: Path) -> None:
    more = '[upstreams.far]\nprotocol = "openai"\nbase_url = "http://models.example/v1"\n'
    _, seen = look(Service(tmp_path, more=more))
    assert seen["gateway.upstream-without-tls"]["severity"] == "warning"


def _spoil_root_key(service: Service) -> None:
    (service.key_dir / "root.key").write_text("nothing\n")


def _open_root_key(service: Service) -> None:
    (service.key_dir / "root.key").chmod(0o644)


def _spoil_database(service: Service) -> None:
    (service.data_dir / "curtilage.db").write_bytes(b"no database" * 900)


@pytest.mark.parametrize("spoil", [_spoil_root_key, _open_root_key, _spoil_database])
def test_a_broken_installation_is_an_error_with_its_mend(tmp_path: Path, spoil: Any) -> None:
    service = Service(tmp_path)
    assert "app.no-installation" in look(service)[1]
    assert service.run("init").returncode == 0
    assert look(service)[0] == 0
    spoil(service)
    code, seen = look(service)
    assert code == 1
    errors = [item for item in seen.values() if item["severity"] == "error"]
    assert errors and all(item["mend"] for item in errors)
    assert str(tmp_path) not in json.dumps(errors)


def test_its_look_changes_nothing(house: House) -> None:
    """A look at a running service disturbs it as little as one at files."""
    before = house.children()
    look(house)
    assert house.children() == before
    assert house.status("/readyz") == 200
