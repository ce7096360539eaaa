"""The authorization endpoint: keep a request, say what comes next, answer the client."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db import outbox
from curtilage.core.refusal import Refusal
from curtilage.core.words import say
from curtilage.identity.oauth.errors import AddressRefused, Fault, RequestGone, RequestRefused
from curtilage.identity.oauth.models.clients import Client, Resource
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.models.grants import Code
from curtilage.identity.oauth.models.requests import (
    Authentication,
    AuthorizationRequest,
    Consent,
    KeptRequest,
    NextStep,
    RequestKind,
    Step,
)
from curtilage.identity.oauth.ports import Authentications, People
from curtilage.identity.oauth.rules.interaction import decide_step
from curtilage.identity.oauth.service.answers import Answers
from curtilage.identity.oauth.service.callers import CallerBook
from curtilage.identity.oauth.service.consents import widen
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.granting import new_grant
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.service.minting import Minter
from curtilage.identity.oauth.service.outcomes import Answered, Asked, Begun
from curtilage.identity.oauth.settings import CODE_LIFE, REQUEST_LIFE
from curtilage.identity.oauth.store_ports import ConsentStore, GrantStore, RequestStore
from curtilage.identity.oauth.wire.authorize import (
    PUSHED_PREFIX,
    parse_authorization,
    parse_target,
)
from curtilage.identity.oauth.wire.parameters import Parameters
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.secrets import find_digest, mint_secret


@dataclass(frozen=True, slots=True)
class _Open:
    """A request that is open, and who sits before it."""

    kept: KeptRequest
    client: Client
    authentication: Authentication | None
    consent: Consent | None

    @property
    def request(self) -> AuthorizationRequest:
        return self.kept.request


@dataclass(frozen=True, slots=True)
class AuthorizeService:
    """Takes a person through a client's request."""

    ground: Ground
    directory: ClientDirectory
    requests: RequestStore
    consents: ConsentStore
    grants: GrantStore
    callers: CallerBook
    minter: Minter
    authentications: Authentications
    people: People
    resources: tuple[Resource, ...]
    types: tuple[DetailType, ...]

    @property
    def answers(self) -> Answers:
        return Answers(self.ground.settings.issuer)

    async def begin(self, parameters: Parameters) -> Begun | Answered:
        """Keep a request and give its handle, or the address where its error goes.

        Raises `AddressRefused` where nobody may be sent anywhere."""
        client = await self._client(parameters)
        if parameters.find("request_uri").startswith(PUSHED_PREFIX):
            return await self._begin_pushed(client, parameters)
        target = parse_target(parameters, client)
        try:
            if client.must_push:
                raise RequestRefused(Fault.INVALID_REQUEST, "The client must push its requests.")
            request = parse_authorization(parameters, client, target, self.resources, self.types)
            hint = await self.read_hint(client, parameters.find("id_token_hint"))
        except RequestRefused as refusal:
            location = self.answers.refuse(target.redirect_uri, target.state, refusal)
            return Answered(location, Refusal(refusal.fault.value, client.id))
        return await self._keep(replace(request, hinted_subject=hint), None)

    async def look(self, handle: str, session_secret: str) -> Asked | Answered:
        """The next step of a request. Raises `RequestGone`."""
        found = await self._open(handle, session_secret)
        try:
            step = self._decide(found)
        except RequestRefused as refusal:
            return self._refuse(found, refusal)
        if step.step is not Step.GRANT:
            return Asked(step, found.request, found.client)
        return await self._grant(found, found.consent)

    async def answer(self, handle: str, session_secret: str, *, allows: bool) -> Asked | Answered:
        """What the person decided on the page of consent. Raises `RequestGone`."""
        found = await self._open(handle, session_secret)
        try:
            step = self._decide(found)
        except RequestRefused as refusal:
            return self._refuse(found, refusal)
        if step.step in (Step.SIGN_IN, Step.STEP_UP):
            return Asked(step, found.request, found.client)
        if not allows:
            return await self._deny(found)
        assert found.authentication is not None
        consent = widen(
            found.consent,
            found.request,
            tenant=self.ground.tenant,
            person=found.authentication.person,
            at=self.ground.now(),
        )
        return await self._grant(found, consent)

    async def read_hint(self, client: Client, hint: str) -> str:
        """The `sub` of an ID token of ours for this client, "" without one."""
        if not hint:
            return ""
        try:
            claims = await self.minter.verify_hint(hint)
        except JoseRefused:
            raise RequestRefused(Fault.INVALID_REQUEST, "The id_token_hint is not ours.") from None
        if claims["aud"] != client.id:
            raise RequestRefused(Fault.INVALID_REQUEST, "The id_token_hint is another client's.")
        return str(claims["sub"])

    async def _client(self, parameters: Parameters) -> Client:
        try:
            claimed = parameters.find("client_id")
            parameters.find("request_uri")
        except RequestRefused:
            raise AddressRefused from None
        client = await self.directory.find(claimed)
        if client is None:
            raise AddressRefused(say("The app is not registered here, or not any more."))
        return client

    async def _begin_pushed(self, client: Client, parameters: Parameters) -> Begun:
        """Begin what was pushed (RFC 9126 §4); everything else in the address is ignored."""
        digest = find_digest(parameters.find("request_uri")[len(PUSHED_PREFIX) :])
        kept = None
        if digest is not None:
            async with self.ground.database.read() as connection:
                kept = await self.requests.find(connection, self.ground.tenant, digest)
        if kept is None or kept.kind is not RequestKind.PUSHED:
            raise RequestGone
        if kept.request.client != client.id or not self._is_open(kept):
            raise RequestGone
        return await self._keep(kept.request, kept.digest)

    async def _keep(self, request: AuthorizationRequest, pushed: bytes | None) -> Begun:
        minted, at = mint_secret(self.ground.entropy), self.ground.now()
        kept = KeptRequest(
            tenant=self.ground.tenant,
            digest=minted.digest,
            kind=RequestKind.BROWSER,
            request=request,
            made_at=at,
            expires_at=at + REQUEST_LIFE,
            pushed=pushed,
        )
        async with self.ground.database.begin() as connection:
            await self.requests.insert(connection, self.ground.tenant, kept)
        return Begun(minted.text, request.ui_locales)

    async def _open(self, handle: str, session_secret: str) -> _Open:
        digest = find_digest(handle)
        if digest is None:
            raise RequestGone
        authentication = None
        if session_secret:
            authentication = await self.authentications.find(session_secret)
        if authentication and not await self.people.is_active(authentication.person):
            authentication = None
        async with self.ground.database.read() as connection:
            kept = await self.requests.find(connection, self.ground.tenant, digest)
            consent = None
            if kept is not None and authentication is not None:
                consent = await self.consents.find(
                    connection, self.ground.tenant, authentication.person, kept.request.client
                )
        if kept is None or kept.kind is not RequestKind.BROWSER or not self._is_open(kept):
            raise RequestGone
        client = await self.directory.find(kept.request.client)
        if client is None:
            raise RequestGone
        return _Open(kept, client, authentication, consent)

    def _is_open(self, kept: KeptRequest) -> bool:
        return kept.done_at is None and self.ground.now() < kept.expires_at

    def _decide(self, found: _Open) -> NextStep:
        authentication = found.authentication
        subject = ""
        if authentication is not None:
            subject = self.ground.subject_of(found.client, authentication.person)
        return decide_step(
            found.request,
            found.client,
            authentication=authentication,
            subject=subject,
            consent=found.consent,
            made_at=found.kept.made_at,
            at=self.ground.now(),
        )

    async def _grant(self, found: _Open, consent: Consent | None) -> Answered:
        """Issue the code, write down what was allowed, and close the request, all at once."""
        assert found.authentication is not None
        request, person = found.request, found.authentication.person
        minted = mint_secret(self.ground.entropy)
        code = self._make_code(request, found.authentication, minted.digest)
        event = await self.ground.event(
            self.ground.as_person(person),
            "authorization.granted",
            {
                "client": found.client.id,
                "scopes": len(request.scopes),
                "resources": len(request.resources),
                "details": len(request.details),
                "asked": consent is not found.consent,
            },
        )
        name = await self.callers.name(found.client, person, request.scopes)
        async with self.ground.database.begin() as connection:
            if not await self.people.hold_active(connection, person):
                raise RequestGone  # deleted meanwhile: nothing of theirs is kept after that
            await self._finish(connection, found.kept)
            await self.grants.insert_code(connection, self.ground.tenant, code)
            await self.callers.note(connection, name, person)
            if consent is not None and consent is not found.consent:
                await self.consents.put(connection, self.ground.tenant, consent)
            await outbox.record(connection, event)
        return Answered(self.answers.give_code(request, minted.text))

    def _make_code(
        self, request: AuthorizationRequest, authentication: Authentication, digest: bytes
    ) -> Code:
        grant = new_grant(
            self.ground,
            authentication,
            client=request.client,
            scopes=request.scopes,
            resources=request.resources,
            session=authentication.session,
            claims=request.claims,
            jkt=request.jkt,
            details=tuple(each.text for each in request.details),
        )
        return Code(
            tenant=self.ground.tenant,
            digest=digest,
            grant=grant,
            redirect_uri=request.redirect_uri,
            has_uri=request.has_uri,
            challenge=request.challenge,
            nonce=request.nonce,
            expires_at=self.ground.now() + CODE_LIFE,
        )

    async def _deny(self, found: _Open) -> Answered:
        assert found.authentication is not None
        event = await self.ground.event(
            self.ground.as_person(found.authentication.person),
            "authorization.denied",
            {"client": found.client.id},
        )
        async with self.ground.database.begin() as connection:
            await self._finish(connection, found.kept)
            await outbox.record(connection, event)
        refusal = RequestRefused(Fault.ACCESS_DENIED, "The person did not allow it.")
        return self._refuse(found, refusal)

    def _refuse(self, found: _Open, refusal: RequestRefused) -> Answered:
        location = self.answers.refuse_request(found.request, refusal)
        return Answered(location, Refusal(refusal.fault.value, found.client.id))

    async def _finish(self, connection: AsyncConnection, kept: KeptRequest) -> None:
        """Close the request, and the pushed one behind it, for exactly one answer."""
        at = self.ground.now()
        for digest in filter(None, (kept.digest, kept.pushed)):
            if not await self.requests.finish(connection, self.ground.tenant, digest, at):
                raise RequestGone
