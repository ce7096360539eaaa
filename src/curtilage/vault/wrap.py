"""How keys hang together: each wrapped by the one above, bound to its own row.

Pure functions on loaded keys. A wrapped key that is moved to another row, or
to another tenant, does not open there.
"""

import hmac
from base64 import b32encode

from curtilage.core.entropy import Entropy
from curtilage.core.models import Scope, TenantId
from curtilage.vault.models import KEY_LENGTH, OwnerKind, RootKey, TenantRow
from curtilage.vault.seal import derive, encode_context, open_sealed, seal

PSEUDONYM_BYTES = 16


def make_root_key(raw: bytes) -> RootKey:
    """A root key with its id, by which the key table knows under which one it is."""
    return RootKey(derive(raw, "root/id")[:8].hex(), raw)


def make_key(entropy: Entropy) -> bytes:
    return entropy.token_bytes(KEY_LENGTH)


def make_tenant_id(entropy: Entropy) -> TenantId:
    return TenantId("t" + _text(entropy.token_bytes(PSEUDONYM_BYTES)))


def _text(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def tenant_context(tenant: TenantId, version: int) -> bytes:
    return encode_context("tenant-key", tenant, version)


def named_context(tenant: TenantId, name: str) -> bytes:
    return encode_context("named-key", tenant, name)


def owner_context(tenant: TenantId, lookup: bytes) -> bytes:
    return encode_context("owner-key", tenant, lookup)


def scope_context(tenant: TenantId, owner: bytes, lookup: bytes, epoch: int) -> bytes:
    return encode_context("scope-key", tenant, owner, lookup, epoch)


def wrap(outer: bytes, key: bytes, context: bytes, entropy: Entropy) -> bytes:
    """`key`, openable only with `outer` and in the row that `context` names."""
    return seal(derive(outer, "wrap"), key, context, entropy=entropy)


def unwrap(outer: bytes, wrapped: bytes, context: bytes) -> bytes:
    return open_sealed(derive(outer, "wrap"), wrapped, context)


def unwrap_tenant(root: RootKey, row: TenantRow) -> bytes:
    return unwrap(root.key, row.wrapped, tenant_context(row.tenant, row.version))


def owner_lookup(lookup_key: bytes, tenant: TenantId, kind: OwnerKind, id: str) -> bytes:
    """Where the key of this person or principal lies; the id cannot be read from it."""
    return hmac.digest(lookup_key, encode_context("owner", tenant, kind.value, id), "sha256")


def scope_lookup(owner_key: bytes, scope: Scope) -> bytes:
    """Where a scope's keys lie; without the owner's key nobody can confirm a guess."""
    return hmac.digest(derive(owner_key, "scope-lookup"), scope.encode(), "sha256")


def pseudonym(owner_key: bytes, kind: OwnerKind, id: str) -> str:
    """The name by which Events speak of this id: 26 letters and digits, 128 bits."""
    raw = hmac.digest(derive(owner_key, "pseudonym"), encode_context(kind.value, id), "sha256")
    return _text(raw[:PSEUDONYM_BYTES])
