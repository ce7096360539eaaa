"""The tables of people, as statements use them; a migration makes them.

No column holds a name or an address: profiles are sealed, handles are keyed hashes.
"""

from sqlalchemy import (
    BigInteger,
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

PEOPLE = MetaData(naming_convention=NAMING)

PERSON = Table(
    "person",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("roles", Text, nullable=False),
    Column("profile", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("disabled_at", INSTANT),
    Column("whereabouts", LargeBinary),
    Column("language", String(8)),
    PrimaryKeyConstraint("tenant", "id"),
    Index("ix_person_tenant_created_at", "tenant", "created_at"),
)

# A role of somebody that has no row here is as old as their account.
ROLE_GRANT = Table(
    "role_grant",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("role", String(32), nullable=False),
    Column("given_at", INSTANT, nullable=False),
    Column("given_by", ID),
    PrimaryKeyConstraint("tenant", "person", "role"),
)

HANDLE = Table(
    "person_handle",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("person", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("confirmed_at", INSTANT),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_person_handle_tenant_person", "tenant", "person"),
)

AUTHENTICATOR = Table(
    "authenticator",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("material", LargeBinary, nullable=False),
    Column("lookup", DIGEST),
    Column("counter", BigInteger, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("last_used_at", INSTANT),
    Column("flaws", String(32), nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("tenant", "lookup"),
    Index("ix_authenticator_tenant_person", "tenant", "person"),
)

SESSION = Table(
    "session",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("id", ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("started_at", INSTANT, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    Column("proofs", Text, nullable=False),
    Column("needs", Integer, nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("must_change", Boolean, nullable=False),
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_session_tenant_started_at", "tenant", "started_at"),
    Index("ix_session_tenant_person", "tenant", "person"),
)

CEREMONY = Table(
    "ceremony",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("person", ID),
    Column("browser", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("id", ID),  # of invitations alone
    PrimaryKeyConstraint("tenant", "digest"),
    Index("ix_ceremony_tenant_id", "tenant", "id", unique=True),
    Index("ix_ceremony_tenant_expires_at", "tenant", "expires_at"),
    Index("ix_ceremony_tenant_person", "tenant", "person"),
    Index("ix_ceremony_tenant_browser", "tenant", "browser"),
)

# Of whom nothing is left but a key that is still to be destroyed, in another database.
ERASURE = Table(
    "person_erasure",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "person"),
)

SIGN_IN_ATTEMPT = Table(
    "sign_in_attempt",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("counter", DIGEST, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_at", INSTANT),
    Column("familiar_until", INSTANT),
    PrimaryKeyConstraint("tenant", "counter"),
    Index("ix_sign_in_attempt_tenant_last_at", "tenant", "last_at"),
)

SETUP_LINK = Table(
    "setup_link",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
    PrimaryKeyConstraint("tenant"),
)

# Of versions before people: who was enrolled there is made a person at the next start.
ADMINISTRATOR = Table(
    "administrator",
    PEOPLE,
    Column("tenant", ID, nullable=False),
    Column("id", ID, nullable=False),
    Column("name", String(64), nullable=False),
    Column("sign_in_name", String(128), nullable=False),
    Column("passphrase_hash", Text, nullable=False),
    Column("enrolled_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    UniqueConstraint("tenant", "sign_in_name"),
)
