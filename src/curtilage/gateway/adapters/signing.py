"""An upstream whose requests are signed for AWS: Signature Version 4.

The signer is botocore's, which comes with the extra `bedrock` and is loaded only for an upstream that names a
region. What is signed is what leaves: the signature is made last, after protecting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curtilage.core.errors import SetupError
from curtilage.gateway.errors import NoCredential
from curtilage.gateway.ports import Upstream, UpstreamReply, UpstreamRequest

if TYPE_CHECKING:
    from botocore.auth import SigV4Auth

SERVICE = "bedrock"  # the name that signatures of bedrock-runtime are made for
KEY_ID, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
_SIGNED = "content-type"  # beside the host and the date; headers on the way may change


@dataclass(frozen=True, slots=True)
class Signing:
    """`upstream` at `base_url`, each request signed for `region`."""

    upstream: Upstream
    base_url: str
    region: str
    environment: Mapping[str, str] = field(repr=False)

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """As the upstream's. A caller's own credential stays, and nothing is signed.

        Raises NoCredential."""
        if any(name == "authorization" for name, _ in request.headers):
            return await self.upstream.send(request)
        headers = [*request.headers, *self._sign(request)]
        signed = UpstreamRequest(request.method, request.path, request.query, headers, request.body)
        return await self.upstream.send(signed)

    def _sign(self, request: UpstreamRequest) -> list[tuple[str, str]]:
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415  # an extra

        given = {name: value for name, value in request.headers if name == _SIGNED}
        query = f"?{request.query}" if request.query else ""
        url = f"{self.base_url.rstrip('/')}{request.path}{query}"
        unsigned = AWSRequest(request.method, url, headers=given, data=request.body)
        self._signer().add_auth(unsigned)
        made = unsigned.headers.items()
        return [(name.lower(), value) for name, value in made if name.lower() not in given]

    def _signer(self) -> "SigV4Auth":
        from botocore.auth import SigV4Auth  # noqa: PLC0415  # an extra
        from botocore.credentials import Credentials  # noqa: PLC0415  # an extra

        for name in (KEY_ID, SECRET):
            if not self.environment.get(name):
                raise NoCredential(name)
        key = self.environment[KEY_ID], self.environment[SECRET]
        credentials = Credentials(*key, self.environment.get(TOKEN) or None)
        return SigV4Auth(credentials, SERVICE, self.region)

    async def close(self) -> None:
        await self.upstream.close()


def check_signer(setting: str) -> None:
    """Raise a SetupError where the signer is not installed."""
    try:
        import botocore.auth  # noqa: F401, PLC0415  # an extra
    except ImportError:
        raise SetupError(
            f"The setting {setting} needs botocore.",
            hint="Install the extra `bedrock`: `python3 tools/setup.py extras`, or `pip install '.[bedrock]'`.",
        ) from None
