"""Errors in the shape of each provider, which no SDK tries again in vain."""

import json
from datetime import timedelta

import pytest

from curtilage.app.errors import ControlUnreachable
from curtilage.core.errors import (
    ConflictError,
    LimitError,
    PeerError,
    TamperError,
    UnavailableError,
)
from curtilage.core.models import Demand
from curtilage.gateway import errors as gateway
from curtilage.gateway.errors import (
    MissingKey,
    NonceAsked,
    PolicyRefused,
    ProofRefused,
    PurposeNotHeld,
    ScopeMissing,
    StepUpAsked,
    TokenRefused,
)
from curtilage.gateway.wire import errors
from curtilage.gateway.wire.error_bodies import (
    anthropic_error,
    anthropic_error_frame,
    bedrock_error,
    bedrock_error_frame,
    bedrock_error_headers,
    error_headers,
    error_status,
    openai_error,
    openai_error_frame,
)
from curtilage.gateway.wire.event_stream import EventStreamParser

ID = "0193-request"
CASES = [
    (errors.MalformedBody(), 400, "invalid_request_error", "invalid_request_error"),
    (errors.UnknownPart(), 400, "invalid_request_error", "invalid_request_error"),
    (errors.UnscannableContent("An image."), 403, "permission_error", "permission_error"),
    (gateway.ContentBlocked(), 400, "invalid_request_error", "invalid_request_error"),
    (gateway.MissingKey(), 401, "authentication_error", "authentication_error"),
    (gateway.UnknownModel(), 404, "not_found_error", "not_found_error"),
    (gateway.BodyTooLarge(), 413, "invalid_request_error", "request_too_large"),
    (gateway.BodyTooSlow(), 408, "invalid_request_error", "invalid_request_error"),
    (ConflictError(), 400, "invalid_request_error", "invalid_request_error"),
    (gateway.KeyLimitReached(retry_after=7), 429, "rate_limit_error", "rate_limit_error"),
    (gateway.BudgetUsedUp(retry_after=7), 429, "insufficient_quota", "rate_limit_error"),
    (gateway.NoPrice(), 403, "permission_error", "permission_error"),
    (gateway.Busy(), 503, "server_error", "overloaded_error"),
    (gateway.UpstreamFailed("timeout", sent=True), 504, "server_error", "timeout_error"),
    (TamperError(), 500, "server_error", "api_error"),
    (ValueError("ada@library.example"), 500, "server_error", "api_error"),
]


@pytest.mark.parametrize(("error", "status", "openai", "anthropic"), CASES)
def test_each_error_has_both_shapes(
    error: BaseException, status: int, openai: str, anthropic: str
) -> None:
    assert error_status(error) == status
    code, raw = openai_error(error, ID)
    body = json.loads(raw)["error"]
    assert (code, body["type"], body["param"], body["request_id"]) == (status, openai, None, ID)
    assert body["code"] in (getattr(error, "code", "internal"), "insufficient_quota")
    code, raw = anthropic_error(error, ID)
    document = json.loads(raw)
    assert (code, document["type"], document["error"]["type"], document["request_id"]) == (
        status,
        "error",
        anthropic,
        ID,
    )
    assert document["error"]["message"] == body["message"]


def test_the_message_says_what_to_do_and_an_unexpected_error_says_nothing_of_itself() -> None:
    message = json.loads(
        openai_error(errors.UnscannableContent("An image.", hint="Leave it out."), ID)[1]
    )["error"]["message"]
    assert message == "An image. Leave it out."
    for make in (openai_error, anthropic_error):
        assert b"library" not in make(ValueError("ada@library.example"), ID)[1]


def test_what_the_caller_or_the_policy_caused_is_not_tried_again() -> None:
    for error, *_ in CASES:
        headers = dict(error_headers(error, ID))
        assert headers[b"x-curtilage-request-id"] == ID.encode()
        ours = isinstance(
            error, LimitError | UnavailableError | PeerError | TamperError | ConflictError
        )
        assert (b"x-should-retry" not in headers) == ours


def test_a_limit_says_when_to_come_back_or_not_to() -> None:
    headers = dict(error_headers(LimitError(retry_after=7), ID))
    assert headers[b"retry-after"] == b"7"
    assert b"x-should-retry" not in headers
    late = dict(error_headers(LimitError(retry_after=3600), ID))
    assert (late[b"retry-after"], late[b"x-should-retry"]) == (b"3600", b"false")
    headers = dict(error_headers(LimitError(), ID))
    assert b"retry-after" not in headers
    assert headers[b"x-should-retry"] == b"false"


def test_what_does_not_answer_here_says_when_to_come_back_and_a_missing_credential_does_not() -> (
    None
):
    for error in (ControlUnreachable(), gateway.SnapshotStale(), gateway.UpstreamBusy()):
        assert dict(error_headers(error, ID))[b"retry-after"] == b"1"
    for lasting in (gateway.NoCredential(), PeerError(), ConflictError(), ValueError()):
        assert b"retry-after" not in dict(error_headers(lasting, ID))


def test_a_budget_that_is_used_up_is_what_openai_calls_a_quota() -> None:
    body = json.loads(openai_error(gateway.BudgetUsedUp(retry_after=7), ID)[1])["error"]
    assert (body["type"], body["code"]) == ("insufficient_quota", "insufficient_quota")
    limited = json.loads(openai_error(gateway.KeyLimitReached(retry_after=7), ID)[1])["error"]
    assert limited["code"] == "gateway.key-limit"


@pytest.mark.parametrize(
    ("reason", "sent", "hint"),
    [
        ("connect", False, "Nothing was sent: try again."),
        ("broken", False, "Nothing was sent: try again."),
        ("broken", True, "The provider may have worked on it"),
        ("timeout", True, "The provider may have worked on it"),
        ("oversize", True, "gateway.max_reply_bytes raised."),
    ],
)
def test_who_hears_of_a_provider_that_failed_knows_whether_to_send_it_again(
    reason: str, sent: bool, hint: str
) -> None:
    _, raw = openai_error(gateway.UpstreamFailed(reason, sent=sent), ID)
    assert hint in json.loads(raw)["error"]["message"]


def test_an_error_in_the_middle_of_a_stream_is_one_frame() -> None:
    frame = openai_error_frame(gateway.UpstreamFailed("broken", sent=True), ID)
    assert frame.startswith(b"data: {")
    assert frame.endswith(b"\n\n")
    assert json.loads(frame[6:])["error"]["code"] == "gateway.upstream-failed"
    frame = anthropic_error_frame(gateway.UpstreamFailed("broken", sent=True), ID)
    assert frame.startswith(b"event: error\ndata: {")
    assert frame.count(b"\n\n") == 1
    assert json.loads(frame.split(b"data: ")[1])["error"]["type"] == "api_error"


BEDROCK = [
    (errors.UnknownPart(), 400, "ValidationException", "validationException"),
    (gateway.MissingKey(), 401, "AccessDeniedException", "validationException"),
    (errors.UnscannableContent("An image."), 403, "AccessDeniedException", "validationException"),
    (gateway.UnknownModel(), 404, "ResourceNotFoundException", "validationException"),
    (gateway.KeyLimitReached(retry_after=7), 429, "ThrottlingException", "throttlingException"),
    (gateway.Busy(), 503, "ServiceUnavailableException", "serviceUnavailableException"),
    (
        gateway.UpstreamFailed("broken", sent=True),
        502,
        "InternalServerException",
        "modelStreamErrorException",
    ),
    (ValueError("ada"), 500, "InternalServerException", "internalServerException"),
]


@pytest.mark.parametrize(("error", "status", "kind", "ending"), BEDROCK)
def test_bedrock_has_the_class_in_a_header_and_a_stream_ends_with_one(
    error: BaseException, status: int, kind: str, ending: str
) -> None:
    said, body = bedrock_error(error, ID)
    assert (said, "ada" in body.decode()) == (status, False)
    assert json.loads(body)["message"]
    headers = dict(bedrock_error_headers(error, ID))
    assert headers[b"x-amzn-errortype"].decode() == kind
    assert headers[b"x-amzn-requestid"].decode() == ID
    (message,) = EventStreamParser().feed(bedrock_error_frame(error, ID))
    assert message.headers[":message-type"] == "exception"
    assert (message.headers[":exception-type"], message.payload) == (ending, body)


@pytest.mark.requirement(22, 23)
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MissingKey(), ['Bearer realm="curtilage"', 'DPoP realm="curtilage", algs=']),
        (TokenRefused(), ['Bearer error="invalid_token"', 'DPoP error="invalid_token"']),
        (ProofRefused(), ['DPoP error="invalid_dpop_proof"']),
        (
            ScopeMissing("models:call"),
            ['Bearer error="insufficient_scope", scope="models:call"', "DPoP error="],
        ),
        (
            PurposeNotHeld(("models:call", "purpose:ward")),
            ['Bearer error="insufficient_scope", scope="models:call purpose:ward"', "DPoP error="],
        ),
        (PurposeNotHeld(()), ['Bearer error="insufficient_scope"', "DPoP error="]),
        (PurposeNotHeld(), []),  # a key: no token would do
        (
            StepUpAsked(Demand(2, timedelta(minutes=15))),
            [
                'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="900"',
                "DPoP error=",
            ],
        ),
        (NonceAsked(), ['DPoP error="use_dpop_nonce"']),
        (StepUpAsked(Demand(0, timedelta(seconds=9))), ["Bearer error=", "DPoP error="]),
        (PolicyRefused(), []),
    ],
)
def test_who_may_not_in_is_told_how(error: Exception, told: list[str]) -> None:
    sent = [value for name, value in error_headers(error, "r") if name == b"www-authenticate"]
    assert len(sent) == len(told)
    assert all(value.decode().startswith(start) for value, start in zip(sent, told, strict=True))
    assert b"acr_values" not in b"".join(sent) or b"aal" in b"".join(sent)
