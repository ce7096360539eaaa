"""All that phrases say of people: one pass over a text, then a look around each hit."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect.normalise import Folded, Folder
from curtilage.detect.phrases.addresses import find_addresses, find_by_postcode
from curtilage.detect.phrases.ages import find_ages
from curtilage.detect.phrases.companies import find_companies
from curtilage.detect.phrases.dates import find_dates
from curtilage.detect.phrases.fields import Field, find_fields
from curtilage.detect.phrases.genders import find_genders
from curtilage.detect.phrases.groups import find_groups
from curtilage.detect.phrases.lexicon import Lexicon, Words, read_terms
from curtilage.detect.phrases.persons import Persons
from curtilage.detect.phrases.special import find_special

LEXICONS = (
    "ages", "calendar", "companies", "fields", "groups", "health", "lives", "nations", "persons", "streets",
)  # fmt: skip
CATEGORIES = {
    "AGE": "user.demographic.age_range",
    "DATE_TIME": "user.content",
    "GENDER": "user.demographic.gender",
    "LOCATION": "user.contact.address.city",
    "NRP": "user.demographic",
    "ORGANIZATION": "user.workplace",
    "STREET_ADDRESS": "user.contact.address.street",
}


class Phrases:
    """Finds what free text says of people. Immutable after it is built; any thread may look."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._folder = Folder()

    def find(self, text: str) -> tuple[Finding, ...]:
        """What is in `text`: findings that do not overlap, by where they begin."""
        folded = self._folder.fold(text)
        found = _without_overlaps(list(self._all(folded.text)))
        return tuple(found if folded.origins is None else [_moved(each, folded) for each in found])

    def _all(self, text: str) -> Iterator[Finding]:
        words = Words(text)
        hits = self.lexicon.hits(words)
        persons = Persons(text, hits)
        addresses = list(find_addresses(words, hits))
        addresses += find_by_postcode(words, addresses)
        for address in addresses:
            yield _finding(address.start, address.end, address.type, address.score)
        for date in find_dates(words, hits):
            yield _finding(date.start, date.end, "DATE_TIME", date.score)
        for age in find_ages(words, hits):
            yield _finding(age.start, age.end, "AGE", age.score)
        for gender in find_genders(words, hits):
            yield _finding(gender.start, gender.end, "GENDER", gender.score)
        for company in find_companies(words, hits):
            yield _finding(company.start, company.end, "ORGANIZATION", company.score)
        for group in find_groups(words, hits, persons):
            yield _finding(group.start, group.end, group.type, group.score, group.category)
        for special in find_special(words, hits, persons):
            yield _finding(
                special.start, special.end, "SPECIAL_CATEGORY", special.score, special.category
            )
        starts = sorted(address.start for address in addresses)
        for field in find_fields(words, hits):
            kind, _, category = field.label.partition(" ")
            if kind == "STREET_ADDRESS" and not field.is_quoted and _holds(field, starts):
                continue  # what was read says better where it ends
            yield _finding(field.start, field.end, kind, field.score, category)


def _holds(field: Field, starts: Sequence[int]) -> bool:
    """Whether one of the places, in order, lies in a field."""
    place = bisect_left(starts, field.start)
    return place < len(starts) and starts[place] < field.end


def build_phrases(cache_dir: Path | None = None) -> Phrases:
    """The finder with all its lexicons; nothing of it is kept on disk."""
    return Phrases(Lexicon(read_terms(*LEXICONS)))


def _finding(start: int, end: int, kind: str, score: float, category: str = "") -> Finding:
    return Finding(start, end, kind, score, category or CATEGORIES[kind], f"phrases.{kind}")


def _moved(finding: Finding, folded: Folded) -> Finding:
    start, end = folded.span(finding.start, finding.end)
    return finding._replace(start=start, end=end)


def _without_overlaps(found: list[Finding]) -> list[Finding]:
    """The longest of those that overlap, and of equals the surest."""
    chosen: list[Finding] = []
    for finding in sorted(found, key=_place):
        if not chosen or finding.start >= chosen[-1].end:
            chosen.append(finding)
        elif _worth(finding) > _worth(chosen[-1]):
            chosen[-1] = finding
    return chosen


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.start, -finding.end, finding.type


def _worth(finding: Finding) -> tuple[int, float]:
    return finding.end - finding.start, finding.score
