"""The template engine: every slice's templates under the slice's name.

Autoescape is on for every file and an undefined name is an error: a page with
a hole in it is a bug to see, not an empty space to overlook.
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from curtilage.web import present
from curtilage.web.chart import bars
from curtilage.web.static import Assets

OWN = Path(__file__).parent / "templates"


def build_environment(
    folders: Mapping[str, str], assets: Assets, *, compiled: BytecodeCache | None = None
) -> Environment:
    """An environment that finds `<slice>/<file>` in that slice's folder."""
    loaders = {"web": FileSystemLoader(OWN)}
    loaders |= {name: FileSystemLoader(folder) for name, folder in folders.items() if folder}
    environment = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=present.inert,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled,
    )
    environment.globals.update(asset=assets.url, counted=present.counted, bars=bars)
    environment.filters.update(
        typed=present.typed,
        number=present.number,
        money=present.money,
        milliseconds=present.milliseconds,
        machine_time=present.machine_time,
        utc_time=present.utc_time,
        treatment_words=present.treatment_words,
    )
    return environment
