"""A service as processes, its witness as another, and an authority that stamps."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.processes import Service, clean_environment, eventually, served
from tests.tcp import free_port
from tests.unit.ledger.authorities import Authority, answering

REPOSITORY = Path(__file__).resolve().parents[3]
WITNESS = [sys.executable, str(REPOSITORY / "examples" / "witness.py")]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_heads_are_cosigned_and_stamped_and_an_outage_is_told(tmp_path: Path) -> None:
    authority, port = Authority(tmp_path / "tsa"), free_port()
    made = subprocess.run(
        [*WITNESS, "make-key", "witness.orchard.example", str(tmp_path / "witness.key")],
        check=True, capture_output=True, text=True, env=clean_environment(),
    )  # fmt: skip
    place = f"http://127.0.0.1:{port}/ {made.stdout.strip()}"
    with answering(authority.stamp) as url:
        more = (
            f'[ledger]\nwitnesses = ["{place}"]\nwitness_seconds = 1.0\n'
            f'timestamp_url = "{url}"\ntimestamp_ca = "{authority.root}"\ntimestamp_seconds = 1.0\n'
        )
        (tmp_path / "service").mkdir()
        with served(tmp_path / "service", workers=1, more=more) as service:
            said = eventually(lambda: _says(service, "did not answer"))
            assert "verified, complete up to anchor" in said
            assert "A witness lacks newer heads" in service.run("doctor").stdout
            log_key = service.run("ledger", "key").stdout.strip()
            command = [*WITNESS, "serve", str(tmp_path / "witness.key"), str(tmp_path / "state")]
            with subprocess.Popen(
                [*command, str(port), log_key], env=clean_environment()
            ) as witness:
                try:
                    said = eventually(
                        lambda: _says(service, "witness.orchard.example saw the head")
                    )
                finally:
                    witness.terminate()
            assert "The time-stamp authority saw the head of" in said
            pruned = service.run("ledger", "prune", "--before", "2020-01-01")
            assert "0 records removed" in pruned.stdout, pruned.stderr
            assert service.run("ledger", "prune").returncode == 2  # no policy, no day
            assert service.stop() == 0
            _put_back(service, tmp_path)
            assert "witness.orchard.example saw the head" in _says(service, "saw the head of")


def _put_back(service: Service, folder: Path) -> None:
    """Back up data and keys, lose both, and restore them."""
    data, keys = str(folder / "data"), str(folder / "keys")
    assert service.run("backup", data, "--keys", keys).returncode == 0
    for path in (service.data_dir, service.key_dir):
        path.rename(path.with_name(f"lost-{path.name}"))
    done = service.run("restore-backup", data, "--keys", keys)
    assert done.returncode == 0, done.stderr


def _says(service: Service, words: str) -> str:
    done = service.run("ledger", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout if words in done.stdout else ""
