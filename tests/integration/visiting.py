"""A person at a browser of a running service, without a screen."""

import re
from urllib.parse import urlsplit

import httpx

from tests.integration.processes import Service

PASSPHRASE = "quince ladder monsoon pebble"
_FIELD = re.compile(r'name="_csrf" value="([^"]+)"')


def set_up_path(service: Service) -> str:
    """Where the link leads that the first start wrote."""
    return urlsplit((service.data_dir / "set-up-link").read_text().strip()).path


def submit(client: httpx.Client, path: str, *, to: str = "", **fields: str) -> httpx.Response:
    """Open the page and send its form as a browser does, to its own address or to `to`."""
    page = client.get(path)
    found = _FIELD.search(page.text)
    assert found, page.text
    headers = {"origin": str(client.base_url).rstrip("/")}
    return client.post(to or path, data={"_csrf": found[1], **fields}, headers=headers)


def enrol(client: httpx.Client, path: str) -> httpx.Response:
    return submit(client, path, name="ada", passphrase=PASSPHRASE, again=PASSPHRASE)
