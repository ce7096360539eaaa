"""Takes answers that come as forms (OAuth 2.0 Form Post Response Mode).

Apple knows no other way. The form comes from another site, so the browser sends none of our cookies with it. It is
turned into the same answer in an address, which the browser then brings with them; nothing is
looked at here, and names of people that Apple adds go no further.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from curtilage.core.door import Call, Endpoint, Reply
from curtilage.identity.providers.service.ground import ProviderGround
from curtilage.identity.providers.wire.callback import LONGEST, NAMES
from curtilage.identity.providers.wire.request import callback_path

SEE_OTHER = 303
MOST_FIELDS = 32


@dataclass(frozen=True, slots=True)
class PostedAnswers:
    """The one endpoint, for providers that post."""

    ground: ProviderGround

    def endpoints(self) -> Sequence[Endpoint]:
        path = "/login/with/{name}/callback"
        return (
            Endpoint(
                "POST", path, self.turn, "providers.posted", most_bytes=16_384, gives="text/html"
            ),
        )

    async def turn(self, call: Call) -> Reply:
        """303: what came as a form goes on in the address. Raises `UnknownProvider`."""
        provider = self.ground.get(call.params["name"])
        query = urlencode(_read(call.body))
        location = f"{callback_path(provider.name)}?{query}"
        return Reply(b"", "text/html", SEE_OTHER, (("location", location),))


def _read(body: bytes) -> dict[str, str]:
    """The known fields, each once at most; of what is sent twice nothing is believed."""
    try:
        pairs = parse_qsl(body.decode("ascii"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    names = [name for name, _ in pairs]
    return {
        name: value
        for name, value in pairs
        if name in NAMES and names.count(name) == 1 and len(value) <= LONGEST
    }
