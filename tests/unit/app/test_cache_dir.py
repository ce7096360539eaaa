"""Where compiled patterns are kept."""

from pathlib import Path

import pytest

from curtilage.app.cache_dir import find_cache_dir, make_user_cache


def test_an_installation_keeps_its_own(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    assert find_cache_dir(tmp_path, env) == tmp_path / "cache"
    assert find_cache_dir(tmp_path / "none", env) == tmp_path / ".cache" / "curtilage"
    assert not (tmp_path / "none").exists()


def test_the_cache_is_the_users_alone(tmp_path: Path) -> None:
    made = make_user_cache({"HOME": "/nowhere", "XDG_CACHE_HOME": str(tmp_path / "own")})
    assert made == tmp_path / "own" / "curtilage"
    assert made.stat().st_mode & 0o777 == 0o700
    assert make_user_cache({"HOME": str(tmp_path), "XDG_CACHE_HOME": "relative"}) == (
        tmp_path / ".cache" / "curtilage"
    )


@pytest.mark.parametrize("env", [{}, {"HOME": ""}, {"HOME": "relative"}])
def test_without_a_home_there_is_none(env: dict[str, str]) -> None:
    assert make_user_cache(env) is None


def test_what_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    ours = tmp_path / "curtilage"
    ours.mkdir()
    ours.chmod(0o770)
    assert make_user_cache(env) is None
    ours.chmod(0o700)
    assert make_user_cache(env) == ours
    ours.rename(tmp_path / "elsewhere")
    ours.symlink_to(tmp_path / "elsewhere")
    assert make_user_cache(env) is None


def test_a_file_in_its_place_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "curtilage").touch()
    assert make_user_cache({"XDG_CACHE_HOME": str(tmp_path)}) is None
