"""Where policies lie."""

from pathlib import Path

import pytest

from curtilage.consent.errors import PolicyError, UnknownPolicy
from curtilage.consent.shelf import PolicyShelf

OWN = 'format = 1\ndefault = "mask"\n[purposes.assist]\n'


def test_own_policies_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(OWN)
    shelf = PolicyShelf(tmp_path)
    assert shelf.names() == ["strict", "balanced", "observe", "ours"]
    assert shelf.load("ours").name == "ours"
    assert PolicyShelf().names() == ["strict", "balanced", "observe"]


@pytest.mark.parametrize("name", ["nobody", "../ours", "", "Ours", "/etc/passwd"])
def test_a_policy_that_is_not_there_is_not_found(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (tmp_path / "ours.toml").write_text(OWN)
    with pytest.raises(UnknownPolicy):
        PolicyShelf(folder).load(name)
    with pytest.raises(UnknownPolicy):
        PolicyShelf().load(name)


def test_an_own_policy_cannot_take_the_name_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text(OWN)
    with pytest.raises(PolicyError, match="shipped"):
        PolicyShelf(tmp_path).load("strict")


def test_the_vocabulary_holds_own_policies_to_what_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(OWN + '[[rules]]\ndata=["URL"]\ntreatment="mask"\n')
    shelf = PolicyShelf(tmp_path, vocabulary=["user.name:PERSON"])
    assert shelf.load("balanced")
    with pytest.raises(PolicyError, match="Rule 1"):
        shelf.load("ours")


def test_names_are_read_even_where_the_folder_is_not_there(tmp_path: Path) -> None:
    assert PolicyShelf(tmp_path / "none").names() == ["strict", "balanced", "observe"]


def test_a_policy_file_that_cannot_be_read_is_a_policy_error(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(PolicyError, match="cannot be read"):
        PolicyShelf(tmp_path).load("folder")
