"""Presidio over the text on stdin, with a blank spaCy model: milliseconds of CPU, the best of eight.

`PYTHON _presidio.py`, run by the peers' own Python. Prints two figures: its
pattern recognisers alone, and with its phone recogniser, which is no pattern.
"""

import sys
import time

import spacy
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine

ROUNDS = 8


class Blank(SpacyNlpEngine):
    """A tokenizer without a model: names are not looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}

    def load(self) -> None:
        return None


def main(text: str) -> None:
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    known = list(registry.recognizers)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])
    for phones in (False, True):
        registry.recognizers = [
            item
            for item in known
            if isinstance(item, PatternRecognizer) or (phones and "Phone" in type(item).__name__)
        ]
        print(best_ms(analyzer, text))


def best_ms(analyzer: AnalyzerEngine, text: str) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        analyzer.analyze(text, language="en")
        spent.append(time.thread_time() - began)
    return min(spent) * 1000


if __name__ == "__main__":
    main(sys.stdin.read())
