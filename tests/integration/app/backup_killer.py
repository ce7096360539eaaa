"""Runs a command again and again and kills it at its next file event each time.

A file event is what CPython audits: open, mkdir, rename, link, remove … So every
state that a kill -9 can leave between two of them is reached, and none by luck.
Called with `killer FIRST STEP command…`; prints how each try ended, one a line.
"""

import os
import signal
import sys
from typing import Any

import curtilage.cli.backup  # loaded once, before the forks  # noqa: F401
from curtilage.cli.main import run

EVENTS = ("open", "os.", "shutil.", "sqlite3.connect")
FINISHED = 77


def kill_at(number: int) -> None:
    """Die at the event of this number."""
    left = number

    def watch(event: str, arguments: Any) -> None:
        nonlocal left
        if event.startswith(EVENTS):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def attempt(number: int, command: list[str]) -> int:
    """The exit code of one try, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        kill_at(number)
        os._exit(run(command))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    number, step, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a text file
    while True:
        code = attempt(number, command)
        sys.stdout.write(f"{code}\n")
        if code >= 0 or sys.stdin.readline() == "":
            return
        number += step


if __name__ == "__main__":
    main()
