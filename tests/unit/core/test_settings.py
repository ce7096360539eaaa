"""Settings: every wrong one is refused by name, and its value is never told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from curtilage.core.errors import SetupError
from curtilage.core.settings import (
    environment,
    read_section,
    read_sources,
    refuse_unknown,
    section_keys,
    tell_libraries,
)


@dataclass(frozen=True)
class Kitchen:
    ovens: int
    name: str = "orchard"
    open: bool = False
    heat: float = 1.5
    menus: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    cellar: Path | None = None
    shelves: tuple[Path, ...] = ()
    limit: int | None = None


def kitchen(env: dict[str, str] | None = None, **flags: Any) -> Kitchen:
    dotted = {f"kitchen.{name}": value for name, value in ({"ovens": 1} | flags).items()}
    return read_section(Kitchen, "kitchen", read_sources(None, env or {}, dotted))


def test_flags_win_over_variables_and_variables_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "curtilage.toml"
    path.write_text('[kitchen]\novens = 1\nname = "file"\nheat = 2.5\n')
    env = {"CURTILAGE__KITCHEN__NAME": "variable", "CURTILAGE__KITCHEN__OVENS": "2"}
    sources = read_sources(path, env, {"kitchen.ovens": 3, "kitchen.heat": None})
    assert read_section(Kitchen, "kitchen", sources) == Kitchen(3, "variable", heat=2.5)
    assert {name: source.origin for name, source in sources.items()} == {
        "kitchen.ovens": "flag",
        "kitchen.name": "CURTILAGE__KITCHEN__NAME",
        "kitchen.heat": "curtilage.toml",
    }


def test_a_path_of_the_file_is_meant_from_its_folder_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "curtilage.toml"
    path.write_text('[kitchen]\novens = 1\ncellar = "cellar"\nshelves = ["a", "/b"]\n')

    def places(env: Mapping[str, str], folder: Path | None = None) -> tuple[Any, ...]:
        found = read_section(Kitchen, "kitchen", read_sources(path, env, {}, folder))
        return found.cellar, found.shelves

    assert places({}) == (tmp_path / "cellar", (tmp_path / "a", Path("/b")))
    variable = {"CURTILAGE__KITCHEN__CELLAR": "cellar"}
    assert places(variable) == (Path("cellar"), (tmp_path / "a", Path("/b")))
    there = Path("/there")  # what is read is a copy of the file that lies there
    assert places({}, there) == (there / "cellar", (there / "a", Path("/b")))


def test_text_of_variables_becomes_what_the_field_holds() -> None:
    env = {
        "CURTILAGE__KITCHEN__OVENS": "4",
        "CURTILAGE__KITCHEN__OPEN": "yes",
        "CURTILAGE__KITCHEN__HEAT": "2",
        "CURTILAGE__KITCHEN__MENUS": "noon, night",
        "CURTILAGE__KITCHEN__SIZES": "1,2",
        "CURTILAGE__KITCHEN__CELLAR": "below/stairs",
        "CURTILAGE__KITCHEN__LIMIT": "",
        "UNRELATED": "1",
    }
    read = read_section(Kitchen, "kitchen", read_sources(None, env, {}))
    assert read == Kitchen(
        4,
        open=True,
        heat=2.0,
        menus=("noon", "night"),
        sizes=(1, 2),
        cellar=Path("below/stairs"),
        limit=None,
    )


def test_an_empty_variable_is_an_empty_list() -> None:
    assert kitchen({"CURTILAGE__KITCHEN__MENUS": ""}).menus == ()


def test_an_optional_setting_takes_a_value() -> None:
    assert kitchen(limit=3).limit == 3
    assert kitchen({"CURTILAGE__KITCHEN__LIMIT": "3"}).limit == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ovens", "many"),
        ("ovens", 2.7),
        ("ovens", "2.7"),
        ("ovens", True),
        ("ovens", [1]),
        ("heat", "nan"),
        ("heat", float("inf")),
        ("heat", "warm"),
        ("open", "perhaps"),
        ("open", 2),
        ("name", 7),
        ("menus", 7),
        ("menus", [7]),
        ("sizes", "1,x"),
        ("cellar", 7),
        ("limit", "x"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(SetupError, match=rf"kitchen\.{name}") as caught:
        kitchen(**{name: value})
    expected = r"The setting kitchen\.\w+ does not have the right type; expected [\w ]+\."
    assert re.fullmatch(expected, str(caught.value))


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SetupError, match=r"kitchen\.ovens is missing"):
        read_section(Kitchen, "kitchen", {})


def test_an_unknown_setting_is_refused_with_where_it_came_from() -> None:
    sources = read_sources(None, {"CURTILAGE__KITCHEN__OVNES": "1"}, {"routes.x": 1})
    with pytest.raises(SetupError, match=r"kitchen\.ovnes .*CURTILAGE__KITCHEN__OVNES"):
        refuse_unknown(sources, section_keys(Kitchen, "kitchen"), ("routes",))
    del sources["kitchen.ovnes"]
    refuse_unknown(sources, section_keys(Kitchen, "kitchen"), ("routes",))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"absent\.toml is not there"):
        read_sources(tmp_path / "absent.toml", {}, {})


@pytest.mark.parametrize("hint", ["ovens", "heat"])
def test_a_number_past_every_float_is_one_or_is_refused(hint: str) -> None:
    beyond = 10**400
    if hint == "heat":
        with pytest.raises(SetupError, match=r"kitchen\.heat"):
            kitchen(heat=beyond)
    else:
        assert kitchen(ovens=beyond).ovens == beyond


@pytest.mark.parametrize(
    "raw",
    [
        b"[kitchen\n",
        b"a = 1\na = 2\n",
        b"\xff\xfe",
        b'a = "x\n',
        b"a = " + b"9" * 5000,
        b"a = " + b"[" * 3000,
        b"a = " + b"{a = " * 3000,
        b".".join([b"a"] * 3000) + b" = 1",
    ],
    ids=lambda raw: repr(raw[:8]),
)
def test_a_file_that_is_not_toml_is_refused_without_quoting_it(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "curtilage.toml"
    path.write_bytes(b'secret = "hunter2"\n' + raw)
    with pytest.raises(SetupError, match=r"curtilage\.toml") as caught:
        read_sources(path, {}, {})
    assert "hunter2" not in str(caught.value)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        read_sources(tmp_path, {}, {})


def test_the_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURTILAGE__KITCHEN__OVENS", "5")
    sources = read_sources(None, environment(), {})
    assert read_section(Kitchen, "kitchen", sources).ovens == 5


def test_what_libraries_are_told_does_not_go_before_what_somebody_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A_LIBRARY_SAID", "no")
    monkeypatch.setenv("A_LIBRARY_ASKS", "")
    monkeypatch.delenv("A_LIBRARY_ASKS")
    tell_libraries({"A_LIBRARY_SAID": "yes", "A_LIBRARY_ASKS": "yes"})
    assert (environment()["A_LIBRARY_SAID"], environment()["A_LIBRARY_ASKS"]) == ("no", "yes")
