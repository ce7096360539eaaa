"""A provider that keeps files and runs batches, by answering each line at once.

It is a script for `FakeProvider`: what a provider would know of files, it keeps in the
open, so that tests can look for what must not be there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import HTTP
from typing import Any

from tests.fakes.provider import Received, Step, chat_reply, message_reply, whole

CSV = b"step,loss\n1,0.5\n"


@dataclass
class FileStore:
    """OpenAI's files, batches and fine-tuning jobs, and Anthropic's batches."""

    files: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    message_batches: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)

    @property
    def stored(self) -> bytes:
        """All that is kept here, in one piece."""
        told = [
            *(object for object, _ in self.files.values()),
            *self.batches.values(),
            *self.jobs.values(),
        ]
        contents = [
            content for _, content in (*self.files.values(), *self.message_batches.values())
        ]
        return json.dumps(told).encode() + b"".join(contents)

    def __call__(self, received: Received) -> Sequence[Step]:
        path, _, _ = received.target.partition("?")
        _, _, kind, *rest = path.replace("/openai/v1/", "/openai/").split("/")
        if kind == "fine_tuning":
            rest = rest[1:]
        if kind == "messages":
            rest = rest[1:]
        answer = {
            "files": self._file,
            "batches": self._batch,
            "fine_tuning": self._job,
            "messages": self._message_batch,
        }[kind]
        try:
            return answer(received, *rest)
        except KeyError:
            return whole({"error": {"message": "There is no such thing."}}, "404 Not Found")

    def _file(self, received: Received, id: str = "", act: str = "") -> Sequence[Step]:
        if not id:
            return whole(self._keep_upload(received))
        if received.method == "DELETE":
            del self.files[id]
            if "anthropic-version" in received.headers:
                return whole({"id": id, "type": "file_deleted"})
            return whole({"id": id, "object": "file", "deleted": True})
        told, content = self.files[id]
        return whole(content, content_type="application/octet-stream") if act else whole(told)

    def _keep_upload(self, received: Received) -> dict[str, Any]:
        parts = read_form(received)
        content = parts["file"].get_payload(decode=True)
        assert isinstance(content, bytes)
        filename = parts["file"].get_filename() or ""
        if "anthropic-version" in received.headers:
            return self.add_message_file(content, filename)
        purpose = parts["purpose"].get_payload()
        return self.add_file(content, str(purpose), filename)

    def add_message_file(self, content: bytes, filename: str) -> dict[str, Any]:
        """A file as Anthropic keeps it."""
        id = f"file_{len(self.files):024x}"
        told = {
            "id": id, "type": "file", "filename": filename, "mime_type": "text/plain",
            "size_bytes": len(content), "created_at": "2026-01-01T00:00:00Z", "downloadable": True,
        }  # fmt: skip
        self.files[id] = told, content
        return told

    def add_file(self, content: bytes, purpose: str, filename: str) -> dict[str, Any]:
        id = f"file-{len(self.files):024x}"
        told = {
            "id": id, "object": "file", "bytes": len(content), "created_at": 1, "status": "processed",
            "filename": filename, "purpose": purpose,
        }  # fmt: skip
        self.files[id] = told, content
        return told

    def _batch(self, received: Received, id: str = "", act: str = "") -> Sequence[Step]:
        if not id:
            id = f"batch_{len(self.batches):024x}"
            asked = received.document
            assert asked["input_file_id"] in self.files
            self.batches[id] = {
                "id": id, "object": "batch", "created_at": 1, "status": "in_progress", **asked,
            }  # fmt: skip
            return whole(self.batches[id])
        batch = self.batches[id]
        if act == "cancel":
            batch["status"] = "cancelled"
        elif batch["status"] == "in_progress":
            self._complete(batch)
        return whole(batch)

    def _complete(self, batch: dict[str, Any]) -> None:
        """Answer each line with what it says."""
        lines = self.files[batch["input_file_id"]][1].splitlines()
        replies = [_answer(number, json.loads(line)) for number, line in enumerate(lines)]
        made = self.add_file(b"".join(replies), "batch_output", "output.jsonl")
        batch |= {"status": "completed", "output_file_id": made["id"]}

    def _job(self, received: Received, id: str = "", act: str = "") -> Sequence[Step]:
        if not id:
            id = f"ftjob-{len(self.jobs):024x}"
            self.jobs[id] = {
                "id": id, "object": "fine_tuning.job", "created_at": 1, "status": "running",
                "result_files": [], "seed": 1, "organization_id": "org-1", "hyperparameters": {},
                **received.document,
            }  # fmt: skip
            return whole(self.jobs[id])
        job = self.jobs[id]
        if act in ("events", "checkpoints"):
            return whole({"object": "list", "data": [], "has_more": False})
        if act == "cancel":
            job["status"] = "cancelled"
        elif not job["result_files"]:
            made = self.add_file(CSV, "fine-tune-results", "results.csv")
            job |= {"status": "succeeded", "result_files": [made["id"]]}
        return whole(job)

    def _message_batch(self, received: Received, id: str = "", act: str = "") -> Sequence[Step]:
        if not id:
            id = f"msgbatch_{len(self.message_batches):024x}"
            requests = received.document["requests"]
            lines = [_result(one["custom_id"], one["params"]) for one in requests]
            told = {
                "id": id, "type": "message_batch", "processing_status": "ended",
                "created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z",
                "request_counts": dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0),
                "results_url": f"https://provider.example/v1/messages/batches/{id}/results",
            }  # fmt: skip
            self.message_batches[id] = told, b"".join(lines)
            return whole(told)
        told, content = self.message_batches[id]
        if act == "results":
            return whole(content, content_type="application/x-jsonl")
        if received.method == "DELETE":
            del self.message_batches[id]
            return whole({"id": id, "type": "message_batch_deleted"})
        return whole(told)


def read_form(received: Received) -> dict[str, Message]:
    """The parts of a form by name, as the standard library reads them."""
    kind = received.headers["content-type"].encode()
    form = message_from_bytes(b"content-type: " + kind + b"\r\n\r\n" + received.body, policy=HTTP)
    named = {}
    for part in form.iter_parts():  # type: ignore[attr-defined]  # an EmailMessage, by its policy
        named[part.get_param("name", header="content-disposition")] = part
    return named


def _answer(number: int, line: dict[str, Any]) -> bytes:
    said = line["body"]["messages"][-1]["content"]
    reply = {
        "id": f"batch_req_{number}",
        "custom_id": line["custom_id"],
        "response": {"status_code": 200, "request_id": "req_1", "body": chat_reply(said)},
        "error": None,
    }
    return json.dumps(reply).encode() + b"\n"


def _result(custom_id: str, params: dict[str, Any]) -> bytes:
    reply = message_reply(params["messages"][-1]["content"])
    return json.dumps({"custom_id": custom_id, "result": {"type": "succeeded", "message": reply}}).encode() + b"\n"  # fmt: skip
