"""Given and family names in Latin letters: those of Faker's locales, and `world.txt`."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ'’ .-]+")
_GIVEN = re.compile(r"^((fe)?male_|unisex_)?first_names?(_|$)")
_FAMILY = re.compile(r"^((fe)?male_|unisex_)?last_names?(_|$)")
_NOT_MEANT = frozenset({"Doe"})  # what a locale without family names gets


@cache
def known_names() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By locale, or by the group of `world.txt`."""
    people = importlib.import_module("faker.providers.person")
    found = {}
    for module in sorted(pkgutil.iter_modules(people.__path__), key=lambda each: each.name):
        provider = importlib.import_module(f"{people.__name__}.{module.name}").Provider
        lists: dict[str, set[str]] = {"given": set(), "family": set()}
        for name in dir(provider):
            kind = "given" if _GIVEN.search(name) else "family" if _FAMILY.search(name) else None
            value = getattr(provider, name)
            if kind and not callable(value):
                names = (part.strip() for part in _flat(value))
                lists[kind] |= {part for part in names if len(part) > 1 and LATIN.fullmatch(part)}
        lists["family"] -= _NOT_MEANT
        lists["family"] |= {
            f"{name[:-1]}a" for name in lists["family"] if name.endswith(("ski", "cki"))
        }
        found[module.name] = (tuple(sorted(lists["given"])), tuple(sorted(lists["family"])))
    return found | _world()


def _world() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    text = (Path(__file__).parent / "world.txt").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        group, kind, *names = line.split(" ")
        lists.setdefault(group, {})[kind] = tuple(names)
    return {group: (kinds["given"], kinds["family"]) for group, kinds in lists.items()}


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for part in value:
            yield from _flat(part)
