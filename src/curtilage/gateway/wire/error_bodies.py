"""Our errors in the shape that each provider's SDK expects.

SDKs try 408, 409, 429 and 5xx again by themselves: what the caller or a policy
caused is never one of those (but for a body that did not come in time, for which
HTTP has no other word), and `x-should-retry`, which both SDKs obey, says so too.
A mid-stream error is a frame, because the status has gone out already.
"""

from collections.abc import Mapping

import orjson

from curtilage.core.errors import (
    AuthenticationError,
    CurtilageError,
    DeniedError,
    InputError,
    LimitError,
    NotFoundError,
    UnavailableError,
)
from curtilage.gateway.errors import (
    BudgetUsedUp,
    NoCredential,
    NonceAsked,
    ProofRefused,
    PurposeNotHeld,
    ScopeMissing,
    StepUpAsked,
    TokenRefused,
    UnservedMethod,
)
from curtilage.gateway.wire.event_stream import encode_exception
from curtilage.identity.wire.challenges import (
    Challenge,
    ChallengeError,
    encode_bearer_challenge,
    encode_dpop_challenge,
)
from curtilage.identity.wire.dpop import DPOP_ALGORITHMS

_RETRIED_BY_SDKS = frozenset((409, 422))  # 422 is not retried, but no provider sends it

_OPENAI_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_ANTHROPIC_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_PATIENCE = 120  # seconds that a client may wait by itself; who waits longer has other plans
_SOON = 1  # seconds: what is needed here is started again by itself, or asked somewhere else
_QUOTA = "insufficient_quota"  # OpenAI's word for a budget, as type and code
REALM = "curtilage"  # RFC 6750 §3: a challenge says at least one thing
_BUG = "Something went wrong inside the gateway; nothing was altered."


def error_status(error: BaseException) -> int:
    """The HTTP status on a gateway route."""
    if not isinstance(error, CurtilageError):
        return 500
    return 400 if error.status in _RETRIED_BY_SDKS else error.status


def error_headers(error: BaseException, request_id: str) -> list[tuple[bytes, bytes]]:
    """Headers of an error reply, apart from its length."""
    headers = [
        (b"content-type", b"application/json"),
        (b"x-curtilage-request-id", request_id.encode("ascii", "replace")),
    ]
    wait = _retry_after(error)
    if wait is not None:
        headers.append((b"retry-after", b"%d" % wait))
    if isinstance(error, UnservedMethod):
        headers.append((b"allow", ", ".join(error.allowed).encode()))
    if error_status(error) == 408:
        headers.append((b"connection", b"close"))  # the rest of the body, RFC 9110 §15.5.9
    if not _may_help_again(error):
        headers.append((b"x-should-retry", b"false"))
    headers += [(b"www-authenticate", each.encode("ascii")) for each in challenges(error)]
    return headers


def challenges(error: BaseException) -> list[str]:
    """How to come in (RFC 9110 §11.6.1), with a key or a token, and with one that is bound."""
    challenge = _challenge(error)
    if challenge is None:
        return []
    dpop = encode_dpop_challenge(challenge, algorithms=DPOP_ALGORITHMS)
    is_of_proof = isinstance(error, ProofRefused | NonceAsked)
    return [dpop] if is_of_proof else [encode_bearer_challenge(challenge), dpop]


def _challenge(error: BaseException) -> Challenge | None:
    """RFC 6750 §3: who showed nothing is told no error."""
    if isinstance(error, StepUpAsked):
        demand = error.demand
        levels = (f"aal{demand.assurance}",) if demand.assurance else ()
        return Challenge(
            ChallengeError.INSUFFICIENT_USER_AUTHENTICATION,
            acr_values=levels,
            max_age=demand.max_age,
        )
    if isinstance(error, ScopeMissing):
        return Challenge(ChallengeError.INSUFFICIENT_SCOPE, scope=(error.scope,))
    if isinstance(error, PurposeNotHeld) and error.needed is not None:
        return Challenge(ChallengeError.INSUFFICIENT_SCOPE, scope=error.needed)
    if isinstance(error, TokenRefused):
        return Challenge(ChallengeError.INVALID_TOKEN)
    if isinstance(error, NonceAsked):
        return Challenge(ChallengeError.USE_DPOP_NONCE)
    if isinstance(error, ProofRefused):
        return Challenge(ChallengeError.INVALID_DPOP_PROOF)
    return Challenge(realm=REALM) if isinstance(error, AuthenticationError) else None


def _retry_after(error: BaseException) -> int | None:
    """Seconds to wait before the next try, RFC 9110 §10.2.3; None where nothing can be said."""
    if isinstance(error, LimitError):
        return error.retry_after
    return _SOON if isinstance(error, UnavailableError) and _may_help_again(error) else None


def _may_help_again(error: BaseException) -> bool:
    if isinstance(error, LimitError):
        return error.retry_after is not None and error.retry_after <= _PATIENCE
    if isinstance(
        error, InputError | DeniedError | AuthenticationError | NotFoundError | NoCredential
    ):
        return False
    return isinstance(error, CurtilageError)


def openai_error(error: BaseException, request_id: str) -> tuple[int, bytes]:
    """Status and body as OpenAI writes errors."""
    status = error_status(error)
    return status, orjson.dumps(_openai_document(error, status, request_id))


def azure_error(error: BaseException, request_id: str) -> tuple[int, bytes]:
    """As OpenAI writes errors, with the status inside, where Azure's own tools look for it."""
    status = error_status(error)
    told = _openai_document(error, status, request_id)["error"]
    return status, orjson.dumps({"error": {**told, "status": status}})


_GEMINI_STATES: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def gemini_error(error: BaseException, request_id: str) -> tuple[int, bytes]:
    """Status and body as Google's interfaces write errors; our code is its reason."""
    status = error_status(error)
    kind = "INVALID_ARGUMENT" if status < 500 else "INTERNAL"
    reason = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": error.code if isinstance(error, CurtilageError) else "internal",
        "domain": "curtilage",
        "metadata": {"request_id": request_id},
    }
    state = _GEMINI_STATES.get(status, kind)
    told = {"code": status, "message": _message(error), "status": state, "details": [reason]}
    return status, orjson.dumps({"error": told})


def gemini_error_frame(error: BaseException, request_id: str) -> bytes:
    """The event that ends a stream of Gemini with an error."""
    return b"data: " + gemini_error(error, request_id)[1] + b"\n\n"


_BEDROCK_KINDS: Mapping[int, str] = {
    401: "AccessDeniedException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}
# What a stream can end with, of which the service's model has fewer.
_BEDROCK_ENDINGS: Mapping[int, str] = {
    429: "throttlingException",
    502: "modelStreamErrorException",
    503: "serviceUnavailableException",
    504: "modelStreamErrorException",
}


def bedrock_error(error: BaseException, request_id: str) -> tuple[int, bytes]:
    """Status and body as AWS writes errors of Bedrock; our code stands beside."""
    status = error_status(error)
    code = error.code if isinstance(error, CurtilageError) else "internal"
    told = {"message": _message(error), "reason": code, "request_id": request_id}
    return status, orjson.dumps(told)


def bedrock_error_headers(error: BaseException, request_id: str) -> list[tuple[bytes, bytes]]:
    """As `error_headers`, with those in which AWS's SDKs look for an error's class and id."""
    status = error_status(error)
    other = "ValidationException" if status < 500 else "InternalServerException"
    kind = _BEDROCK_KINDS.get(status, other)
    return [
        *error_headers(error, request_id),
        (b"x-amzn-errortype", kind.encode()),
        (b"x-amzn-requestid", request_id.encode("ascii", "replace")),
    ]


def bedrock_error_frame(error: BaseException, request_id: str) -> bytes:
    """The exception that ends a stream of Bedrock."""
    status, body = bedrock_error(error, request_id)
    other = "validationException" if status < 500 else "internalServerException"
    return encode_exception(_BEDROCK_ENDINGS.get(status, other), body)


def openai_error_frame(error: BaseException, request_id: str) -> bytes:
    """The event that ends an OpenAI stream with an error; no `[DONE]` follows."""
    document = _openai_document(error, error_status(error), request_id)
    return b"data: " + orjson.dumps(document) + b"\n\n"


def responses_error_frame(error: BaseException, request_id: str) -> bytes:
    """The `error` event that ends a stream of OpenAI Responses."""
    told = _openai_document(error, error_status(error), request_id)["error"]
    event = {**told, "type": "error"}
    return b"event: error\ndata: " + orjson.dumps(event) + b"\n\n"


def anthropic_error(error: BaseException, request_id: str) -> tuple[int, bytes]:
    """Status and body as Anthropic writes errors."""
    status = error_status(error)
    return status, orjson.dumps(_anthropic_document(error, status, request_id))


def anthropic_error_frame(error: BaseException, request_id: str) -> bytes:
    """The `error` event that ends an Anthropic stream."""
    document = _anthropic_document(error, error_status(error), request_id)
    return b"event: error\ndata: " + orjson.dumps(document) + b"\n\n"


def _openai_document(
    error: BaseException, status: int, request_id: str
) -> dict[str, dict[str, object]]:
    kind = "invalid_request_error" if status < 500 else "server_error"
    kind, code = _OPENAI_TYPES.get(status, kind), "internal"
    if isinstance(error, BudgetUsedUp):
        kind = code = _QUOTA
    elif isinstance(error, CurtilageError):
        code = error.code
    return {
        "error": {
            "message": _message(error),
            "type": kind,
            "param": None,
            "code": code,
            "request_id": request_id,
        }
    }


def _anthropic_document(error: BaseException, status: int, request_id: str) -> dict[str, object]:
    kind = "invalid_request_error" if status < 500 else "api_error"
    return {
        "type": "error",
        "error": {"type": _ANTHROPIC_TYPES.get(status, kind), "message": _message(error)},
        "request_id": request_id,
    }


def _message(error: BaseException) -> str:
    """What happened and what to do. An unexpected error says nothing of itself."""
    if not isinstance(error, CurtilageError):
        return _BUG
    detail = error.detail if error.detail.endswith((".", "?", "!")) else f"{error.detail}."
    return f"{detail} {error.advice}".strip()
