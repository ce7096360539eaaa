"""Every option that is declared belongs to the command."""

from typing import get_type_hints

from curtilage.cli import scan_options
from curtilage.cli.scan import scan


def test_each_is_an_option_of_the_command() -> None:
    taken = list(get_type_hints(scan, include_extras=True).values())
    declared = {name: kind for name, kind in vars(scan_options).items() if name.endswith("Option")}
    assert len(declared) > 15
    assert [name for name, kind in declared.items() if kind not in taken] == []
