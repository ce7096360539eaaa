"""Traces as a collector gets them: real OTLP over HTTP, and nothing of anybody in it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the extra `otel` is not installed")

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from curtilage.app.settings import read_settings
from curtilage.app.telemetry import build_traces
from curtilage.core.errors import SetupError
from tests.fakes.provider import DONE, chat_delta, chat_reply, stream, whole
from tests.integration.processes import eventually
from tests.integration.service import CREDENTIAL, RunningService, running_service
from tests.planted import find_planted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
MAIL = "ada.traced@orchard.example"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "vendor=secret"}


class Collector:
    """An OTLP receiver on a port of its own. `status` is what it answers."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version: ClassVar[str] = "HTTP/1.1"

            def do_POST(self) -> None:  # the library's name
                raw = self.rfile.read(int(self.headers["content-length"]))
                collector.bodies.append(_unpacked(self.headers, raw))
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(collector.status)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}/v1/traces"

    def requests(self) -> list[ExportTraceServiceRequest]:
        return [ExportTraceServiceRequest.FromString(body) for body in self.bodies]

    def spans(self) -> list[Any]:
        return [
            span
            for request in self.requests()
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def find(self, request_id: str) -> Any:
        """The span of one call; None where it has not come."""
        return next(
            (
                span
                for span in self.spans()
                if _attributes(span)["curtilage.request_id"] == request_id
            ),
            None,
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _unpacked(headers: Any, raw: bytes) -> bytes:
    assert headers.get("content-encoding") in (None, "identity")
    return raw


def _attributes(span: Any) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in span.attributes}


def _value(value: Any) -> Any:
    if value.HasField("array_value"):
        return [_value(each) for each in value.array_value.values]
    return getattr(value, value.WhichOneof("value"))


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


@pytest.fixture(scope="module", autouse=True)
def credential() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", CREDENTIAL)
        yield


@pytest.fixture(scope="module")
def traced(
    tmp_path_factory: pytest.TempPathFactory, collector: Collector
) -> Iterator[RunningService]:
    flags = {"telemetry.endpoint": collector.endpoint}
    with running_service(tmp_path_factory.mktemp("traced"), **flags) as service:
        yield service


def ask(service: RunningService, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": f"Mail {MAIL}."}]}
    with service.client(service.key(), **(headers or {})) as client:
        return client.post("/v1/chat/completions", json=body | more)


def test_one_span_for_a_call_under_the_names_of_the_conventions(
    traced: RunningService, collector: Collector
) -> None:
    traced.provider.script = whole(chat_reply("Done."))
    reply = ask(traced)
    request_id = reply.headers["x-curtilage-request-id"]
    span = eventually(lambda: collector.find(request_id), limit=20)
    attributes = _attributes(span)
    assert span.name == f"chat {attributes['gen_ai.request.model']}"
    assert attributes["gen_ai.operation.name"] == "chat"
    assert attributes["gen_ai.provider.name"] == "openai"
    assert attributes["http.response.status_code"] == 200
    assert attributes["curtilage.findings"] == attributes["curtilage.protected"] == 1
    (outcome,) = [each for each in traced.events(request_id) if each.kind == "exchange.completed"]
    took = span.end_time_unix_nano - span.start_time_unix_nano
    assert took == outcome.facts["total_us"] * 1000  # type: ignore[operator]  # a count
    assert span.kind == span.SPAN_KIND_CLIENT
    assert not span.parent_span_id


def test_a_stream_and_a_refusal_have_theirs(traced: RunningService, collector: Collector) -> None:
    traced.provider.script = stream(chat_delta({"content": "Done."}, finish="stop"), DONE)
    streamed = ask(traced, stream=True).headers["x-curtilage-request-id"]
    refused = ask(traced, model="of-nobody").headers["x-curtilage-request-id"]
    span = eventually(lambda: collector.find(streamed), limit=20)
    assert _attributes(span)["curtilage.stream"] is True
    assert _attributes(span)["gen_ai.response.finish_reasons"] == ["stop"]
    span = eventually(lambda: collector.find(refused), limit=20)
    assert span.status.code == span.status.STATUS_CODE_ERROR
    assert span.status.message == ""
    assert _attributes(span)["error.type"].startswith("gateway.")


def test_nothing_of_anybody_reaches_the_collector(
    traced: RunningService, collector: Collector, tmp_path: Path
) -> None:
    traced.provider.script = whole(chat_reply(f"I wrote to {MAIL}."))
    headers = {"x-curtilage-session": "session-of-ada", "user": "ada", **PARENT}
    request_id = ask(traced, headers=headers, user=MAIL).headers["x-curtilage-request-id"]
    eventually(lambda: collector.find(request_id), limit=20)
    sent = tmp_path / "sent"
    sent.write_bytes(b"".join(collector.bodies))
    values = [MAIL, "ada", "session-of-ada", "127.0.0.1", "vendor=secret", "Mail "]
    assert find_planted([sent], values) == []
    (intent,) = [each for each in traced.events(request_id) if each.kind == "exchange.intended"]
    assert intent.actor.encode() not in sent.read_bytes()


def test_a_caller_does_not_choose_the_trace_and_a_provider_does_not_learn_it(
    traced: RunningService, collector: Collector
) -> None:
    traced.provider.script = whole(chat_reply("Done."))
    request_id = ask(traced, headers=PARENT).headers["x-curtilage-request-id"]
    span = eventually(lambda: collector.find(request_id), limit=20)
    assert span.trace_id.hex() != TRACE
    seen = {name.lower() for name, _ in traced.provider.received[-1].headers.items()}
    assert not seen & {"traceparent", "tracestate", "baggage"}


def test_a_trusted_caller_s_trace_goes_on(tmp_path: Path, collector: Collector) -> None:
    flags = {"telemetry.endpoint": collector.endpoint, "telemetry.trust_callers": True}
    with running_service(tmp_path, **flags) as service:
        service.provider.script = whole(chat_reply("Done."))
        request_id = ask(service, headers=PARENT).headers["x-curtilage-request-id"]
        seen = {name.lower() for name, _ in service.provider.received[-1].headers.items()}
        assert "traceparent" not in seen
    span = collector.find(request_id)  # stopping sends what waits
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, SPAN)
    assert span.trace_state == ""


@pytest.mark.parametrize("status", [0, 500])
def test_a_collector_that_fails_or_is_gone_costs_no_call(tmp_path: Path, status: int) -> None:
    broken = Collector()
    broken.status = status or 200
    if status == 0:
        broken.close()
    with running_service(tmp_path, **{"telemetry.endpoint": broken.endpoint}) as service:
        service.provider.script = whole(chat_reply("Done."))
        assert [ask(service).status_code for _ in range(3)] == [200, 200, 200]
        assert service.verify().holds
    if status:
        broken.close()


def test_without_an_endpoint_nothing_is_made(tmp_path: Path) -> None:
    assert build_traces(read_settings(None, {}, {}).telemetry, "gateway-0") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "collector.example"),
        ("sample", 1.5),
        ("sample", -0.1),
        ("trust_callers", "perhaps"),
    ],
)
def test_a_wrong_setting_stops_the_start(name: str, value: object) -> None:
    with pytest.raises(SetupError, match=f"telemetry.{name}"):
        read_settings(None, {}, {f"telemetry.{name}": value})
