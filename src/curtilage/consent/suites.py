"""Suites: files with cases, each tried on the policy that it holds or names.

A policy file carries its own cases. A file with `policy = "NAME"` and nothing but
cases is a suite for a policy that lies elsewhere: a shipped one, one of the
folder of policies, or a file beside it. A file in JSON lines is a suite too: such
are made of corrections.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curtilage.consent.casefile import NAMES, parse_suite
from curtilage.consent.cases import Case, CaseResult, parse_cases, run_case
from curtilage.consent.errors import PolicyError
from curtilage.consent.models import Policy
from curtilage.consent.ports import Scan
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.wire import CASES, build_policy, parse_toml, refuse_idle_rules
from curtilage.core.errors import CurtilageError

LINES = ".jsonl"  # the ending of suites that are made of corrections


@dataclass(frozen=True, slots=True)
class Suite:
    """What came of one file. `problem` is set where it could not be tried."""

    file: Path
    policy: str = ""
    results: Sequence[CaseResult] = ()
    problem: CurtilageError | None = None

    @property
    def failures(self) -> list[CaseResult]:
        return [result for result in self.results if not result.passed]


@dataclass(frozen=True, slots=True)
class SuiteRunner:
    """Tries files. `scan` is called for cases that hold a text."""

    shelf: PolicyShelf
    scan: Scan

    def try_file(self, path: Path) -> Suite:
        """Every case of the file. Raises PolicyError, UnknownPolicy."""
        parse = parse_suite if path.suffix == LINES else parse_toml
        table = parse(read_file(path))
        policy, cases = self._read_policy(table, path), parse_cases(table)
        return Suite(path, policy.name, self._run(policy, cases))

    def try_each(self, paths: Sequence[Path]) -> list[Suite]:
        """Each file; one that cannot be tried is told, and does not stop the others."""
        suites = []
        for path in paths:
            try:
                suites.append(self.try_file(path))
            except CurtilageError as problem:
                suites.append(Suite(path, problem=problem))
        return suites

    def _run(self, policy: Policy, cases: Sequence[Case]) -> list[CaseResult]:
        return [run_case(policy, case, scan=self.scan) for case in cases]

    def _read_policy(self, table: Mapping[str, Any], path: Path) -> Policy:
        if NAMES in table:
            return self._find_named(table, path)
        policy = build_policy(table, path.stem.lower())
        if self.shelf.vocabulary:
            refuse_idle_rules(policy, self.shelf.vocabulary)
        return policy

    def _find_named(self, table: Mapping[str, Any], path: Path) -> Policy:
        name = table[NAMES]
        if not isinstance(name, str) or not set(table) <= {NAMES, CASES}:
            raise PolicyError(
                "A file that names its `policy` holds `[[case]]` tables and no other."
            )
        if not name.endswith(".toml"):
            return self.shelf.load(name)
        beside = path.parent / name
        return self._read_policy(_refuse_chain(parse_toml(read_file(beside))), beside)


def _refuse_chain(table: Mapping[str, Any]) -> Mapping[str, Any]:
    if NAMES in table:
        raise PolicyError("A suite names a suite; expected a policy.")
    return table


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files that are meant: each file once, and the policies and suites of each folder."""
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_list(path) if path.is_dir() else [path]))
    return list(found)


def _list(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".toml", LINES))


def read_file(path: Path) -> bytes:
    """The bytes of a policy file. Raises `PolicyError`."""
    try:
        return path.read_bytes()
    except OSError:
        raise PolicyError(
            "The policy file cannot be read.", hint="Give an existing file."
        ) from None
