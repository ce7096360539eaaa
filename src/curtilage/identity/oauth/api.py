"""The endpoints of the protocol: each reads its call, asks one service, and answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote

from curtilage.core.door import Call, Endpoint, Reply
from curtilage.identity.oauth.calls import (
    Answer,
    blaming,
    cached,
    endpoint_at,
    find_token,
    read_parameters,
    see_other,
)
from curtilage.identity.oauth.errors import AddressRefused, Fault, RequestRefused, TokenRefused
from curtilage.identity.oauth.forms import LOGOUT_FIELDS, add_answer
from curtilage.identity.oauth.models.clients import GrantType, Resource
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.registration_api import RegistrationEndpoints
from curtilage.identity.oauth.replies import (
    ask_for_token,
    encode_json,
    encode_refusal,
    encode_token_refusal,
)
from curtilage.identity.oauth.service.authorize import AuthorizeService
from curtilage.identity.oauth.service.devices import DeviceService
from curtilage.identity.oauth.service.explaining import ExplainService
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.service.keys import KeyService
from curtilage.identity.oauth.service.outcomes import Answered
from curtilage.identity.oauth.service.proving import ProvedKey, Prover
from curtilage.identity.oauth.service.pushing import PushService
from curtilage.identity.oauth.service.tokens import TokenAsk, TokenService, verify_ask
from curtilage.identity.oauth.wire.discovery import encode_metadata
from curtilage.identity.wire.dpop import mint_nonce
from curtilage.identity.wire.resource_metadata import encode_resource_metadata, find_path


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Doors of the protocol."""

    ground: Ground
    keys: KeyService
    prover: Prover
    authorize: AuthorizeService
    pushing: PushService
    tokens: TokenService
    devices: DeviceService
    explaining: ExplainService
    registration: RegistrationEndpoints
    resources: tuple[Resource, ...]
    types: tuple[DetailType, ...]

    def endpoints(self) -> Sequence[Endpoint]:
        """What these doors answer; registration only where it is on."""
        root = f"{self.ground.settings.path}/oauth2"
        found = [
            endpoint_at("GET", f"{root}/authorize", self.begin, is_open=False, is_page=True),
            endpoint_at("POST", f"{root}/authorize", self.begin, is_open=False, is_page=True),
            endpoint_at("POST", f"{root}/logout", self.begin_logout, is_open=False, is_page=True),
            endpoint_at("POST", f"{root}/par", self._with_nonce(self.push)),
            endpoint_at("POST", f"{root}/token", self._with_nonce(self.give_tokens)),
            endpoint_at(
                "POST", f"{root}/device_authorization", self._with_nonce(self.start_device)
            ),
            endpoint_at("POST", f"{root}/revoke", self.revoke),
            endpoint_at("POST", f"{root}/introspect", self.introspect, is_open=False),
            endpoint_at("GET", f"{root}/userinfo", self.tell_person),
            endpoint_at("POST", f"{root}/userinfo", self.tell_person),
            endpoint_at("GET", f"{root}/jwks", self.show_keys),
            *(endpoint_at("GET", path, self.describe) for path in self._well_known()),
            *(
                endpoint_at("GET", find_path(each.uri), partial(self.describe_resource, each))
                for each in self.resources
                if each.uri.startswith(f"{self.ground.settings.base}/")
            ),
        ]
        if self.registration.service.is_on:
            found += self.registration.endpoints()
        return found

    def _well_known(self) -> list[str]:
        """Every place where a client may look (RFC 8414 §3 and §5, OIDC Discovery §4)."""
        path = self.ground.settings.path
        names = ("oauth-authorization-server", "openid-configuration")
        inserted = [f"/.well-known/{name}{path}" for name in names]
        appended = [f"{path}/.well-known/{name}" for name in names]
        return list(dict.fromkeys((*inserted, *appended)))

    async def describe(self, call: Call) -> Reply:
        """The metadata, the same bytes at each of its places."""
        body = encode_metadata(self.ground.settings, self.resources, self.types)
        return Reply(body, headers=cached())

    async def describe_resource(self, resource: Resource, call: Call) -> Reply:
        """A resource of this very service (RFC 9728); others describe themselves."""
        body = encode_resource_metadata(
            resource.uri,
            issuer=self.ground.settings.issuer,
            name=resource.name,
            scopes=resource.scopes,
        )
        return Reply(body, headers=cached())

    async def show_keys(self, call: Call) -> Reply:
        """The key set."""
        return Reply(await self.keys.encode_jwks(), headers=cached())

    async def begin(self, call: Call) -> Reply:
        """Keep a request, then go on by GET: cookies come with that (RFC 6265bis §5.5)."""
        try:
            begun = await self.authorize.begin(read_parameters(call))
        except RequestRefused as refusal:
            raise AddressRefused(refusal.detail) from None  # before it is known whom to answer
        if isinstance(begun, Answered):
            return see_other(begun.location, refused=begun.refused)
        path = f"{self.ground.settings.path}/oauth2/continue"
        spoken = "&ui_locales=" + "+".join(begun.ui_locales) if begun.ui_locales else ""
        return see_other(f"{path}?request={quote(begun.handle)}{spoken}")

    async def begin_logout(self, call: Call) -> Reply:
        """From POST to GET, for the same reason. What the page reads is encoded anew."""
        parameters = read_parameters(call)
        given = {name: value for name in LOGOUT_FIELDS if (value := parameters.find(name))}
        return see_other(add_answer(f"{self.ground.settings.path}/oauth2/logout", given))

    async def push(self, call: Call) -> Reply:
        """A pushed authorization request: 201 and its URI (RFC 9126 §2.2)."""
        ask = await self._ask(call, "par")
        with blaming(ask.client.id):
            pushed = await self.pushing.push(ask)
        members = {
            "request_uri": pushed.request_uri,
            "expires_in": int(pushed.expires_in.total_seconds()),
        }
        return encode_json(members, status=201)

    async def give_tokens(self, call: Call) -> Reply:
        """The token endpoint."""
        ask = await self._ask(call, "token")
        with blaming(ask.client.id):
            return encode_json(await self._exchange(ask))

    async def _exchange(self, ask: TokenAsk) -> dict[str, object]:
        asked = ask.parameters.get("grant_type")
        exchanges = {
            GrantType.CODE: self.tokens.exchange_code,
            GrantType.REFRESH: self.tokens.refresh,
            GrantType.CLIENT: self.tokens.act_as_client,
            GrantType.DEVICE: self.devices.redeem,
        }
        if asked not in set(GrantType):
            raise RequestRefused(Fault.UNSUPPORTED_GRANT_TYPE, "This grant_type is not offered.")
        verify_ask(ask, GrantType(asked))
        await self.keys.verify_ready(ask.client.id_token_alg)  # before anything is used up
        return (await exchanges[GrantType(asked)](ask)).members

    async def start_device(self, call: Call) -> Reply:
        """Codes for a device (RFC 8628 §3.2)."""
        ask = await self._ask(call, "device_authorization")
        with blaming(ask.client.id):
            verify_ask(ask, GrantType.DEVICE)
            started = await self.devices.start(ask, asked_from=call.peer)
        page = f"{self.ground.settings.base}/device"
        return encode_json(
            {
                "device_code": started.device_code,
                "user_code": started.user_code,
                "verification_uri": page,
                "verification_uri_complete": f"{page}?user_code={started.user_code}",
                "expires_in": int(started.expires_in.total_seconds()),
                "interval": started.interval,
            }
        )

    async def revoke(self, call: Call) -> Reply:
        """200 for whatever was not this client's as well (RFC 7009 §2.2)."""
        parameters = read_parameters(call)
        proved = await self.prover.client(parameters, call.values("authorization"))
        with blaming(proved.client.id):
            await self.explaining.revoke(proved, parameters.get("token"))
        return encode_json({})

    async def introspect(self, call: Call) -> Reply:
        """What a token says, to a client that proved who it is (RFC 7662 §2)."""
        parameters = read_parameters(call)
        proved = await self.prover.client(
            parameters, call.values("authorization"), needs_proof=True
        )
        with blaming(proved.client.id):
            return encode_json(await self.explaining.introspect(proved, parameters.get("token")))

    async def tell_person(self, call: Call) -> Reply:
        """Claims of the person (OpenID Connect Core §5.3)."""
        scheme, token = find_token(call)
        if not token:
            return ask_for_token()
        is_dpop = scheme == "dpop"
        try:
            key = self._key_for(call, token) if is_dpop else ProvedKey()
        except RequestRefused as refusal:
            return encode_token_refusal(TokenRefused(refusal.fault, scheme="DPoP"))
        return encode_json(await self.explaining.tell_person(token, key, is_dpop=is_dpop))

    def _key_for(self, call: Call, token: str) -> ProvedKey:
        key = self.prover.key(
            call.values("dpop"), method=call.method, endpoint="userinfo", access_token=token
        )
        if not key.jkt:
            raise RequestRefused(Fault.INVALID_DPOP_PROOF)
        return key

    async def _ask(self, call: Call, endpoint: str) -> TokenAsk:
        parameters = read_parameters(call)
        proved = await self.prover.client(parameters, call.values("authorization"))
        with blaming(proved.client.id):
            key = self.prover.key(call.values("dpop"), method=call.method, endpoint=endpoint)
        return TokenAsk(proved, key, parameters)

    def _with_nonce(self, answer: Answer) -> Answer:
        """Give a fresh DPoP nonce with each answer, where proofs need one (RFC 9449 §8)."""
        if not self.ground.settings.dpop_nonce:
            return answer

        async def answer_with_nonce(call: Call) -> Reply:
            try:
                reply = await answer(call)
            except RequestRefused as refusal:
                reply = encode_refusal(refusal)
            nonce = mint_nonce(self.ground.secrets.nonce, at=self.ground.now())
            return replace(reply, headers=(*reply.headers, ("dpop-nonce", nonce)))

        return answer_with_nonce
