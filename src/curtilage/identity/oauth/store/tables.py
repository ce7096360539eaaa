"""The tables, as statements use them; the migration 0014 makes them.

Secrets stand here as SHA-256 digests only. Lists and documents are JSON in text columns.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from curtilage.core.db.tables import DIGEST, ID, INSTANT, NAMING

OAUTH = MetaData(naming_convention=NAMING)
CLIENT_ID = String(255)

CLIENT = Table(
    "oauth_client",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("id", CLIENT_ID, nullable=False),
    Column("name", String(100), nullable=False),
    Column("method", String(32), nullable=False),
    Column("secrets", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("is_first_party", Boolean, nullable=False),
    Column("is_dynamic", Boolean, nullable=False),
    Column("management_digest", DIGEST),
    Column("created_at", INSTANT, nullable=False),
    Column("revoked_at", INSTANT),
    PrimaryKeyConstraint("tenant", "id"),
)

REQUEST = Table(
    "oauth_request",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("client", CLIENT_ID, nullable=False),
    Column("request", Text, nullable=False),
    Column("pushed", DIGEST),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("done_at", INSTANT),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_oauth_request_expires_at", "expires_at"),
)

CONSENT = Table(
    "oauth_consent",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("client", CLIENT_ID, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("resources", Text, nullable=False),
    Column("given_at", INSTANT, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "person", "client"),
)

CODE = Table(
    "oauth_code",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("grant_id", ID, nullable=False),
    Column("grant_body", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("has_uri", Boolean, nullable=False),
    Column("challenge", String(43), nullable=False),
    Column("nonce", Text, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_oauth_code_expires_at", "expires_at"),
)

GRANT = Table(
    "oauth_grant",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("client", CLIENT_ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("session", ID, nullable=False),
    Column("outlives_session", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("revoked_at", INSTANT),
    PrimaryKeyConstraint("tenant", "id"),
    Index("ix_oauth_grant_tenant_person", "tenant", "person"),
    Index("ix_oauth_grant_tenant_session", "tenant", "session"),
    Index("ix_oauth_grant_tenant_client", "tenant", "client"),
    Index("ix_oauth_grant_expires_at", "expires_at"),
    Index("ix_oauth_grant_tenant_revoked_at", "tenant", "revoked_at"),
)

REFRESH = Table(
    "oauth_refresh",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("grant_id", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_oauth_refresh_expires_at", "expires_at"),
)

CALLER = Table(
    "oauth_caller",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("actor", ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("principal", ID, nullable=False),
    PrimaryKeyConstraint("tenant", "actor"),
    Index("ix_oauth_caller_tenant_person", "tenant", "person"),
)

DEVICE = Table(
    "oauth_device",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("user_digest", DIGEST, nullable=False),
    Column("client", CLIENT_ID, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("resources", Text, nullable=False),
    Column("asked_from", String(64), nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("interval", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("polled_at", INSTANT),
    Column("jkt", String(43), nullable=False),
    Column("grant_body", Text),
    PrimaryKeyConstraint("tenant", "digest"),
    UniqueConstraint("tenant", "user_digest"),
    Index("ix_oauth_device_expires_at", "expires_at"),
)

SEEN = Table(
    "oauth_seen",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),  # of the kind and what is seen once
    Column("expires_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_oauth_seen_expires_at", "expires_at"),
)

ENDED = Table(
    "oauth_ended",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),  # of an access token that was revoked
    Column("expires_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_oauth_ended_expires_at", "expires_at"),
)

TRIES = Table(
    "oauth_tries",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),  # keyed, of what is counted and the window
    Column("count", Integer, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_oauth_tries_expires_at", "expires_at"),
)

KEY = Table(
    "oauth_key",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("kid", ID, nullable=False),
    Column("alg", String(16), nullable=False),
    Column("public", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("active_at", INSTANT, nullable=False),
    Column("retires_at", INSTANT, nullable=False),
    Column("gone_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "kid"),
)

NOTICE = Table(
    "oauth_notice",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("client", CLIENT_ID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("session", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("next_at", INSTANT, nullable=False),
    Column("tries", Integer, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    Index("ix_oauth_notice_next_at", "next_at"),
)

CHANGED = Table(
    "oauth_changed",
    OAUTH,
    Column("tenant", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("holder", CLIENT_ID, nullable=False),  # a person or a client
    Column("expires_at", INSTANT, nullable=False),  # no token from before holds then
    PrimaryKeyConstraint("tenant", "kind", "holder"),
    Index("ix_oauth_changed_expires_at", "expires_at"),
)
EXPIRING = (REQUEST, CODE, REFRESH, DEVICE, SEEN, ENDED, TRIES, CHANGED, GRANT)
