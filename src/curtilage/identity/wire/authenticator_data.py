"""What an authenticator signs: authenticator data (Web Authentication Level 3 §6.1)."""

from dataclasses import dataclass, field

from curtilage.identity.wire.cbor import parse_cbor_item
from curtilage.identity.wire.errors import PasskeyUnreadable

HEAD = 37  # hash of the RP id, flags, counter
LONGEST_CREDENTIAL_ID = 1023  # §6.5.1
MOST_KEY = 1100  # an RSA key of 8192 bits with its map
MOST_EXTENSIONS = 1024  # of what authenticators answer there, the largest is some 200 bytes

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP = 1 << 0, 1 << 2, 1 << 3, 1 << 4
ATTESTED, EXTENDED = 1 << 6, 1 << 7


@dataclass(frozen=True, slots=True)
class NewCredential:
    """Attested credential data (§6.5.1): the key that was just made, undecided upon."""

    aaguid: bytes
    id: bytes
    public_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthenticatorData:
    """The parts of authenticator data. Extension outputs are bounded and then left alone."""

    rp_id_hash: bytes
    flags: int
    sign_count: int
    credential: NewCredential | None = None

    def says(self, flag: int) -> bool:
        return self.flags & flag != 0


def parse_authenticator_data(raw: bytes) -> AuthenticatorData:
    """The parts of `raw`, with nothing left over. Raises `PasskeyUnreadable`."""
    if len(raw) < HEAD:
        raise PasskeyUnreadable
    flags, at, credential = raw[32], HEAD, None
    if flags & ATTESTED:
        credential, at = _read_credential(raw)
    if flags & EXTENDED:
        at = _skip_extensions(raw, at)
    if at != len(raw):
        raise PasskeyUnreadable
    return AuthenticatorData(raw[:32], flags, int.from_bytes(raw[33:HEAD], "big"), credential)


def _read_credential(raw: bytes) -> tuple[NewCredential, int]:
    size = int.from_bytes(raw[HEAD + 16 : HEAD + 18], "big")
    begin = HEAD + 18 + size
    if not 1 <= size <= LONGEST_CREDENTIAL_ID or len(raw) <= begin:
        raise PasskeyUnreadable
    key, end = parse_cbor_item(raw, begin)
    if not isinstance(key, dict) or end - begin > MOST_KEY:
        raise PasskeyUnreadable
    return NewCredential(raw[HEAD : HEAD + 16], raw[HEAD + 18 : begin], raw[begin:end]), end


def _skip_extensions(raw: bytes, at: int) -> int:
    extensions, end = parse_cbor_item(raw, at)
    if not isinstance(extensions, dict) or end - at > MOST_EXTENSIONS:
        raise PasskeyUnreadable
    return end
