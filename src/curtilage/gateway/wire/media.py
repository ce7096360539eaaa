"""Pictures, sound and files that stand in a request as base64: what they are, cleaned.

The policy has said already that such content may go. Here it is held to its word: it is
what it says it is, by its first bytes; it is not too large; and a picture goes without what
is beside the picture (`pictures`). Sound and documents leave as they came.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable

from curtilage.gateway.wire.errors import MalformedMedia, MediaTooLarge
from curtilage.gateway.wire.fields import Slot, SlotKind
from curtilage.gateway.wire.pictures import GIF, JPEG, PNG, WEBP, strip_picture

_DATA_URL = re.compile(
    r"data:([a-z0-9]{1,16}/[a-z0-9.+-]{1,80})?((?:;[a-z0-9_.-]{1,32}=[A-Za-z0-9_.+\"-]{0,128})*);base64,",
    re.IGNORECASE,
)
_PICTURES = frozenset((JPEG, PNG, WEBP, GIF))
_FIRST = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
)
_OF_SOUND = {  # the second byte of a frame: MPEG-1 and -2 layer III, and AAC in ADTS
    b"\xfb": "audio/mpeg", b"\xfa": "audio/mpeg", b"\xf3": "audio/mpeg", b"\xf2": "audio/mpeg",
    b"\xf1": "audio/aac", b"\xf9": "audio/aac",
}  # fmt: skip
_CONTAINERS = frozenset(("video/mp4", "video/webm", "video/mpeg"))
_ANY = ("image/*", "application/octet-stream")
_ALIASES = {
    "image/jpg": JPEG,
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "video/quicktime": "video/mp4",
}


def clean_media(slots: Iterable[Slot], *, limit: int) -> None:
    """Clean what a request holds in base64. Raises MalformedMedia or MediaTooLarge."""
    for slot in slots:
        if slot.kind is SlotKind.MEDIA:
            cleaned = clean_base64(slot.text, slot.label, limit=limit)
            if cleaned != slot.text:
                slot.replace(cleaned)


def clean_base64(text: str, declared: str = "", *, limit: int) -> str:
    """Base64, bare or as a `data:` address, cleaned; the same text where nothing was to be."""
    head, encoded = "", text
    if text[:5].lower() == "data:":
        found = _DATA_URL.match(text)
        if found is None:
            raise MalformedMedia("A `data:` address is not in base64.")
        head, encoded = found.group(), text[found.end() :]
        if declared.startswith("image/") and not (found.group(1) or "").startswith("image/"):
            raise MalformedMedia
        declared = found.group(1) or declared
    if len(encoded) > limit // 3 * 4 + 4:
        raise MediaTooLarge
    data = _decode(encoded)
    cleaned = clean_bytes(data, declared)
    return text if cleaned == data else head + b64encode(cleaned).decode()


def clean_bytes(data: bytes, declared: str) -> bytes:
    """A file cleaned, if it is a picture. Raises MalformedMedia where it is not what it says."""
    said = _ALIASES.get(declared.lower(), declared.lower())
    kind = find_kind(data)
    if said.startswith("image/") and kind not in _PICTURES:
        raise MalformedMedia
    if kind and "/" in said and said not in (kind, _sound_in(kind), *_ANY):
        raise MalformedMedia
    return strip_picture(data, kind) if kind in _PICTURES else data


def _sound_in(kind: str) -> str:
    """What a container is called where it is said to hold sound alone."""
    return kind.replace("video/", "audio/") if kind in _CONTAINERS else kind


def find_kind(data: bytes) -> str:
    """What a file is by its first bytes; "" for what is not known here."""
    for first, kind in _FIRST:
        if data.startswith(first):
            return kind
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": "audio/wav"}.get(data[8:12], "")
    if data[4:8] == b"ftyp":  # ISO/IEC 14496-12 §4.3
        return "audio/mp4" if data[8:11] == b"M4A" else "video/mp4"
    if data[:1] == b"\xff" and data[1:2] in _OF_SOUND:
        return _OF_SOUND[data[1:2]]
    return ""


def may_be_sound(kind: str) -> bool:
    """Whether a file of this kind holds sound, or is one that may hold sound alone."""
    return kind.startswith("audio/") or kind in _CONTAINERS


def _decode(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (Base64Error, ValueError):
        raise MalformedMedia("A picture, sound or file is not valid base64.") from None
