"""The endpoints of dynamic registration (RFC 7591, RFC 7592)."""

from collections.abc import Sequence
from dataclasses import dataclass

from curtilage.core.door import Call, Endpoint, Reply
from curtilage.identity.oauth.calls import endpoint_at, find_token
from curtilage.identity.oauth.replies import encode_json
from curtilage.identity.oauth.service.registration import RegistrationService


@dataclass(frozen=True, slots=True)
class RegistrationEndpoints:
    """Doors for software that registers itself."""

    service: RegistrationService

    def endpoints(self) -> Sequence[Endpoint]:
        """What these doors answer."""
        path = f"{self.service.ground.settings.path}/oauth2/register"
        own = f"{path}/{{client}}"
        return [
            endpoint_at("POST", path, self.register),
            endpoint_at("GET", own, self.read_client),
            endpoint_at("PUT", own, self.change_client),
            endpoint_at("DELETE", own, self.remove_client),
        ]

    async def register(self, call: Call) -> Reply:
        """A new client (RFC 7591 §3)."""
        made = await self.service.register(find_token(call)[1], call.body)
        return encode_json(made, status=201)

    async def read_client(self, call: Call) -> Reply:
        """A client's own metadata (RFC 7592 §2.1)."""
        return encode_json(await self.service.read(call.params["client"], find_token(call)[1]))

    async def change_client(self, call: Call) -> Reply:
        """Other metadata for a client (RFC 7592 §2.2)."""
        token = find_token(call)[1]
        return encode_json(await self.service.change(call.params["client"], token, call.body))

    async def remove_client(self, call: Call) -> Reply:
        """The end of a client (RFC 7592 §2.3)."""
        await self.service.remove(call.params["client"], find_token(call)[1])
        return Reply(status=204)
