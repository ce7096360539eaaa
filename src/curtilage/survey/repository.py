"""A git repository, read by `git` itself: what it prints, and nothing that it could run.

No hook, no filter, no program that the repository's settings name is started:
differences are git's own, signatures are not looked at, nothing is fetched. Whose
repository may be read is git's decision (`safe.directory`), as for the user's own commands.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curtilage.survey.diffs import PRETTY
from curtilage.survey.errors import NoRepository

PIECE = 256 * 1024  # bytes of a line that are read at once
CALM = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.quotePath", "false"),
    (
        "protocol.allow",
        "never",
    ),  # a partial clone would fetch what it lacks, by a command of its own
    ("diff.noprefix", "false"),
    ("diff.mnemonicPrefix", "false"),
    ("diff.suppressBlankEmpty", "false"),
    ("log.showSignature", "false"),  # runs the program of `gpg.program`
    ("log.mailmap", "false"),
    ("log.follow", "false"),
    ("i18n.logOutputEncoding", "UTF-8"),
)
PLAIN = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--ignore-submodules=all",
    "--submodule=short",
)
SHAPE = (
    "-p",
    "-U0",
    "--find-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--diff-algorithm=myers",
)


@dataclass(frozen=True, slots=True)
class Repository:
    """Where `git` is to look, and in what environment."""

    folder: Path
    environment: Mapping[str, str]

    def check(self) -> None:
        """Raise NoRepository with what git says."""
        done = self._run("rev-parse", "--git-dir")
        if done.returncode:
            if b"dubious ownership" in done.stderr:
                raise NoRepository(
                    f"{self.folder} belongs to another user, and git will not read it.",
                    hint=f"If you trust it: git config --global --add safe.directory {self.folder.resolve()}",
                )
            raise NoRepository(f"{self.folder} is no git repository.")

    def is_shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def history(self, since: str = "") -> Iterator[bytes]:
        """What every commit of every branch and tag changed, newest first."""
        limits = [f"--since={since}"] if since else []
        return self._lines(
            "log",
            "--all",
            "--full-history",
            "--cc",
            f"--format={PRETTY}",
            *SHAPE,
            *PLAIN,
            *limits,
            "--",
        )

    def staged(self) -> Iterator[bytes]:
        """What the next commit would change."""
        return self._lines("diff", "--cached", *SHAPE, *PLAIN, "--")

    def _command(self, *words: str) -> Sequence[str]:
        calm = [part for name, value in CALM for part in ("-c", f"{name}={value}")]
        return ["git", "-C", str(self.folder), "--no-pager", *calm, *words]

    def _quiet(self) -> Mapping[str, str]:
        return {
            **self.environment,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "LC_ALL": "C",
        }

    def _run(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(  # noqa: S603  # a fixed program; the folder is behind -C
                self._command(*words), capture_output=True, env=self._quiet(), check=False
            )
        except FileNotFoundError:
            raise NoRepository("The program `git` is not there.", hint="Install git.") from None

    def _lines(self, *words: str) -> Iterator[bytes]:
        """What git prints, line by line; of a very long line, pieces."""
        with subprocess.Popen(  # noqa: S603
            self._command(*words),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env=self._quiet(),
            bufsize=1 << 20,
        ) as git:
            assert git.stdout is not None
            try:
                while line := git.stdout.readline(PIECE):
                    yield line
            finally:
                git.kill()
        if git.returncode > 0:
            raise NoRepository(
                f"git stopped with {git.returncode} before the end of the history.",
                hint="See what `git fsck` says of the repository.",
            )
