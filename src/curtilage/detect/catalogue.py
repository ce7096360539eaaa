"""All kinds, found by listing the folder `rules`, and the version that names them."""

import hashlib
import importlib
import pkgutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import phonenumbers

from curtilage.detect import rules
from curtilage.detect.models import Kind

# Code, word lists and the weights of models. The network of the larger tagger is twenty megabytes;
# its calibration, a `txt`, is made anew with it.
SOURCES = ("py", "txt", "bin", "xz", "json")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Kinds by type, and the rule group (module) that each one is from."""

    kinds: Mapping[str, Kind]
    groups: Mapping[str, str]


def load_catalogue() -> Catalogue:
    """Every `KINDS` of every module in `rules`, in the order of module names."""
    kinds: dict[str, Kind] = {}
    groups: dict[str, str] = {}
    for found in sorted(pkgutil.iter_modules(rules.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{rules.__name__}.{found.name}")
        for kind in module.KINDS:
            if kind.type in kinds:
                raise ValueError(f"{kind.type} is declared twice")
            kinds[kind.type] = kind
            groups[kind.type] = found.name
    return Catalogue(MappingProxyType(kinds), MappingProxyType(groups))


def rules_version() -> str:
    """A hash of all that findings depend on: this package's source and its tables.

    Sources rather than declarations, so that a changed check digit counts too, or a word of a
    lexicon.
    """
    state = hashlib.blake2b(digest_size=12)
    state.update(f"{phonenumbers.__version__} {unicodedata.unidata_version}".encode())
    root = Path(__file__).parent
    for path in sorted(path for kind in SOURCES for path in root.rglob(f"*.{kind}")):
        state.update(path.relative_to(root).as_posix().encode() + b"\0")
        state.update(path.read_bytes())
    return state.hexdigest()
