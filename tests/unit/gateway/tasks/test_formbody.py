"""A form's file may be as large as an upload: no step of ours goes through it in the loop."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from curtilage.consent.models import Opaque
from curtilage.gateway.aside import AT_ONCE, Aside
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.tasks.uploading import UploadTask
from curtilage.gateway.wire.file_protocols import FILE_PROTOCOLS
from tests.fakes.dataplane import (
    Caller,
    DataPlane,
    FakeReply,
    StaticSnapshots,
    a_policy,
    a_snapshot,
)

PROTOCOL = FILE_PROTOCOLS["openai.files"]
FILE = b"%PDF-1.7\n" + bytes(AT_ONCE)
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
    b"Content-Type: application/pdf\r\n\r\n" + FILE + b"\r\n--b--\r\n"
)
MADE = b'{"id": "file-1", "object": "file", "purpose": "user_data", "filename": "a.pdf"}'
T = TypeVar("T")


class WatchedAside(Aside):
    """Notes how many bytes each piece of work goes through."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    async def run(self, size: int, work: Callable[[], T]) -> T:
        self.sizes.append(size)
        return await super().run(size, work)


async def test_a_file_that_leaves_as_it_came_is_copied_and_assembled_beside_the_loop() -> None:
    policy = a_policy(allowed_opaque=frozenset({Opaque.FILES}))
    plane = DataPlane(snapshots=StaticSnapshots(a_snapshot(policy=policy)))
    plane.upstream.answer = lambda _: FakeReply((MADE,))
    services = replace(plane.services(), aside=(aside := WatchedAside()))
    form = ((b"content-type", b"multipart/form-data; boundary=b"),)
    caller = Caller(FORM, PROTOCOL.path, headers=form)
    await serve_call(
        services, Path(PROTOCOL), caller.scope, caller.receive, caller.send, UploadTask
    )
    assert caller.status == 200
    assert FILE in bytes(plane.upstream.received[0].body)
    assert [size for size in aside.sizes if size][:2] == [len(FILE), len(FILE)]
