"""First start: a one-use link in a file of one's own enrols the administrator, through the pages."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.processes import Service, eventually, run
from tests.integration.visiting import PASSPHRASE, enrol, set_up_path, submit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path, workers=2)
    try:
        service.start()
        yield service
    finally:
        service.destroy()


def test_the_link_enrols_once_and_the_passphrase_signs_in(fresh: Service) -> None:
    file = fresh.data_dir / "set-up-link"
    assert file.stat().st_mode & 0o777 == 0o600
    path = set_up_path(fresh)
    assert path not in fresh.log.read_text()
    with httpx.Client(base_url=fresh.url, timeout=30) as client:
        assert client.get("/console/live").headers["location"].startswith("/login")
        done = enrol(client, path)
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert client.get("/").headers["location"] == "/console/live", "enrolling signs in"
        assert client.get("/console/live").status_code == 200
    assert not file.exists()
    with httpx.Client(base_url=fresh.url, timeout=30) as client:
        assert client.get(path).status_code == 401, "the link worked once"
        wrong = submit(
            client, "/login", name="ada", passphrase="not it at all", next="/console/live"
        )
        assert wrong.status_code == 401
        signed_in = submit(
            client, "/login", name="ada", passphrase=PASSPHRASE, next="/console/live"
        )
        assert signed_in.status_code == 303
        assert "Live" in client.get("/console/live").text
    recorded = {"administrator.enrolled", "session.started"}
    eventually(lambda: recorded <= {event.kind for event in fresh.events()})


def test_a_restart_keeps_an_open_link_and_makes_none_once_enrolled(fresh: Service) -> None:
    file = fresh.data_dir / "set-up-link"
    link = file.read_text()
    assert fresh.stop() == 0
    fresh.start()
    assert file.read_text() == link
    with httpx.Client(base_url=fresh.url, timeout=30) as client:
        assert enrol(client, set_up_path(fresh)).status_code == 303
    assert fresh.stop() == 0
    fresh.start()
    assert not file.exists()


def test_a_link_that_was_never_given_out_opens_nothing(fresh: Service) -> None:
    with httpx.Client(base_url=fresh.url, timeout=30) as client:
        assert client.get("/setup/" + "A" * 43).status_code == 401
        assert client.get("/setup/x").status_code == 401


def test_the_administrators_passphrase_is_nowhere_in_the_files(fresh: Service) -> None:
    path = set_up_path(fresh)
    with httpx.Client(base_url=fresh.url, timeout=30) as client:
        enrol(client, path)
        session = next(iter(client.cookies.jar)).value
    assert session is not None
    assert fresh.stop() == 0
    needles = [PASSPHRASE.encode(), path.rpartition("/")[2].encode(), session.encode()]
    for folder in (fresh.data_dir, fresh.key_dir):
        for file in (each for each in folder.rglob("*") if each.is_file()):
            content = file.read_bytes()
            assert not [needle for needle in needles if needle in content], file.name
    assert not [needle for needle in needles if needle in fresh.log.read_bytes()]


def test_help_needs_no_installation(tmp_path: Path) -> None:
    done = run("serve", "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert not list(tmp_path.iterdir())


def test_init_beside_a_running_service_leaves_its_link_as_it_is(fresh: Service) -> None:
    file = fresh.data_dir / "set-up-link"
    link = file.read_text()
    done = run("init", "--data-dir", str(fresh.data_dir))
    assert done.returncode == 0
    assert "A service uses" in done.stderr and fresh.url.rpartition(":")[2] in done.stderr
    assert file.read_text() == link
