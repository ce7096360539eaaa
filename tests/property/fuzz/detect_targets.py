"""What a detector decodes before it judges."""

from collections.abc import Iterator

from curtilage.detect.issued import decode_base64, decode_base64url
from tests.property.fuzz.target import Target


def detect_targets() -> Iterator[Target]:
    yield Target("base64url", (decode_base64url,), ["eyJhbGciOiJub25lIn0"], decode_base64url)
    yield Target("base64", (decode_base64,), ["YWRhOnMzY3IzdA==", "MIIK\nYQIB"], decode_base64)
