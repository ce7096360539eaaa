"""Assets: our own files, under names that carry their hash, kept for ever.

They are read once. What compresses well is compressed once, too: assets are
the same for everyone, so compression tells nobody anything.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from curtilage.web.errors import UnknownPage
from curtilage.web.headers import KEPT_FOR_EVER, data_headers

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"
MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with its public name and its bytes, plain and compressed."""

    public_name: str
    media_type: str
    body: bytes = field(repr=False)
    zipped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assets:
    """All assets, by their name in the source and by their public name."""

    by_name: Mapping[str, Asset]
    by_public_name: Mapping[str, Asset]
    secure: bool = False

    @classmethod
    def load(cls, folder: Path = FOLDER, *, secure: bool = False) -> "Assets":
        """Read every asset of a folder; other files in it are notes for people."""
        found = {
            path.name: _read(path)
            for path in sorted(folder.iterdir())
            if path.suffix in MEDIA_TYPES
        }
        return cls(found, {asset.public_name: asset for asset in found.values()}, secure)

    def url(self, name: str) -> str:
        """The address of an asset; a KeyError is a template that names none of ours."""
        return PREFIX + self.by_name[name].public_name

    async def serve(self, request: Request) -> Response:
        """Answer `/static/{name}`."""
        asset = self.by_public_name.get(request.path_params["name"])
        if asset is None:
            raise UnknownPage
        headers = data_headers(secure=self.secure, cache=KEPT_FOR_EVER)
        headers |= {"content-type": asset.media_type, "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.zipped, headers=headers | {"content-encoding": "gzip"})
        return Response(asset.body, headers=headers)


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        public_name=f"{path.stem}.{digest}{path.suffix}",
        media_type=MEDIA_TYPES[path.suffix],
        body=body,
        zipped=gzip.compress(body, 9, mtime=0),
    )
