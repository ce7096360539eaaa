"""The template engine: every slice's templates under the slice's name, in each language.

Autoescape is on for every file and an undefined name is an error: a page with
a hole in it is a bug to see, not an empty space to overlook.

`say` and `say_count` are in templates what they are in code (`core.words`). What comes out
is escaped, words and parts alike, so that neither a catalogue nor a value can hold markup;
only a part that a template marks itself (`bold`, `link`, a macro) is markup.
"""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from curtilage.core.words import Sentence, fill
from curtilage.web import present
from curtilage.web.chart import bars
from curtilage.web.languages import ENGLISH, Language, Languages
from curtilage.web.static import Assets

OWN = Path(__file__).parent / "templates"


class KeptCode(BytecodeCache):
    """Compiled templates in memory: each is compiled once, and every language runs it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


def build_environments(
    folders: Mapping[str, str],
    assets: Assets,
    languages: Languages,
    *,
    compiled: BytecodeCache | None = None,
) -> Mapping[str, Environment]:
    """An environment for each language, by its tag; they share what is compiled."""
    kept = compiled or KeptCode()
    return {
        each.tag: build_environment(folders, assets, language=each, compiled=kept)
        for each in languages.every
    }


def build_environment(
    folders: Mapping[str, str],
    assets: Assets,
    *,
    language: Language = ENGLISH,
    compiled: BytecodeCache | None = None,
) -> Environment:
    """An environment that finds `<slice>/<file>` in that slice's folder."""
    loaders = {"web": FileSystemLoader(OWN)}
    loaders |= {name: FileSystemLoader(folder) for name, folder in folders.items() if folder}
    environment = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalizer(language),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled,
    )
    environment.globals.update(asset=assets.url, bars=bars)
    environment.globals.update(bold=bold, mono=mono, link=link)
    environment.globals.update(
        say=_sayer(language),
        say_count=_counter(language),
        counted=partial(present.counted, numerals=language.numerals),
    )
    environment.filters.update(
        typed=present.typed,
        number=_at_run_time(partial(present.number, numerals=language.numerals)),
        money=_at_run_time(partial(present.money, numerals=language.numerals)),
        milliseconds=_at_run_time(partial(present.milliseconds, numerals=language.numerals)),
        machine_time=present.machine_time,
        utc_time=_at_run_time(partial(present.utc_time, numerals=language.numerals)),
        treatment_words=present.treatment_words,
    )
    return environment


def bold(text: Any) -> Markup:
    """What stands out in a sentence."""
    return Markup("<strong>{}</strong>").format(present.inert(text))


def mono(text: Any) -> Markup:
    """A name of ours in a sentence, as it is written in settings and commands."""
    return Markup("<code>{}</code>").format(present.inert(text))


def link(address: str, words: Any) -> Markup:
    """A link in a sentence. Its words are a sentence of a template, or a value."""
    return Markup('<a href="{}">{}</a>').format(present.inert(address), present.inert(words))


def _finalizer(language: Language) -> Callable[[Any], Any]:
    """Every expression of a template passes here: what is ours is said in the language."""

    def put_out(value: Any) -> Any:
        kind = type(value)
        if kind is Markup:  # most of a page: it is asked thousands of times
            return value
        if kind is str:
            return value if value.isprintable() else present.shown(value)
        return present.inert(language.tell(value) if isinstance(value, Sentence) else value)

    return put_out


def _safe(text: str) -> Markup:
    return escape(present.inert(text))


def _sayer(language: Language) -> Callable[..., Markup]:
    """`say` of a template: what it gives is markup, and all that was put in is escaped.

    Words that stand in a template are looked up and escaped once; then it is a dict read."""
    ready: dict[str | tuple[str, str], Markup] = {}

    def spoken(message: str, /, *, context: str = "", **given: Any) -> Markup:
        key = (message, context) if context else message
        words = ready.get(key)
        if words is None:
            words = ready[key] = _safe(language.find_words(message, context))
        return _filled(language, words, given) if given else words

    return spoken


def _counter(language: Language) -> Callable[..., Markup]:
    """`say_count` of a template."""

    def spoken(one: str, many: str, number: int, /, *, context: str = "", **given: Any) -> Markup:
        words = _safe(language.find_words(one, context, many, number))
        return _filled(language, words, {"count": number, **given})

    return spoken


def _filled(language: Language, words: Markup, given: Mapping[str, Any]) -> Markup:
    parts = {name: _safe(language.tell_part(value)) for name, value in given.items()}
    return Markup(fill(words, parts))  # noqa: S704 -- all of it is escaped


def _at_run_time(work: Callable[..., str]) -> Callable[..., str]:
    """A filter that is not computed while compiling: all languages run the same code."""

    @pass_context
    @wraps(present.number)
    def filtered(_: Context, value: Any) -> str:
        return work(value)

    return filtered
