"""What is measured, each a table: ours first, then each rival on the same texts."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.quality import alarms, hidden, hostile, identifiers
from bench.quality.finders import PEERS, ours, peer_findings
from bench.quality.page import Cell, Table
from curtilage.core.models import Finding
from curtilage.detect.engine import Engine
from curtilage.detect.evaluation import BINS, Labelled, Report, Span, is_masked
from curtilage.detect.hostile.assess import build_hostile
from curtilage.detect.hostile.models import Origin
from curtilage.detect.scanner import Scanner
from tests.unit.detect.secret_formats import near_misses, positives, read_formats
from tools.tagger.corpora import read_labelled
from tools.tagger.generate.texts import generate

SEED = 20261128
PER_TYPE = 12
WEAK = 15  # types that are listed
NAMES = ("PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS")
SETS = ("wnut17_dev", "echr_es_fr_manual_dev")
INVENTED = 480
Found = Sequence[Sequence[Finding]]


@dataclass(slots=True)
class Bench:
    """The finders of one run, and how often what they say is right."""

    words: int
    data: Path | None = None
    peers: Sequence[str] = ()
    scanner: Scanner = field(default_factory=ours)
    reliability: dict[str, Report] = field(default_factory=dict)

    @property
    def head(self) -> list[str]:
        return ["Curtilage", *(PEERS[name] for name in self.peers)]

    def found(self, texts: Sequence[str]) -> list[Found | None]:
        """What each finder finds in each text."""
        mine: Found = [self.scanner.scan(text) for text in texts]
        return [mine, *(peer_findings(name, texts) for name in self.peers)]

    def judge(self, name: str, labelled: Iterable[Labelled], found: Found) -> Report:
        """Count ours, for the table of reliability too."""
        report = self.reliability.setdefault(name, Report())
        for each, findings in zip(labelled, found, strict=True):
            report.add(each, findings)
        return report

    def tables(self) -> Iterator[Table]:
        """All that can be measured with what is there."""
        if self.data is not None:
            yield from self.identifiers(self.data)
        yield self.secrets()
        if self.data is not None:
            yield self.names(self.data / "train")
        yield from self.hidden()
        yield self.hostile()
        yield self.alarms()
        yield self.reliable()
        yield self.speed()

    def identifiers(self, data: Path) -> Iterator[Table]:
        cases = list(identifiers.cases(data / "entities.json", seed=SEED, count=PER_TYPE))
        every = self.found([case.text for case in cases])
        mine = every[0]
        assert mine is not None
        right = [place for place, case in enumerate(cases) if case.way != "wrong"]
        self.judge(
            "identifiers",
            [_labelled(cases[place]) for place in right],
            [mine[place] for place in right],
        )
        rows: list[Sequence[Cell]] = []
        for way, what in WAYS:
            places = [place for place, case in enumerate(cases) if case.way == way]
            shares = [_masked(cases, one, places) if one is not None else None for one in every]
            rows.append([f"{what} ({len(places):,})", LIMITS.get(way, ""), *shares])
            if way != "unnamed":
                typed = sum(_is_typed(cases[place], mine[place]) for place in places)
                rows.append([TYPED[way], LIMITS[f"{way}, typed"], typed / len(places)])
        width = len(self.head) + 2
        rows = [[*row, *[None] * (width - len(row))] for row in rows]
        yield Table("Identifiers", IDENTIFIERS, ["what", "wanted", *self.head], rows)
        yield _by_group(cases, mine, self.scanner.engine)
        yield _weakest(cases, mine)

    def secrets(self) -> Table:
        rng = random.Random(SEED)
        labelled = [
            Labelled(text, [Span(text.index(value), text.index(value) + len(value), form.kind)])
            for form in read_formats()
            for text, value in positives(form, rng)
        ]
        misses = [text for form in read_formats() for text in near_misses(form, rng)]
        every = self.found([each.text for each in labelled])
        near = self.found(misses)
        self.judge("secrets", labelled, _secret(every[0] or ()))
        recall: list[Cell] = []
        typed: list[Cell] = []
        for one in every:
            recall.append(_share_touched(labelled, one) if one is not None else None)
        typed.append(_share_touched(labelled, every[0] or (), typed=True))
        typed += [None] * len(self.peers)
        specific: list[Cell] = []
        for number, one in enumerate(near):
            texts = _secret(one) if one is not None and number == 0 else one
            specific.append(
                None if texts is None else sum(not each for each in texts) / len(misses)
            )
        rows: list[Sequence[Cell]] = [
            [f"found ({len(labelled):,})", "≥ .97", *recall],
            ["found as what it is", "", *typed],
            [f"near misses left alone ({len(misses):,})", "≥ .99", *specific],
        ]
        return Table("Secrets", SECRETS, ["what", "wanted", *self.head], rows)

    def names(self, folder: Path) -> Table:
        sets = {name: _corpus(folder, name) for name in SETS}
        for row in generate(INVENTED, seed=99, dev=True):
            each = Labelled(row.text, [Span(*span) for span in row.spans], row.lang)
            sets.setdefault(f"invented, {row.lang}", []).append(each)
        rows: list[Sequence[Cell]] = []
        for name, labelled in sets.items():
            found = [
                [item for item in self.scanner.scan(each.text) if item.type in NAMES]
                for each in labelled
            ]
            report = Report()
            for each, findings in zip(labelled, found, strict=True):
                report.add(each, findings)
            self.judge(name.partition(",")[0], labelled, found)
            for kind in NAMES:
                tally = report.by_type[kind]
                if tally.spans:
                    figures = (tally.masked_recall, tally.precision, tally.exact_f1)
                    rows.append([name, kind, str(tally.spans), *figures])
        head = ["texts", "type", "of", "masked", "of findings right", "exact F1"]
        return Table("Names, places, organisations", NAMED, head, rows)

    def hidden(self) -> Iterator[Table]:
        cases = list(hidden.cases(SEED))
        every = self.found([case.text for case in cases])
        tricks: dict[str, list[int]] = defaultdict(list)
        for place, case in enumerate(cases):
            tricks[case.trick].append(place)
        rows: list[Sequence[Cell]] = [
            ["all", str(len(cases)), *(_covered(cases, one, range(len(cases))) for one in every)]
        ]
        for trick, places in tricks.items():
            shares = [_covered(cases, one, places) for one in every]
            rows.append([trick, str(len(places)), *shares])
        yield Table("Hidden text", HIDDEN, ["trick", "of", *self.head], rows)

    def hostile(self) -> Table:
        judge = build_hostile()
        rows: list[Sequence[Cell]] = []
        for name, wanted, samples in (
            ("attacks found", "≥ .80", hostile.attacks(hostile.SEED)),
            ("ordinary text taken for one", "≤ .005", hostile.benign(hostile.SEED)),
        ):
            by_origin = {"document": Origin.DOCUMENT}
            texts = [sample.text for sample in samples]
            for origin, known in by_origin.items():
                count, total = hostile.share_found(judge, texts, known)
                rows.append([f"{name}, from a {origin} ({total:,})", wanted, count / total])
        return Table("Hostile text", HOSTILE, ["what", "wanted", "Curtilage"], rows)

    def alarms(self) -> Table:
        rows: list[Sequence[Cell]] = []
        for kind in ("code", "readme", "logs"):
            texts = list(alarms.texts(kind, seed=SEED, words=self.words))
            size = sum(len(text.split()) for text in texts)
            every = self.found(texts)
            self.judge(f"benign {kind}", [Labelled(text, []) for text in texts], _counted(every[0]))
            rates = [None if one is None else _rate(one, size) for one in every]
            plain = [self.scanner.engine.scan(text) for text in texts]
            rows.append([f"{kind} ({size:,} words)", "≤ .3", *rates])
            rows.append(
                [f"{kind}, patterns alone", "≤ .3", _rate(plain, size), *[None] * len(self.peers)]
            )
        return Table("False alarms", ALARMS, ["in 1,000 words of", "wanted", *self.head], rows)

    def reliable(self) -> Table:
        rows: list[Sequence[Cell]] = []
        for name, report in self.reliability.items():
            counts = [report.reliability.get(edge, (0, 0)) for edge in BINS]
            cells = [f"{good / count:.2f} ({count:,})" if count else "" for count, good in counts]
            rows.append(
                [name, *cells, report.share_right(0.8) if any(c for c, _ in counts) else None]
            )
        head = ["texts", *(f"from {edge}" for edge in BINS), "all from .8"]
        return Table("Reliability", RELIABILITY, head, rows)

    def speed(self) -> Table:
        texts = [text[:8_000] for text in alarms.texts("readme", seed=SEED, words=20_000)]
        engine = self.scanner.engine
        rows: list[Sequence[Cell]] = []
        for name, scan in (
            ("patterns", engine.scan),
            ("all: names, phrases, hidden text", self.scanner.scan),
        ):
            began = time.process_time()
            for text in texts:
                scan(text)
            spent = time.process_time() - began
            rows.append([name, f"{sum(map(len, texts)) / spent / 1e6:.2g} MB/s"])
        return Table("Throughput", SPEED, ["Curtilage", "of one core"], rows)


WAYS = (
    ("named", "valid, in a sentence or data that names them: masked"),
    ("unnamed", "the same without any naming word: masked"),
    ("wrong", "a wrong check digit, masked all the same"),
)
LIMITS: Mapping[str, str] = {
    "named": "≥ .97",
    "unnamed": "≥ .75",
    "named, typed": "≥ .93",
    "wrong, typed": "≤ .02",
}
TYPED = {"named": "as the right type", "wrong": "a wrong check digit taken for that type"}
IDENTIFIERS = """\
Values come from the checks of python-stdnum where it knows a type, so that our patterns are not judged by
themselves; the names of the types, from a table that others wrote. A number with a wrong check digit is
better masked than not, but not as what it is not."""
SECRETS = """\
Made from what issuers document, in code, configuration and prose. A near miss has the wrong prefix, is too
short, or a placeholder. A rival's finding of any type counts."""
NAMED = """\
Exact F1 is the figure of the literature. A finding is right where it overlaps a name of its type. Names and
frames of the invented texts are in no text that was learned from; texts that others invent are less like ours.
The corpora leave many names unlabelled, above all of organisations. Rivals are not
measured: the models that they would use are not in their packages."""
HIDDEN = """\
Each trick with each of the commonest types, in sentences that name them: found is what is covered
whole; of a line that assigns a password, the value."""
HOSTILE = """\
Attacks and ordinary text come from two grammars apart from those the model learned from. The ordinary texts are
hard on purpose: many are about attacks."""
ALARMS = """\
Code and descriptions of the packages that are installed, without lines that name people or places, and made-up
logs. Addresses of sites, e-mail addresses and dates are not counted: they are what they say. Among what is
left in descriptions are names after all, of programs (`Claude`, `Travis`) and of people: nobody sorted them."""
RELIABILITY = """\
Of the findings of a score, the share that is right, and how many there are. A score is meant to be that share. On
ordinary code and logs, where nothing is right, only how few there are tells anything; in named identifiers and
secrets, a finding of a sister type counts as wrong."""
SPEED = """\
On descriptions of packages, up to 8 kB at once. The only figures here that are not the same on each run;
[performance](../performance.md) has those that count, beside Presidio's."""


def _corpus(folder: Path, name: str) -> list[Labelled]:
    rows = read_labelled(folder / f"{name}.jsonl.gz")
    return [Labelled(row.text, [Span(*span) for span in row.spans], row.lang) for row in rows]


def _labelled(case: identifiers.Case) -> Labelled:
    return Labelled(case.text, [Span(case.start, case.end, case.type)], case.lang)


def _masked(cases: Sequence[identifiers.Case], found: Found, places: Iterable[int]) -> float:
    hits = [
        is_masked(cases[at].text, Span(cases[at].start, cases[at].end, ""), found[at])
        for at in places
    ]
    return sum(hits) / len(hits)


def _covered(
    cases: Sequence[hidden.Case], found: Found | None, places: Iterable[int]
) -> float | None:
    if found is None:
        return None
    hits = [_is_covered(cases[at], found[at]) for at in places]
    return sum(hits) / len(hits)


def _is_covered(case: hidden.Case, found: Sequence[Finding]) -> bool:
    """Of `password = …` the value is enough."""
    if case.type == "SEC_PASSWORD_ASSIGN":
        return any(
            item.start < case.end and case.start < item.end and item.type != "PERSON"
            for item in found
        )
    return is_masked(case.text, Span(case.start, case.end, case.type), found)


def _is_typed(case: identifiers.Case, found: Sequence[Finding]) -> bool:
    return any(
        item.type == case.type and item.start < case.end and case.start < item.end for item in found
    )


def _by_group(cases: Sequence[identifiers.Case], found: Found, engine: Engine) -> Table:
    groups: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, case in enumerate(cases):
        groups[engine.groups.get(case.type, "other")][case.way].append(place)
    rows: list[Sequence[Cell]] = []
    for group, ways in sorted(groups.items()):
        named, unnamed, wrong = (ways.get(way, []) for way, _ in WAYS)
        typed = [_is_typed(cases[at], found[at]) for at in named]
        taken = [_is_typed(cases[at], found[at]) for at in wrong]
        rows.append(
            [
                group,
                str(len({cases[at].type for at in named})),
                _masked(cases, found, named),
                sum(typed) / len(typed),
                _masked(cases, found, unnamed),
                sum(taken) / len(taken) if taken else None,
            ]
        )
    head = ["group", "types", "named: masked", "right type", "unnamed: masked", "wrong digit taken"]
    says = "The same by the groups of [the reference of detectors](detectors.md)."
    return Table("Identifiers by group", says, head, rows)


def _weakest(cases: Sequence[identifiers.Case], found: Found) -> Table:
    named: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    mistyped: Counter[str] = Counter()
    for case, findings in zip(cases, found, strict=True):
        if case.way == "named":
            named[case.type] += 1
            span = Span(case.start, case.end, case.type)
            missed[case.type] += not is_masked(case.text, span, findings)
            mistyped[case.type] += not _is_typed(case, findings)
    worst = sorted(named, key=lambda kind: (-missed[kind], -mistyped[kind], kind))[:WEAK]
    rows = [
        [f"`{kind}`", str(named[kind]), str(missed[kind]), str(mistyped[kind])] for kind in worst
    ]
    says = "The types that are missed most although they are named."
    return Table("Weakest types", says, ["type", "of", "missed", "not as that type"], rows)


def _secret(found: Found) -> Found:
    return [[item for item in each if item.category.startswith("secret.")] for each in found]


def _share_touched(labelled: Sequence[Labelled], found: Found, *, typed: bool = False) -> float:
    hits = [
        any(
            item.start < each.spans[0].end
            and each.spans[0].start < item.end
            and (not typed or item.type == each.spans[0].type)
            for item in findings
        )
        for each, findings in zip(labelled, found, strict=True)
    ]
    return sum(hits) / len(hits)


def _counted(found: Found | None) -> Found:
    return [[item for item in each if item.type not in alarms.NOT_COUNTED] for each in found or ()]


def _rate(found: Found, words: int) -> float:
    return 1000 * sum(map(len, _counted(found))) / words
