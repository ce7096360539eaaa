"""What the service reads as a whole: settings, manifests, frames of the link, pages."""

from collections.abc import Iterator
from typing import Any

from curtilage.app.frames import FrameParser, encode_frame
from curtilage.app.manifest import KeptFile, Manifest, encode_manifest, parse_manifest
from curtilage.app.privacy import BodyRestorer
from curtilage.app.settings import build_settings
from curtilage.core.settings import Source, parse_sources
from curtilage.shield.held import Sink
from curtilage.shield.restore import Form, StreamRestorer
from tests.fakes.clock import START
from tests.property.fuzz.core_targets import SETTINGS
from tests.property.fuzz.shield_targets import TEXT
from tests.property.fuzz.target import Target
from tests.unit.gateway.wire.replies import hold

MANIFEST = Manifest(
    "data", START, "0.1.0", "t-1", "sqlite", 12, (KeptFile("data/a.db", 9, "00" * 32),)
)


def read_settings_file(raw: bytes) -> object:
    """The settings of a file, as at a start; the text is what `read_text` gives."""
    text = raw.decode("utf-8", "replace")
    return build_settings(parse_sources(text, "curtilage.toml"), "curtilage.toml")


def read_setting_values(document: Any) -> object:
    """The settings that variables and flags give, of any type."""
    names = document if isinstance(document, dict) else {}
    sources = {str(name): Source(value, "flag") for name, value in names.items()}
    return build_settings(sources, "")


def read_manifest(raw: bytes) -> Manifest:
    return parse_manifest(raw, expected_kind="data")


def read_frames(raw: bytes) -> list[dict[str, Any]]:
    parser = FrameParser()
    return [message for at in range(0, len(raw), 3) for message in parser.feed(raw[at : at + 3])]


def restore_body(raw: bytes) -> bytes:
    """As for an application's own pages: bytes that are no UTF-8 come out as they went in."""
    restorer = BodyRestorer(StreamRestorer(hold(), sink=Sink.TEXT, form=Form.TEXT))
    return restorer.feed(raw[:40]) + restorer.feed(raw[40:]) + restorer.close()


def app_targets() -> Iterator[Target]:
    yield Target("settings file", (), [SETTINGS], read_settings_file)
    flat = {name: source.value for name, source in parse_sources(SETTINGS.decode(), "x").items()}
    yield Target("values of settings", (), [flat], read_setting_values)
    manifests = [encode_manifest(MANIFEST)]
    yield Target("manifest", (parse_manifest,), manifests, read_manifest, encode_manifest)
    frames = [
        encode_frame({"id": 1, "ask": "watch", "known": ""}),
        encode_frame({"id": 2, "result": None}),
    ]
    yield Target("frames of the link", (FrameParser.feed,), frames, read_frames)
    yield Target("body of a page", (BodyRestorer.feed,), [TEXT.encode()], restore_body)
