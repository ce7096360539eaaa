"""A proxy before a PostgreSQL that cuts connections at the moment a test chooses."""

import contextlib
import socket
from dataclasses import dataclass, field
from threading import Event, Thread

MARK = b"\xf5CLB"  # a statement that stores a batch holds one, whole
PIECE = 1 << 20


@dataclass
class Cutter:
    """Passes everything on, until `plan` says what happens to the next batch.

    `before`: it is dropped, with its connection. `after`: it is done, and its answer
    is dropped. `late`: its connection is cut, and it arrives when `release` is set.
    `refuses`: no new connection is made either, until that is taken back."""

    target: tuple[str, int] = ("127.0.0.1", 5432)
    plan: str = ""
    refuses: bool = False
    release: Event = field(default_factory=Event)
    arrived: Event = field(default_factory=Event)
    port: int = 0
    _threads: list[Thread] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self._sockets.append(listener)
        self._begin(self._accept, listener)

    def stop(self) -> None:
        """End every connection; returns when nothing of it is left."""
        self.release.set()
        for each in self._sockets:
            _end(each)
        for thread in self._threads:
            thread.join(10)

    def _begin(self, work: object, *given: object) -> None:
        thread = Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                if self.refuses:
                    _end(near)
                    continue
                far = socket.create_connection(self.target)
                self._sockets += [near, far]
                answers = Event()  # set: what the server says is dropped
                self._begin(self._send, near, far, answers)
                self._begin(self._answer, near, far, answers)

    def _send(self, near: socket.socket, far: socket.socket, answers: Event) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(PIECE):
                plan, self.plan = (self.plan, "") if MARK in data else ("", self.plan)
                if plan == "before":
                    break
                if plan == "late":
                    answers.set()
                    _end(near)
                    self.release.wait(60)
                    far.sendall(data)
                    self.arrived.wait(60)
                    break
                if plan == "after":
                    answers.set()
                far.sendall(data)
                if plan == "after":
                    self.arrived.wait(60)
                    break
        _end(near)
        _end(far)

    def _answer(self, near: socket.socket, far: socket.socket, answers: Event) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(PIECE):
                if answers.is_set():
                    break
                near.sendall(data)
        if answers.is_set():
            self.arrived.set()
        _end(near)


def _end(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
