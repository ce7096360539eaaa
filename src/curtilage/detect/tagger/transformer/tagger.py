"""Tag a text with the larger model that the package carries, on one core."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from curtilage.core.errors import SetupError
from curtilage.core.models import Finding
from curtilage.core.settings import tell_libraries
from curtilage.detect.tagger.calibration import FILE as CALIBRATION
from curtilage.detect.tagger.calibration import Calibration, parse_calibration
from curtilage.detect.tagger.errors import TaggerUnreadable
from curtilage.detect.tagger.lexicon import Lexicon, unpack_lexicon
from curtilage.detect.tagger.readers import QUIET, Readers
from curtilage.detect.tagger.tagger import SHIPPED as COMPACT
from curtilage.detect.tagger.tagger import parts
from curtilage.detect.tagger.tokens import Line
from curtilage.detect.tagger.transformer.naming import names
from curtilage.detect.tagger.transformer.reading import Pieces, Reading, Words, readings

SHIPPED: Final = Path(__file__).parent / "model"
NETWORK, VOCABULARY = "network.onnx", "pieces.json"
LEXICON: Final = COMPACT / "lexicon.xz"
LEARNED: Final = "lexicon.sha256"
"""Names the lexicon that the network learned with: with another it finds less, and says nothing."""
AGAIN: Final = "Install the package again, or make the model anew with `make transformer`."
OTHER_LEXICON: Final = (
    "Install the package again. Who made a new lexicon trains the larger model with it"
    " (`make transformer`), or says that it serves as well:"
    " `python -m tools.tagger.transformer.ship --lexicon`."
)
FILES: Final = (NETWORK, VOCABULARY, CALIBRATION, LEARNED)


@dataclass(frozen=True, slots=True)
class Model:
    """What is read from disk once, and shared by all threads."""

    session: Any
    pieces: Pieces
    lexicon: Lexicon
    calibration: Calibration

    def chances(self, reading: Reading) -> Any:
        """A row for each token of a window: how likely each label is."""
        import numpy as np  # noqa: PLC0415  # an extra brings it

        read = {"pieces": reading.pieces, "traits": reading.traits, "rows": reading.rows}
        given = {name: np.array(part, dtype=np.int64) for name, part in read.items()}
        return self.session.run(None, given)[0].tolist()


class Reader:
    """A model at work, in one thread: the memory of words may not be shared."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._words = Words(model.pieces, model.lexicon)

    def read(self, text: str) -> Iterator[Finding]:
        for lines in parts(text):
            yield from self._names(lines)

    def _names(self, lines: Sequence[Line]) -> Iterator[Finding]:
        chances: list[list[float]] = []
        for reading in readings(lines, self._words):
            rows = self._model.chances(reading)
            first, kept, until, _ = reading.window
            chances += rows[kept - first : until - first]
        place = 0
        for line in lines:
            count = len(line.tokens)
            own = chances[place : place + count]
            yield from names(line.tokens, own, self._model.calibration)
            place += count


class TransformerTagger:
    """Finds names. Reads its model when it is first asked; any thread may ask."""

    def __init__(self, folder: Path) -> None:
        self._readers = Readers(lambda: read_model(folder), Reader)

    def tag(self, text: str) -> tuple[Finding, ...]:
        """Findings that do not overlap, by where they begin."""
        return tuple(self._readers.get().read(text))


def load_transformer(path: Path | None = None) -> TransformerTagger:
    """The larger tagger of the package, or one that `make transformer` put into `path`."""
    _check_installed()
    folder = path or SHIPPED
    if not all((folder / name).is_file() for name in FILES):
        raise TaggerUnreadable(
            "The folder of the larger tagger has no model; expected four files in it.", hint=AGAIN
        )
    return TransformerTagger(folder)


def _check_installed() -> None:
    tell_libraries(QUIET)
    try:
        import onnxruntime  # noqa: F401, PLC0415  # an extra
        import tokenizers  # noqa: F401, PLC0415
    except ImportError:
        raise SetupError(
            "The larger tagger needs onnxruntime and tokenizers.",
            hint="Install the extra `tagger`: `python3 tools/setup.py extras`, or `pip install '.[tagger]'`.",
        ) from None


def read_model(folder: Path) -> Model:
    """Network, vocabulary and worth of scores; the lexicon is that of the compact tagger."""
    tell_libraries(QUIET)
    import onnxruntime  # noqa: PLC0415  # an extra
    import tokenizers  # noqa: PLC0415

    try:
        calibration = parse_calibration((folder / CALIBRATION).read_text(encoding="utf-8"))
        lexicon = _read_lexicon((folder / LEARNED).read_text(encoding="utf-8"))
        network = (folder / NETWORK).read_bytes()
        vocabulary = (folder / VOCABULARY).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise TaggerUnreadable(
            "The larger model cannot be read; expected version 1.", hint=AGAIN
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # who asks has one core
    try:
        session = onnxruntime.InferenceSession(
            network,
            options,
            ["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # slower by a tenth than what it fuses
        )
        pieces = tokenizers.Tokenizer.from_str(vocabulary)
    except Exception as error:  # both libraries raise classes of their own, and a bare one
        raise TaggerUnreadable(
            "The larger model is damaged; expected an ONNX network.", hint=AGAIN
        ) from error
    return Model(session, pieces, lexicon, calibration)


def _read_lexicon(expected: str) -> Lexicon:
    """The compact tagger's, where it is the one of that digest."""
    packed = LEXICON.read_bytes()
    if digest_lexicon(packed) != expected.strip():
        raise TaggerUnreadable(
            "The larger model learned with another lexicon than the compact tagger has.",
            hint=OTHER_LEXICON,
        )
    return unpack_lexicon(packed)


def digest_lexicon(packed: bytes) -> str:
    """What a lexicon is known by: the hash of its file."""
    return hashlib.sha256(packed).hexdigest()
