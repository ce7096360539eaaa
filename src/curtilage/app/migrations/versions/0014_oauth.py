"""Apps, their requests, and what people granted them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014_oauth"
down_revision = "0013_people"

INSTANT = sa.String(27)
ID = sa.String(64)
CLIENT_ID = sa.String(255)
DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    _clients()
    _requests()
    _grants()
    _devices()
    _upkeep()


def _make(name: str, keys: tuple[str, ...], *columns: Any) -> None:
    primary = sa.PrimaryKeyConstraint(*keys, name=f"pk_{name}")
    op.create_table(name, sa.Column("tenant", ID, nullable=False), *columns, primary)


def _index(name: str, *columns: str) -> None:
    op.create_index(f"ix_{name}_{'_'.join(columns)}", name, list(columns))


def _column(name: str, kind: Any, *, nullable: bool = False) -> Any:
    return sa.Column(name, kind, nullable=nullable)


def _clients() -> None:
    _make(
        "oauth_client",
        ("tenant", "id"),
        _column("id", CLIENT_ID),
        _column("name", sa.String(100)),
        _column("method", sa.String(32)),
        _column("secrets", sa.Text),
        _column("details", sa.Text),
        _column("is_first_party", sa.Boolean),
        _column("is_dynamic", sa.Boolean),
        _column("management_digest", DIGEST, nullable=True),
        _column("created_at", INSTANT),
        _column("revoked_at", INSTANT, nullable=True),
    )


def _requests() -> None:
    _make(
        "oauth_request",
        ("tenant", "digest"),
        _column("digest", DIGEST),
        _column("kind", sa.String(16)),
        _column("client", CLIENT_ID),
        _column("request", sa.Text),
        _column("pushed", DIGEST, nullable=True),
        _column("made_at", INSTANT),
        _column("expires_at", INSTANT),
        _column("done_at", INSTANT, nullable=True),
    )
    _index("oauth_request", "expires_at")
    _make(
        "oauth_consent",
        ("tenant", "person", "client"),
        _column("person", ID),
        _column("client", CLIENT_ID),
        _column("scopes", sa.Text),
        _column("resources", sa.Text),
        _column("given_at", INSTANT),
        _column("changed_at", INSTANT),
    )


def _grants() -> None:
    _make(
        "oauth_code",
        ("tenant", "digest"),
        _column("digest", DIGEST),
        _column("grant_id", ID),
        _column("grant_body", sa.Text),
        _column("redirect_uri", sa.Text),
        _column("has_uri", sa.Boolean),
        _column("challenge", sa.String(43)),
        _column("nonce", sa.Text),
        _column("expires_at", INSTANT),
        _column("used_at", INSTANT, nullable=True),
    )
    _index("oauth_code", "expires_at")
    _make(
        "oauth_grant",
        ("tenant", "id"),
        _column("id", ID),
        _column("client", CLIENT_ID),
        _column("person", ID),
        _column("session", ID),
        _column("outlives_session", sa.Boolean),
        _column("body", sa.Text),
        _column("made_at", INSTANT),
        _column("expires_at", INSTANT),
        _column("revoked_at", INSTANT, nullable=True),
    )
    for column in ("person", "session", "client"):
        _index("oauth_grant", "tenant", column)
    _index("oauth_grant", "expires_at")
    _make(
        "oauth_refresh",
        ("tenant", "digest"),
        _column("digest", DIGEST),
        _column("grant_id", ID),
        _column("made_at", INSTANT),
        _column("expires_at", INSTANT),
        _column("used_at", INSTANT, nullable=True),
    )
    _index("oauth_refresh", "expires_at")


def _devices() -> None:
    op.create_table(
        "oauth_device",
        _column("tenant", ID),
        _column("digest", DIGEST),
        _column("user_digest", DIGEST),
        _column("client", CLIENT_ID),
        _column("scopes", sa.Text),
        _column("resources", sa.Text),
        _column("asked_from", sa.String(64)),
        _column("made_at", INSTANT),
        _column("expires_at", INSTANT),
        _column("interval", sa.Integer),
        _column("state", sa.String(16)),
        _column("polled_at", INSTANT, nullable=True),
        _column("jkt", sa.String(43)),
        _column("grant_body", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_oauth_device"),
        sa.UniqueConstraint("tenant", "user_digest", name="uq_oauth_device_tenant_user_digest"),
    )
    _index("oauth_device", "expires_at")


def _upkeep() -> None:
    once = _column("digest", DIGEST), _column("expires_at", INSTANT)
    _make("oauth_seen", ("tenant", "digest"), *once)
    _index("oauth_seen", "expires_at")
    tries = _column("digest", DIGEST), _column("count", sa.Integer), _column("expires_at", INSTANT)
    _make("oauth_tries", ("tenant", "digest"), *tries)
    _index("oauth_tries", "expires_at")
    _make(
        "oauth_key",
        ("tenant", "kid"),
        _column("kid", ID),
        _column("alg", sa.String(16)),
        _column("public", sa.Text),
        _column("sealed", sa.LargeBinary),
        *(_column(name, INSTANT) for name in ("made_at", "active_at", "retires_at", "gone_at")),
    )
    _make(
        "oauth_notice",
        ("tenant", "id"),
        _column("id", ID),
        _column("client", CLIENT_ID),
        _column("subject", sa.Text),
        _column("session", ID),
        _column("made_at", INSTANT),
        _column("next_at", INSTANT),
        _column("tries", sa.Integer),
    )
    _index("oauth_notice", "next_at")
