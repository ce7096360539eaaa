"""Time stamps of heads (RFC 3161): what is asked, and what an answer is worth.

The token is checked by `rfc3161-client`: status, imprint, nonce, signature, the
chain to our roots at the time it names, and that the certificate is for time
stamping only. A kept answer can be checked for as long as the roots are kept.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from curtilage.core.canonical import encode_trusted
from curtilage.core.errors import SetupError
from curtilage.core.words import say
from curtilage.ledger.errors import LedgerTampered, ProofInvalid
from curtilage.ledger.lines import LineFile
from curtilage.ledger.note import NOTE_LIMIT

FILE = "timestamps.jsonl"
RESPONSE_LIMIT = 65_536  # a token with its chain has 2,000 to 8,000 bytes
LINE_LIMIT = 2 * NOTE_LIMIT + 2 * RESPONSE_LIMIT
REQUEST_TYPE = "application/timestamp-query"  # RFC 3161 §3.4


@dataclass(frozen=True, slots=True)
class Question:
    """A request for a time stamp of a note, and the nonce that the answer must repeat."""

    body: bytes
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Roots:
    """Whom we believe about time: roots, and intermediates that answers may leave out."""

    roots: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...] = ()


def load_roots(path: Path | None) -> Roots:
    """The certificates of a PEM file. Raises a SetupError."""
    if path is None:
        raise SetupError(
            "The setting ledger.timestamp_ca is missing, and ledger.timestamp_url is given.",
            hint="Name a PEM file with the root certificate of the time-stamp authority.",
        )
    try:
        found = load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise SetupError(
            "The file of the setting ledger.timestamp_ca cannot be read as PEM certificates."
        ) from None
    roots = tuple(one for one in found if one.issuer == one.subject)
    if not roots:
        raise SetupError("The file of the setting ledger.timestamp_ca has no root certificate.")
    return Roots(roots, tuple(one for one in found if one not in roots))


def ask_timestamp(note: bytes) -> Question:
    """The question: when was this note there, with your certificate in the answer."""
    builder = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    return Question(request.as_bytes(), request.nonce)


def verify_timestamp(
    response: bytes, note: bytes, roots: Roots, *, expected_nonce: int | None = None
) -> datetime:
    """When the authority saw `note`. Raises ProofInvalid."""
    if len(response) > RESPONSE_LIMIT:
        raise ProofInvalid(say("A time stamp is longer than any should be."))
    try:
        answer = decode_timestamp_response(response)
        verifier = VerifierBuilder(
            roots=list(roots.roots),
            intermediates=list(roots.intermediates),
            nonce=expected_nonce,
        ).build()
        verifier.verify_message(answer, note)
        return answer.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError, TypeError):
        raise ProofInvalid(say("A time stamp does not hold for its head.")) from None


@dataclass(frozen=True, slots=True)
class Stamped:
    """A head as it was signed, and the answer of the authority."""

    note: bytes
    response: bytes

    def encode(self) -> bytes:
        response = b64encode(self.response).decode()
        return encode_trusted({"v": 1, "note": self.note.decode(), "response": response}) + b"\n"


def parse_stamped(line: bytes) -> Stamped:
    """What one line holds. Raises LedgerTampered."""
    try:
        fields = orjson.loads(line)
        response = b64decode(fields["response"], validate=True)
        stamped = Stamped(fields["note"].encode(), response)
        if fields["v"] == 1 and stamped.encode() == line:
            return stamped
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise LedgerTampered(say("A line of the file of time stamps is damaged."))


def stamped_lines(directory: Path) -> LineFile:
    """The time stamps that are kept beside the anchors."""
    return LineFile(directory / FILE, LINE_LIMIT)
