"""The scanner as it is configured: what is built in, and rules of one's own from files."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import blake2b
from pathlib import Path

from curtilage.app.cache_dir import find_cache_dir
from curtilage.app.settings import Settings
from curtilage.core.errors import SetupError
from curtilage.core.settings import environment
from curtilage.detect.conversation import Conversation
from curtilage.detect.custom.finder import Allowed, CustomFinder
from curtilage.detect.custom.models import CustomRules
from curtilage.detect.custom.parse import parse_rules
from curtilage.detect.custom.patterns import PatternMatcher
from curtilage.detect.errors import BadRule
from curtilage.detect.hostile.assess import build_hostile, no_readings
from curtilage.detect.scanner import Finder, Scanner, build_scanner
from curtilage.gateway.engine import Engine
from curtilage.gateway.hostility import Assess

MOST_BYTES = 64 * 1024 * 1024  # of a file of rules, or of a list of words


def open_scanner(
    settings: Settings,
    *,
    today: date,
    names: bool | Finder | None = None,
) -> Scanner:
    """The scanner of an installation. Raises a SetupError that names the file of a bad rule."""
    scanner = build_scanner(
        find_cache_dir(settings.server.data_dir, environment()),
        names=settings.detect.names if names is None else names,
        taggers=settings.detect.taggers,
        labels=settings.detect.labels,
    )
    return with_rules(scanner, settings.detect.rules, today=today)


def with_rules(scanner: Scanner, files: Iterable[Path], *, today: date) -> Scanner:
    """The scanner with the rules of these files too."""
    rules = [_read(file) for file in files]
    if not rules:
        return scanner
    together = CustomRules(
        patterns=tuple(each for one in rules for each in one.patterns),
        words=tuple(each for one in rules for each in one.words),
        allowances=tuple(each for one in rules for each in one.allowances),
    )
    return replace(
        scanner, custom=CustomFinder(together), allowed=Allowed(together.allowances, today)
    )


def make_engine(scanner: Scanner, cache_key: bytes, *, cache_dir: Path | None = None) -> Engine:
    """What the gateway looks and decides with. Compiled patterns are kept in `cache_dir`."""
    patterns = scanner.engine.scan
    return Engine(
        scan=scanner.scan,
        rules=scanner.version,
        categories=scanner.categories,
        cache_key=cache_key,
        bare=patterns,
        begin=partial(Conversation, patterns, scanner.engine.checked),
        assess=make_assess(scanner, cache_dir),
    )


def make_assess(scanner: Scanner, cache_dir: Path | None) -> Assess:
    """What tells hostile text, in all the ways that the scanner reads one."""
    readings = scanner.hidden.readings if scanner.hidden else no_readings
    return build_hostile(readings=readings, cache_dir=cache_dir, late=True).assess


def check_rules(file: Path) -> None:
    """Raise a SetupError that names the file where its rules do not hold."""
    _read(file)


def digest_rules(file: Path) -> str:
    """Of a file of rules and the lists of words that it names: findings depend on them all."""
    lists: list[Path] = []
    _read(file, lists)
    digest = blake2b()
    for path in (file, *lists):
        digest.update(blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def _read(file: Path, lists: list[Path] | None = None) -> CustomRules:
    """The rules of a file, each of them tried; lists of words lie beside it.

    Those that were read are added to `lists`."""

    def read_words(name: str) -> list[str]:
        if lists is not None:
            lists.append(file.parent / name)
        return _lines(file.parent / name)

    try:
        rules = parse_rules("\n".join(_lines(file)), read_words=read_words)
        PatternMatcher(rules.patterns)
    except BadRule as problem:
        raise SetupError(f"{file}: {problem.detail}", hint=problem.advice) from None
    except OSError as problem:
        raise SetupError(f"{file} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise SetupError(f"{file} is not UTF-8; expected a file of rules in TOML.") from None
    return rules


def _lines(file: Path) -> list[str]:
    with file.open("rb") as opened:
        raw = opened.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadRule(f"A file is larger than {MOST_BYTES:,} bytes; expected a smaller one.")
    return raw.decode("utf-8-sig").splitlines()
