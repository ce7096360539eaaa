"""What a caller says in headers, and which headers travel on. Pure.

Nothing of ours is forwarded, and of the caller's and the provider's headers
only what is named here: an unknown header may carry anything.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from curtilage.gateway.errors import (
    AmbiguousKey,
    MalformedHeader,
    MissingKey,
    ProofRefused,
    ProviderKeySent,
    SignatureSent,
)

OURS = b"cur_"
TOKEN = b"eyJ"  # base64url of `{"`: how a signed token of ours begins, and no provider's key
BOUND = b"dpop "
PROOF = b"dpop"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}\Z")

_FORWARDED = frozenset(
    (
        b"accept",
        b"anthropic-version",
        b"anthropic-beta",
        b"openai-beta",
        b"openai-organization",
        b"openai-project",
    )
)
_RETURNED = frozenset(
    (
        "content-type", "retry-after", "retry-after-ms", "x-request-id", "request-id", "x-should-retry",
        "openai-processing-ms", "openai-version", "openai-model", "x-curtilage-mirror",
        "x-amzn-requestid", "x-amzn-errortype",
    )
)  # fmt: skip
_RETURNED_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")


@dataclass(frozen=True, slots=True)
class CallerHeaders:
    """A caller's headers, read once.

    `credential` is the caller's own provider credential (name, value) when the
    Curtilage key came in `x-curtilage-key`; None where ours is to be used. `is_token` says
    that `key` is an access token; `is_bound` that it was sent as one that a key is bound to,
    with the `proofs` of that (RFC 9449 §7.1).
    """

    key: str = field(repr=False)
    credential: tuple[str, str] | None = field(repr=False)
    purpose: str
    subject: str
    session: str
    collection: str
    forwarded: tuple[tuple[str, str], ...]
    encoding: str
    approval: str = ""
    is_token: bool = False
    is_bound: bool = False
    proofs: tuple[str, ...] = field(default=(), repr=False)


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> CallerHeaders:
    """Read the key, our own headers, and what may travel on.

    Raises MissingKey, AmbiguousKey, ProviderKeySent or MalformedHeader.
    """
    single, forwarded = _sort(raw)
    key, credential = _find_key(single)
    proof = single.get(PROOF)
    is_token, is_bound = _judge_scheme(single, key, proof)
    return CallerHeaders(
        key=key,
        credential=credential,
        purpose=_named(single, b"x-curtilage-purpose"),
        subject=_named(single, b"x-curtilage-subject"),
        session=_named(single, b"x-curtilage-session"),
        collection=_named(single, b"x-curtilage-collection"),
        forwarded=tuple(forwarded),
        encoding=single.get(b"content-encoding", b"").decode("latin-1").strip().lower(),
        approval=_named(single, b"x-curtilage-approval"),
        is_token=is_token,
        is_bound=is_bound,
        proofs=() if proof is None else (proof.decode("latin-1"),),
    )


_SINGLE = frozenset(
    (
        b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", b"x-curtilage-key", b"x-curtilage-purpose",
        b"x-curtilage-subject", b"x-curtilage-session", b"x-curtilage-collection", b"x-curtilage-approval",
        b"content-encoding",
    )
)  # fmt: skip


def _sort(raw: Iterable[tuple[bytes, bytes]]) -> tuple[dict[bytes, bytes], list[tuple[str, str]]]:
    single: dict[bytes, bytes] = {}
    forwarded: list[tuple[str, str]] = []
    for name, value in raw:
        if name in _SINGLE:
            if single.setdefault(name, value) != value:
                raise (
                    AmbiguousKey
                    if name in _KEYS
                    else MalformedHeader(f"{name.decode()} came twice.")
                )
        elif name == PROOF:
            if PROOF in single:  # the same one twice, too (RFC 9449 §4.3, check 1)
                raise ProofRefused
            single[PROOF] = value
        elif name in _FORWARDED:
            forwarded.append((name.decode(), value.decode("latin-1")))
    return single, forwarded


_SIGNED = b"AWS4-"  # Signature Version 4 of AWS, and 4A
_KEYS = (b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key")


def _find_key(single: Mapping[bytes, bytes]) -> tuple[str, tuple[str, str] | None]:
    sent = {name: _bare(single[name]) for name in _KEYS if single.get(name)}
    if sent.get(b"authorization", b"").startswith(_SIGNED):
        raise SignatureSent
    if b"x-curtilage-key" in single:
        return _text(single[b"x-curtilage-key"]), _credential(single, sent)
    ours = {value for value in sent.values() if value.startswith((OURS, TOKEN))}
    if len(ours) > 1 or (ours and len(set(sent.values())) > 1):
        raise AmbiguousKey
    if ours:
        return _text(ours.pop()), None
    if sent:
        raise ProviderKeySent
    raise MissingKey


def _credential(
    single: Mapping[bytes, bytes], sent: Mapping[bytes, bytes]
) -> tuple[str, str] | None:
    if any(value.startswith(OURS) for value in sent.values()):
        raise AmbiguousKey
    if len(sent) > 1:
        raise AmbiguousKey
    return next(((name.decode(), _text(single[name])) for name in sent), None)


def _bare(value: bytes) -> bytes:
    """The key itself: without `Bearer` (RFC 6750 §2.1) or `DPoP` (RFC 9449 §7.1), in any case."""
    scheme, *rest = value.split(maxsplit=1)
    return rest[0].strip() if rest and scheme.lower() in _SCHEMES else value.strip()


_SCHEMES = frozenset((b"bearer", b"dpop"))


def _judge_scheme(
    single: Mapping[bytes, bytes], key: str, proof: bytes | None
) -> tuple[bool, bool]:
    """Whether a token came, and whether as one that a key is bound to: by the scheme, or,
    where a header has none, by the proof beside it. Of an API key a proof says nothing."""
    raw = single.get(b"authorization", b"")
    is_token = key.startswith("eyJ")
    if b"x-curtilage-key" not in single and raw:
        is_bound = raw[: len(BOUND)].lower() == BOUND
        return is_token or is_bound, is_bound
    return is_token, is_token and proof is not None


def _text(value: bytes) -> str:
    try:
        return value.decode("ascii").strip()
    except UnicodeDecodeError:
        raise MalformedHeader("A key holds bytes outside ASCII.") from None


def _named(single: Mapping[bytes, bytes], name: bytes) -> str:
    raw = single.get(name)
    if raw is None:
        return ""
    text = raw.decode("latin-1").strip()
    if not _NAME.match(text):
        raise MalformedHeader(
            f"{name.decode()} is not well formed; expected up to 128 letters, digits or one of ._:@/-"
        )
    return text


def returned_headers(raw: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Of a provider's headers, those that a caller may see."""
    kept = []
    for name, value in raw:
        lower = name.lower()
        if lower in _RETURNED or lower.startswith(_RETURNED_PREFIXES):
            kept.append((lower.encode("latin-1"), value.encode("latin-1", "replace")))
    return kept
