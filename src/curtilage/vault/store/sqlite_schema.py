"""The tables of `keys.db`, and how its connection is set up."""

VERSION = 1
BUSY_SECONDS = 10  # rewriting the file after a destroyed key takes seconds where it is large

SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE tenant_key (
        tenant TEXT NOT NULL, version INTEGER NOT NULL, wrapped BLOB NOT NULL,
        PRIMARY KEY (tenant, version)) WITHOUT ROWID""",
    """CREATE TABLE named_key (
        tenant TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, wrapped BLOB NOT NULL,
        PRIMARY KEY (tenant, name),
        FOREIGN KEY (tenant, version) REFERENCES tenant_key (tenant, version)) WITHOUT ROWID""",
    """CREATE TABLE owner_key (
        tenant TEXT NOT NULL, lookup BLOB NOT NULL, version INTEGER, wrapped BLOB,
        created_at TEXT NOT NULL, destroyed_at TEXT,
        PRIMARY KEY (tenant, lookup),
        CHECK ((wrapped IS NULL) = (version IS NULL)),
        CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
        FOREIGN KEY (tenant, version) REFERENCES tenant_key (tenant, version)) WITHOUT ROWID""",
    """CREATE TABLE scope_key (
        tenant TEXT NOT NULL, owner BLOB NOT NULL, lookup BLOB NOT NULL, epoch INTEGER NOT NULL,
        id BLOB NOT NULL UNIQUE, wrapped BLOB NOT NULL, created_at TEXT NOT NULL,
        PRIMARY KEY (tenant, owner, lookup, epoch),
        FOREIGN KEY (tenant, owner) REFERENCES owner_key (tenant, lookup)) WITHOUT ROWID""",
    "CREATE INDEX owner_key_version ON owner_key (tenant, version)",
    "CREATE INDEX named_key_version ON named_key (tenant, version)",
)

PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA secure_delete=ON",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",  # no copy of a key in a temporary file elsewhere
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA journal_mode=TRUNCATE",  # not WAL: it would keep old pages until a checkpoint
)
