"""What taggers call the things they find, and what these are called here."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from curtilage.core.errors import SetupError

CATEGORIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PERSON": "user.name",
        "LOCATION": "user.location",
        "ORGANIZATION": "user.contact.organization",
        "STREET_ADDRESS": "user.contact.address.street",
    }
)
USUAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PERSON": "PERSON",
        "PER": "PERSON",
        "LOCATION": "LOCATION",
        "LOC": "LOCATION",
        "GPE": "LOCATION",
        "FAC": "LOCATION",
        "ORGANIZATION": "ORGANIZATION",
        "ORGANISATION": "ORGANIZATION",
        "ORG": "ORGANIZATION",
        "NORP": "NRP",
        "ADDRESS": "STREET_ADDRESS",
    }
)
"""Labels of the usual corpora: CoNLL, OntoNotes, WikiNER."""


def parse_labels(given: Iterable[str]) -> Mapping[str, str]:
    """`PATIENT=PERSON` for each label. Raises SetupError where one says something else."""
    labels = {}
    for number, entry in enumerate(given, 1):
        label, mark, kind = (part.strip() for part in entry.partition("="))
        if not (label and mark and kind.isidentifier() and kind.isupper()):
            raise SetupError(
                f"Entry {number} of the setting detect.labels is not `LABEL=TYPE`.",
                hint="Name a label of your tagger and a type, as in `PATIENT=PERSON`.",
            )
        labels[label] = kind
    return labels
