"""One rival over texts on stdin: `PYTHON _peer.py NAME`, run by the peers' own Python.

Reads a JSON string a line and writes a JSON list of `[start, end, type, score]` a line. `presidio` is
its pattern and phone recognisers as they come, `presidio-all` all that it has for any
country; both without a model of names, which none of its packages carries.
"""

import json
import re
import sys
import tempfile
from collections.abc import Callable

Spans = list[tuple[int, int, str, float]]


def presidio(*, every: bool) -> Callable[[str], Spans]:
    import spacy
    from presidio_analyzer import (
        AnalyzerEngine,
        EntityRecognizer,
        RecognizerRegistry,
        predefined_recognizers,
    )
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            return None

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.recognizers = [
        item for item in registry.recognizers if "Spacy" not in type(item).__name__
    ]
    if every:
        known = {type(item) for item in registry.recognizers}
        for name in dir(predefined_recognizers):
            made = getattr(predefined_recognizers, name)
            if (
                not isinstance(made, type)
                or not issubclass(made, EntityRecognizer)
                or made in known
            ):
                continue
            try:
                recognizer = made()
            except Exception:  # noqa: BLE001 - models and remote services do not come up
                continue
            if hasattr(recognizer, "patterns"):
                recognizer.supported_language = "en"
                registry.recognizers.append(recognizer)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])
    return lambda text: [
        (item.start, item.end, item.entity_type, item.score)
        for item in analyzer.analyze(text, language="en")
    ]


def detect_secrets() -> Callable[[str], Spans]:
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    def find(text: str) -> Spans:
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            with default_settings():
                values = {secret.secret_value or "" for secret in scan_file(file.name)}
        return [
            (*match.span(), "SECRET", 1.0)
            for value in values
            if value
            for match in re.finditer(re.escape(value), text)
        ]

    return find


def scrubadub() -> Callable[[str], Spans]:
    import scrubadub as rival

    scrubber = rival.Scrubber()
    return lambda text: [
        (item.beg, item.end, item.detector_name, 1.0) for item in scrubber.iter_filth(text)
    ]


PEERS: dict[str, Callable[[], Callable[[str], Spans]]] = {
    "presidio": lambda: presidio(every=False),
    "presidio-all": lambda: presidio(every=True),
    "detect-secrets": detect_secrets,
    "scrubadub": scrubadub,
}


def main(name: str) -> None:
    find = PEERS[name]()
    for line in sys.stdin:
        print(json.dumps(find(json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
