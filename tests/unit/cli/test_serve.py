"""What `serve` says once it serves."""

import re
from pathlib import Path

import pytest

from curtilage.app.settings import read_settings
from curtilage.cli.serve import announce


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_addresses_for_both_sdks_are_ready_to_paste(
    data_dir: Path, scheme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = {"server.data_dir": data_dir, "server.port": 8915}
    if scheme == "https":
        flags |= {"server.tls_cert": "c.pem", "server.tls_key": "k.pem"}
    announce(read_settings(None, {}, flags))
    out, err = capsys.readouterr()
    assert out == ""  # standard output is for what scripts read
    assert f"base_url={scheme}://localhost:8915/v1\n" in err
    assert f"base_url={scheme}://localhost:8915\n" in err
    assert "listening on 127.0.0.1, port 8915" in err
    addresses = set(re.findall(r"https?://[^/\s]+", err))
    assert addresses == {f"{scheme}://localhost:8915"}, "one host for all"
