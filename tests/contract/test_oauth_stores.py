"""The stores of the authorization server keep one promise on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from curtilage.core.db import broadcast
from curtilage.core.db.engine import Database
from curtilage.core.db.errors import ConstraintViolated
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.clients import (
    AuthMethod,
    Client,
    ClientSecret,
    GrantType,
    SubjectType,
)
from curtilage.identity.oauth.models.grants import (
    STANDING,
    Code,
    Device,
    DeviceState,
    Grant,
    KeptKey,
    LogoutNotice,
    RefreshToken,
)
from curtilage.identity.oauth.models.requests import (
    AuthorizationRequest,
    ClaimsAsked,
    Consent,
    KeptRequest,
    Prompt,
    RequestKind,
)
from curtilage.identity.oauth.models.standing import ChangedKind
from curtilage.identity.oauth.store.callers import SqlCallerStore
from curtilage.identity.oauth.store.changed import SqlChangedStore
from curtilage.identity.oauth.store.clients import SqlClientStore
from curtilage.identity.oauth.store.devices import SqlDeviceStore
from curtilage.identity.oauth.store.grants import SqlGrantStore
from curtilage.identity.oauth.store.requests import SqlConsentStore, SqlRequestStore
from curtilage.identity.oauth.store.tables import OAUTH
from curtilage.identity.oauth.store.upkeep import SqlKeyStore, SqlNoticeStore, SqlOnceStore
from curtilage.identity.oauth.store_ports import (
    ClientStore,
    ConsentStore,
    DeviceStore,
    GrantStore,
    KeyStore,
    NoticeStore,
    OnceStore,
    RequestStore,
)
from curtilage.identity.wire.once import ENDED_GRANT, once_digest
from tests.fakes.clock import START

OURS, THEIRS = TenantId("tenant-orchard"), TenantId("tenant-harbour")
HOUR = timedelta(hours=1)
ADA = PrincipalId("person-ada")
CLIENT = Client(
    id="client-1",
    tenant=OURS,
    name="Ünïcode & 'quotes'",
    created_at=START,
    method=AuthMethod.POST,
    secrets=(ClientSecret(b"s" * 32), ClientSecret(b"o" * 32, START + HOUR)),
    jwks={"keys": [{"kty": "EC"}]},
    redirect_uris=("https://app.example/cb", "http://127.0.0.1/cb"),
    post_logout_uris=("https://app.example/bye",),
    backchannel_logout_uri="https://app.example/logout",
    backchannel_session_required=True,
    grant_types=frozenset(GrantType),
    scopes=frozenset({"openid", "files:read"}),
    resources=("https://files.example",),
    serves=("https://files.example",),
    must_push=True,
    is_dpop_bound=True,
    subject_type=SubjectType.PAIRWISE,
    sector="app.example",
    id_token_alg="RS256",
    is_first_party=True,
    is_dynamic=True,
    management_digest=b"m" * 32,
    texts={"logo_uri": "https://app.example/logo"},
)
REQUEST = AuthorizationRequest(
    client="client-1",
    redirect_uri="https://app.example/cb",
    challenge="c" * 43,
    state="s&=",
    scopes=("openid",),
    resources=("https://files.example",),
    nonce="n",
    prompts=frozenset({Prompt.LOGIN, Prompt.CONSENT}),
    max_age=0,
    acr_values=("aal2",),
    claims=ClaimsAsked(frozenset({"name"}), frozenset({"email"}), ("aal2",), "person"),
    hinted_subject="person-ada",
    jkt="j" * 43,
    has_uri=False,
)
KEPT = KeptRequest(OURS, b"r" * 32, RequestKind.BROWSER, REQUEST, START, START + HOUR, b"p" * 32)
GRANT = Grant(
    id="grant-1",
    tenant=OURS,
    client="client-1",
    person=ADA,
    session="session-1",
    scopes=("openid", "profile"),
    resources=("https://files.example",),
    auth_time=START,
    acr="aal2",
    amr=("pwd", "otp"),
    made_at=START,
    expires_at=START + HOUR,
    claims=REQUEST.claims,
    jkt="j" * 43,
)
CODE = Code(OURS, b"c" * 32, GRANT, "https://app.example/cb", True, "c" * 43, "n", START + HOUR)
TOKEN = RefreshToken(OURS, b"t" * 32, "grant-1", START, START + HOUR)
DEVICE = Device(
    tenant=OURS,
    digest=b"d" * 32,
    user_digest=b"u" * 32,
    client="client-1",
    scopes=("openid",),
    resources=(),
    asked_from="192.0.2.7",
    made_at=START,
    expires_at=START + HOUR,
    interval=5,
)
KEY = KeptKey(OURS, "kid-1", "ES256", "{}", b"sealed", START, START, START + HOUR, START + 2 * HOUR)
NOTICE = LogoutNotice("notice-1", OURS, "client-1", "person-ada", "session-1", START, START)


PORTS: tuple[
    ClientStore,
    ConsentStore,
    DeviceStore,
    GrantStore,
    KeyStore,
    NoticeStore,
    OnceStore,
    RequestStore,
] = (  # what a type checker says of the stores: they are what the use cases ask for
    SqlClientStore(),
    SqlConsentStore(),
    SqlDeviceStore(),
    SqlGrantStore(),
    SqlKeyStore(),
    SqlNoticeStore(),
    SqlOnceStore(),
    SqlRequestStore(),
)


def differences(connection: Connection) -> list[object]:
    ours = set(OAUTH.tables)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), OAUTH)


async def test_migrated_tables_are_those_that_the_code_uses(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_client_comes_back_as_it_was_and_is_changed(database: Database) -> None:
    store = SqlClientStore()
    bare = Client("client-2", OURS, "bare", START)
    async with database.begin() as connection:
        for client in (bare, CLIENT):
            await store.insert(connection, OURS, client)
        assert await store.find(connection, OURS, "client-1") == CLIENT
        assert await store.load(connection, OURS) == [CLIENT, bare]
        changed = replace(CLIENT, name="New", secrets=(), jwks=None)
        assert await store.put(connection, OURS, changed)
        assert await store.find(connection, OURS, "client-1") == changed
        assert not await store.put(connection, OURS, replace(CLIENT, id="nobody"))
        assert await store.revoke(connection, OURS, "client-1", START)
        assert not await store.revoke(connection, OURS, "client-1", START + HOUR)
        assert await store.find(connection, OURS, "client-1") == replace(changed, revoked_at=START)
    with pytest.raises(ConstraintViolated):
        async with database.begin() as connection:
            await store.insert(connection, OURS, CLIENT)


async def test_a_request_comes_back_and_is_finished_once(database: Database) -> None:
    store = SqlRequestStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, KEPT)
        assert await store.find(connection, OURS, KEPT.digest) == KEPT
        assert await store.finish(connection, OURS, KEPT.digest, START)
        assert not await store.finish(connection, OURS, KEPT.digest, START)
        assert await store.find(connection, OURS, KEPT.digest) == replace(KEPT, done_at=START)


async def test_a_consent_is_put_again_and_taken_back(database: Database) -> None:
    store = SqlConsentStore()
    given = frozenset({"openid"})
    consent = Consent(OURS, ADA, "client-1", given, frozenset(), START, START)
    wider = replace(consent, scopes=given | {"email"}, changed_at=START + HOUR)
    async with database.begin() as connection:
        await store.put(connection, OURS, consent)
        assert await store.load(connection, OURS, ADA) == [consent]
        await store.put(connection, OURS, wider)
        assert await store.find(connection, OURS, ADA, "client-1") == wider
        assert await store.delete(connection, OURS, ADA, "client-1")
        assert not await store.delete(connection, OURS, ADA, "client-1")
        assert await store.find(connection, OURS, ADA, "client-1") is None


async def test_a_code_and_a_refresh_token_are_used_once(database: Database) -> None:
    store = SqlGrantStore()
    async with database.begin() as connection:
        await store.insert_code(connection, OURS, CODE)
        assert await store.find_code(connection, OURS, CODE.digest) == CODE
        assert await store.use_code(connection, OURS, CODE.digest, START)
        assert not await store.use_code(connection, OURS, CODE.digest, START)
        await store.insert_grant(connection, OURS, GRANT)
        await store.insert_refresh(connection, OURS, TOKEN)
        assert await store.find_refresh(connection, OURS, TOKEN.digest) == (TOKEN, GRANT)
        for expected in (True, False):
            assert expected is await store.use_refresh(
                connection, OURS, TOKEN.digest, at=START, until=START + HOUR
            )
        assert await store.find_refresh(connection, OURS, b"x" * 32) is None


async def test_grants_end_by_what_they_hang_on(database: Database) -> None:
    store = SqlGrantStore()
    offline = replace(GRANT, id="grant-2", scopes=("offline_access",))
    other = replace(GRANT, id="grant-3", session="session-2", client="client-2")
    async with database.begin() as connection:
        for grant in (GRANT, offline, other):
            await store.insert_grant(connection, OURS, grant)
        assert await store.load_grants(connection, OURS, person=ADA) == [GRANT, offline, other]
        ended = await store.revoke(
            connection, OURS, START, session="session-1", spares_offline=True
        )
        assert ended == 1
        assert await store.find_grant(connection, OURS, "grant-1") == replace(
            GRANT, revoked_at=START
        )
        assert await store.load_grants(connection, OURS, session="session-1") == [offline]
        assert await store.revoke(connection, OURS, START, client="client-2") == 1
        assert await store.revoke(connection, OURS, START, person=ADA) == 1
        assert await store.revoke(connection, OURS, START, grant_id="grant-1") == 0


async def test_a_device_goes_from_state_to_state_once(database: Database) -> None:
    store = SqlDeviceStore()
    async with database.begin() as connection:
        await store.insert(connection, OURS, DEVICE)
        assert await store.find(connection, OURS, digest=DEVICE.digest) == DEVICE
        assert await store.find(connection, OURS, user_digest=DEVICE.user_digest) == DEVICE
        await store.poll(connection, OURS, DEVICE.digest, at=START, interval=10)
        for expected in (True, False):
            assert expected is await store.decide(
                connection,
                OURS,
                DEVICE.digest,
                old=DeviceState.PENDING,
                new=DeviceState.APPROVED,
                grant=GRANT,
            )
        assert await store.find(connection, OURS, digest=DEVICE.digest) == replace(
            DEVICE, state=DeviceState.APPROVED, interval=10, polled_at=START, grant=GRANT
        )


async def test_keys_and_notices_come_back_and_go(database: Database) -> None:
    keys, notices = SqlKeyStore(), SqlNoticeStore()
    async with database.begin() as connection:
        await keys.insert(connection, OURS, KEY)
        await keys.retire(connection, OURS, KEY.kid, retires_at=START, gone_at=START + HOUR)
        assert await keys.load(connection, OURS) == [
            replace(KEY, retires_at=START, gone_at=START + HOUR)
        ]
        assert await keys.delete_gone(connection, OURS, START) == 0
        assert await keys.delete_gone(connection, OURS, START + HOUR) == 1
        await notices.insert(connection, OURS, NOTICE)
        assert await notices.load_due(connection, OURS, START, 9) == [NOTICE]
        later = START + HOUR
        await notices.postpone(connection, OURS, NOTICE.id, next_at=later, tries=3)
        assert await notices.load_due(connection, OURS, START, 9) == []
        assert await notices.load_due(connection, OURS, later, 9) == [
            replace(NOTICE, next_at=later, tries=3)
        ]
        await notices.delete(connection, OURS, NOTICE.id)
        assert await notices.load_due(connection, OURS, later, 9) == []


async def test_once_is_once_and_tries_are_counted(database: Database) -> None:
    store = SqlOnceStore()
    async with database.begin() as connection:
        assert await store.see(connection, OURS, b"o" * 32, START)
        assert not await store.see(connection, OURS, b"o" * 32, START)
        assert await store.is_seen(connection, OURS, b"o" * 32)
        assert not await store.is_seen(connection, THEIRS, b"o" * 32)
        assert await store.tries(connection, OURS, b"t" * 32) == 0
        assert [await store.count(connection, OURS, b"t" * 32, START) for _ in range(3)] == [
            1,
            2,
            3,
        ]
        assert await store.tries(connection, OURS, b"t" * 32) == 3
        assert await store.forget_expired(connection, OURS, START - HOUR) == 0
        assert await store.forget_expired(connection, OURS, START) == 2
        assert not await store.is_seen(connection, OURS, b"o" * 32)


@pytest.mark.requirement(12)
async def test_what_ended_is_told_for_as_long_as_it_matters(database: Database) -> None:
    clients, grants, once = SqlClientStore(), SqlGrantStore(), SqlOnceStore()
    async with database.begin() as connection:
        await clients.insert(connection, OURS, CLIENT)
        await grants.insert_grant(connection, OURS, GRANT)
        for store in (clients, grants):
            assert await store.load_ended(connection, OURS, START) == frozenset()
        assert await grants.revoke(connection, OURS, START, grant_id=GRANT.id) == 1
    async with database.begin() as connection:  # one transaction counts a topic once
        assert await clients.revoke(connection, OURS, CLIENT.id, START)
    async with database.begin() as connection:
        assert await once.end_token(connection, OURS, b"e" * 32, START + HOUR)
        assert not await once.end_token(connection, OURS, b"e" * 32, START + HOUR)
        assert await once.is_seen(connection, OURS, b"e" * 32)
        assert await grants.load_ended(connection, OURS, START) == {GRANT.id}
        assert await clients.load_ended(connection, OURS, START) == {CLIENT.id}
        assert await once.load_ended(connection, OURS, START) == {b"e" * 32}
        for store in (clients, grants):
            assert await store.load_ended(connection, OURS, START + HOUR) == frozenset()
            assert await store.load_ended(connection, THEIRS, START) == frozenset()
        assert await once.load_ended(connection, OURS, START + HOUR) == frozenset()
        assert await once.forget_expired(connection, OURS, START + HOUR) >= 2
    topics = await broadcast.generations(database)
    assert topics[STANDING] == 3


async def test_whose_rights_changed_is_told_for_as_long_as_it_matters(database: Database) -> None:
    store, grants, person = SqlChangedStore(), SqlGrantStore(), ChangedKind.PERSON
    async with database.begin() as connection:
        await grants.insert_grant(connection, OURS, GRANT)
        assert await store.load(connection, OURS, person, START) == frozenset()
    for kind, id, until in (
        (person, GRANT.person, START + HOUR),
        (person, GRANT.person, START + 2 * HOUR),
        (ChangedKind.CLIENT, CLIENT.id, START + HOUR),
    ):
        async with database.begin() as connection:  # one transaction counts a topic once
            await store.note(connection, OURS, kind, id, until)
    async with database.begin() as connection:
        assert await store.load(connection, OURS, person, START + HOUR) == {GRANT.person}
        assert await store.load(connection, OURS, person, START + 2 * HOUR) == frozenset()
        assert await store.load(connection, THEIRS, person, START) == frozenset()
        assert await store.load(connection, OURS, ChangedKind.CLIENT, START) == {CLIENT.id}
        for tenant, people, found in (
            (OURS, [GRANT.person], {GRANT.id: GRANT.person}),
            (OURS, [], {}),
            (THEIRS, [GRANT.person], {}),
        ):
            assert await store.load_grants(connection, tenant, people) == found
        await grants.revoke(connection, OURS, START, grant_id=GRANT.id)
        assert await store.load_grants(connection, OURS, [GRANT.person]) == {}
        assert await SqlOnceStore().forget_expired(connection, OURS, START + HOUR) >= 1
        assert await store.load(connection, OURS, ChangedKind.CLIENT, START) == frozenset()
    assert (await broadcast.generations(database))[STANDING] == 4


async def test_sessions_are_used_of_which_a_live_grant_was_renewed(database: Database) -> None:
    store, before = SqlGrantStore(), START - HOUR
    sessions = [GRANT.session, "session-2"]
    async with database.begin() as connection:
        await store.insert_grant(connection, OURS, GRANT)
        assert await store.list_used(connection, OURS, sessions, before) == frozenset()
        await store.insert_refresh(connection, OURS, TOKEN)
        assert await store.list_used(connection, OURS, sessions, before) == {GRANT.session}
        assert await store.list_used(connection, OURS, sessions, START) == frozenset()
        assert await store.list_used(connection, OURS, ["session-2"], before) == frozenset()
        assert await store.list_used(connection, THEIRS, sessions, before) == frozenset()
        await store.revoke(connection, OURS, START, grant_id=GRANT.id)
        assert await store.list_used(connection, OURS, sessions, before) == frozenset()


async def test_no_tenant_sees_or_changes_what_is_anothers(database: Database) -> None:
    clients, grants, devices = SqlClientStore(), SqlGrantStore(), SqlDeviceStore()
    async with database.begin() as connection:
        await clients.insert(connection, OURS, CLIENT)
        await grants.insert_code(connection, OURS, CODE)
        await grants.insert_grant(connection, OURS, GRANT)
        await grants.insert_refresh(connection, OURS, TOKEN)
        await devices.insert(connection, OURS, DEVICE)
        assert await clients.find(connection, THEIRS, CLIENT.id) is None
        assert await clients.load(connection, THEIRS) == []
        assert not await clients.put(connection, THEIRS, CLIENT)
        assert not await clients.revoke(connection, THEIRS, CLIENT.id, START)
        assert await grants.find_code(connection, THEIRS, CODE.digest) is None
        assert not await grants.use_code(connection, THEIRS, CODE.digest, START)
        assert await grants.find_grant(connection, THEIRS, GRANT.id) is None
        assert await grants.find_refresh(connection, THEIRS, TOKEN.digest) is None
        assert not await grants.use_refresh(connection, THEIRS, TOKEN.digest, at=START, until=START)
        assert await grants.erase(connection, THEIRS, ADA) == 0
        assert await SqlConsentStore().erase(connection, THEIRS, ADA) == 0
        assert await grants.erase(connection, OURS, ADA) == 1
        assert await grants.find_refresh(connection, OURS, TOKEN.digest) is None
        await grants.insert_grant(connection, OURS, GRANT)
        assert await grants.revoke(connection, THEIRS, START, person=ADA) == 0
        assert await devices.find(connection, THEIRS, digest=DEVICE.digest) is None
        assert await SqlConsentStore().load(connection, THEIRS, ADA) == []
        assert await SqlRequestStore().find(connection, THEIRS, KEPT.digest) is None


async def test_of_many_who_use_a_code_at_once_exactly_one_does(database: Database) -> None:
    store = SqlGrantStore()
    async with database.begin() as connection:
        await store.insert_code(connection, OURS, CODE)

    async def use() -> bool:
        async with database.begin() as connection:
            return await store.use_code(connection, OURS, CODE.digest, START)

    assert sorted(await asyncio.gather(*(use() for _ in range(10)))) == [False] * 9 + [True]


@pytest.mark.requirement(57)
async def test_tokens_of_erased_grants_end_although_nothing_is_left_of_them(
    database: Database,
) -> None:
    grants, once = SqlGrantStore(), SqlOnceStore()
    async with database.begin() as connection:
        await grants.insert_grant(connection, OURS, GRANT)
        assert await grants.erase(connection, OURS, GRANT.person) == 1
        assert await grants.find_grant(connection, OURS, GRANT.id) is None
        ended = await once.load_ended(connection, OURS, GRANT.made_at)
    assert ended == {once_digest(ENDED_GRANT, GRANT.id)}
    assert (await broadcast.generations(database))[STANDING] == 1


async def test_names_of_records_are_kept_for_their_person_and_go_with_them(
    database: Database,
) -> None:
    store, ben = SqlCallerStore(), PrincipalId("p-ben")
    many = [f"actor-{number}" for number in range(900)]
    async with database.begin() as connection:
        for actor in many:
            await store.keep(connection, OURS, actor, ADA, principal=PrincipalId(f"as {actor}"))
        await store.keep(connection, OURS, "actor-0", ben, principal=ben)
        await store.keep(connection, OURS, "of ben", ben, principal=ben)
        await store.keep(connection, THEIRS, "of ben", ADA, principal=ADA)
    async with database.begin() as connection:
        found = await store.find_people(connection, OURS, [*many, "of ben", "nobody"])
        assert found == {**dict.fromkeys(many, ADA), "of ben": ben}, "the first stays"
        named = await store.list_names(connection, OURS, ADA)
        assert sorted(named) == sorted(f"as {actor}" for actor in many)
        assert await store.list_names(connection, OURS, ben) == [], "it is their own id"
        assert await store.erase(connection, OURS, ADA) == 900
        assert await store.find_people(connection, OURS, [*many, "of ben"]) == {"of ben": ben}
        assert await store.find_people(connection, THEIRS, ["of ben"]) == {"of ben": ADA}
