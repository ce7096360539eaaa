"""Addresses of databases: told from paths, taken apart, and shown without their secrets."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from curtilage.core.errors import InputError

EXPECTED = "expected postgresql://user@host/name, mysql://user@host/name or sqlite:///file."
MYSQL = ("mysql", "mariadb")
MODES = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")
"""How a connection to MySQL is encrypted, in the words of its own client."""
OPTIONS = frozenset({"ssl-mode", "ssl-ca", "socket"})
_ADDRESS = re.compile(r"[a-z][a-z0-9]*(?:\+[a-z0-9]+)?://", re.IGNORECASE)


class Address(NamedTuple):
    """Where a database is. Only `name` is shown."""

    name: str
    kind: str
    url: str
    has_password: bool = False


def is_address(text: str) -> bool:
    return _ADDRESS.match(text) is not None


def parse_address(text: str) -> Address:
    """Raises an InputError, which does not repeat the address."""
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise InputError(f"An address of a database was not understood; {EXPECTED}") from None
    kind = parts.scheme.lower().partition("+")[0]
    if kind in ("postgresql", "postgres"):
        name = f"postgresql://{parts.hostname or ''}{port}{parts.path}"
        url = f"postgresql://{text.partition('://')[2]}"
        has_password = parts.password is not None or "password=" in parts.query
        return Address(name, "postgresql", url, has_password)
    if kind in MYSQL:
        _check_options(parts)
        name = f"{kind}://{parts.hostname or ''}{port}{parts.path}"
        return Address(name, "mysql", text, parts.password is not None)
    if kind == "sqlite" and not parts.netloc and len(parts.path) > 1:
        path = unquote(parts.path[1:])
        return Address(path, kind, path)
    raise InputError(
        f"Databases of this kind are not read; {EXPECTED}",
        hint="Write what is in it to CSV or Parquet, and scan that.",
    )


def _check_options(parts: SplitResult) -> None:
    """Of MySQL: what libpq checks for PostgreSQL is checked here."""
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not given.keys() <= OPTIONS or given.get("ssl-mode", MODES[0]).upper() not in MODES:
        raise InputError(
            "An address of a database has an option that is not understood; "
            f"expected ssl-mode={'|'.join(MODES)}, ssl-ca=file or socket=file."
        )
