"""The file and the policies while the service runs: taken over whole, or refused whole."""

import json
import logging
import stat
from pathlib import Path

import pytest

from curtilage.app.configuration import Configuration, keep_text
from curtilage.app.logs import SilentFormatter
from curtilage.app.settings import read_settings
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.errors import CurtilageError, SetupError
from curtilage.core.models import Treatment

OWN = 'format = 1\ntitle = "Helpdesk"\ndefault = "{}"\n[purposes.assist]\ntitle = "Answer"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "helpdesk.toml").write_text(OWN.format("token"))
    path = tmp_path / "curtilage.toml"
    path.write_text(own(tmp_path))
    return path


def own(folder: Path, more: str = "") -> str:
    return f'[policy]\ndir = "{folder / "policies"}"\n[gateway]\npolicy = "helpdesk"\n{more}'


def opened(file: Path | None, kept: Path | None = None) -> Configuration:
    configuration = Configuration(read_settings(kept or file, {}, {}), file, kept)
    configuration.load()
    return configuration


def test_nothing_changed_is_nothing(file: Path) -> None:
    configuration = opened(file)
    assert [configuration.poll() for _ in range(3)] == ["", "", ""]


def test_a_good_change_is_taken_over_once(file: Path) -> None:
    configuration = opened(file)
    text = own(file.parent, "retries = 3\n")
    file.write_text(text)
    assert configuration.poll() == "taken"
    assert configuration.text == text
    assert configuration.poll() == ""


def test_a_bad_change_leaves_all_as_it_was_and_is_logged_with_its_reason(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    configuration = opened(file)
    before = (configuration.text, configuration.policy)
    file.write_text(own(file.parent, "retries = 99\n"))
    with caplog.at_level(logging.ERROR):
        assert configuration.poll() == "refused"
    assert (configuration.text, configuration.policy) == before
    assert caplog.records[0].__dict__["code"] == "setup"
    assert "gateway.retries" in caplog.records[0].__dict__["reason"]
    assert "99" not in caplog.records[0].__dict__["reason"]
    assert configuration.poll() == ""  # said once, not every fifth of a second
    file.write_text(own(file.parent, "retries = 4\n"))
    assert configuration.poll() == "taken"


def test_a_changed_policy_is_taken_over_and_a_broken_one_is_not(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    configuration = opened(file)
    policy = file.parent / "policies" / "helpdesk.toml"
    policy.write_text(OWN.format("mask"))
    assert configuration.poll() == "taken"
    assert 'default = "mask"' in configuration.policy["text"]
    policy.write_text(OWN.format("shrug"))
    with caplog.at_level(logging.ERROR):
        assert configuration.poll() == "refused"
    assert 'default = "mask"' in configuration.policy["text"]
    reason = caplog.records[0].__dict__["reason"]
    assert "gateway.policy" in reason and "default" in reason and "shrug" not in reason


REFUSED = {
    "no TOML": ("[gateway\nx = 'VALUE'", "is not valid TOML"),
    "an unknown setting": ('[gateway]\nretires = "VALUE"', "gateway.retires"),
    "a wrong type": ('[gateway]\nretries = "VALUE"', "gateway.retries"),
    "an unknown policy": ('[gateway]\npolicy = "VALUE"', "gateway.policy"),
    "an unknown protocol": ('[upstreams.lake]\nprotocol = "VALUE"', "upstreams.lake"),
    "a route to nowhere": ('[[routes]]\nmodel = "VALUE"\nupstream = "VALUE"', "routes[0]"),
    "a purpose that the policy does not know": (
        '[gateway]\ndefault_purpose = "VALUE"',
        "gateway.default_purpose",
    ),
    "what needs a restart": ('[server]\nhost = "VALUE"', "server.host"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_logged_with_the_settings_name_and_no_value(
    tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "curtilage.toml"
    file.write_text("")
    configuration = opened(file)
    text, name = REFUSED[what]
    file.write_text(text)
    with caplog.at_level(logging.ERROR):
        assert configuration.poll() == "refused"
    written = json.loads(SilentFormatter().format(caplog.records[0]))
    assert name in written["reason"]
    assert "VALUE" not in json.dumps(written)


def test_the_policy_in_force_is_the_one_that_was_taken_over_last(file: Path) -> None:
    configuration = opened(file)
    file.write_text(own(file.parent).replace('"helpdesk"', '"strict"'))
    assert configuration.poll() == "taken"
    assert configuration.in_force().name == "strict"
    assert configuration.settings.gateway.policy == "strict"
    file.write_text(own(file.parent))
    assert configuration.poll() == "taken"
    (file.parent / "policies" / "helpdesk.toml").write_text(OWN.format("shrug"))
    assert configuration.poll() == "refused"
    assert configuration.in_force().default == Treatment.TOKEN


def test_the_default_purpose_is_the_one_that_was_taken_over_last(tmp_path: Path) -> None:
    file = tmp_path / "curtilage.toml"
    file.write_text("")
    configuration = opened(file)
    assert configuration.default_purpose() == "assist"
    file.write_text('[gateway]\ndefault_purpose = "support"\n')
    assert configuration.poll() == "taken"
    assert configuration.default_purpose() == "support"
    file.write_text('[gateway]\ndefault_purpose = "sell"\n')
    assert configuration.poll() == "refused"
    assert configuration.default_purpose() == "support"


def test_a_start_with_a_purpose_that_the_policy_does_not_know_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "curtilage.toml"
    file.write_text('[gateway]\ndefault_purpose = "sell"\n')
    with pytest.raises(SetupError) as refused:
        opened(file)
    assert "expected one of: analyse, assist" in str(refused.value)


def test_another_folder_of_policies_needs_a_restart(file: Path, tmp_path: Path) -> None:
    configuration = opened(file)
    (tmp_path / "others").mkdir()
    file.write_text(own(tmp_path).replace('/policies"', '/others"').replace("helpdesk", "strict"))
    assert configuration.poll() == "refused"
    assert configuration.policy["name"] == "helpdesk"


def test_what_was_taken_over_last_is_what_a_new_process_starts_with(
    file: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept" / file.name
    kept.parent.mkdir()
    keep_text(kept, file.read_text())
    assert opened(file, kept).poll() == ""
    taken = own(file.parent, "retries = 3\n")
    file.write_text(taken)
    assert opened(file, kept).poll() == "taken"
    file.write_text(own(file.parent, "max_concurrent = 7\n"))
    again = opened(file, kept)
    assert (again.text, again.settings.gateway.retries) == (taken, 3)
    assert again.poll() == "refused"
    assert kept.read_text() == taken
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_place_that_takes_no_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as refused:
        keep_text(tmp_path / "gone" / "curtilage.toml", "")
    assert refused.value.advice
    assert str(tmp_path) not in refused.value.detail


def test_a_file_that_went_away_is_refused(file: Path) -> None:
    configuration = opened(file)
    file.unlink()
    assert configuration.poll() == "refused"


def test_a_file_written_anew_with_the_same_text_is_no_change(file: Path) -> None:
    configuration = opened(file)
    fresh = file.with_suffix(".new")
    fresh.write_text(file.read_text())
    fresh.replace(file)
    assert configuration.poll() == ""


def test_a_policy_that_is_not_there_stops_the_start(file: Path) -> None:
    file.write_text(own(file.parent).replace('"helpdesk"', '"nobodys"'))
    with pytest.raises(CurtilageError):
        opened(file)


def test_without_a_file_the_shipped_policy_is_in_force() -> None:
    configuration = opened(None)
    assert (configuration.text, configuration.policy["name"]) == (None, "balanced")


def test_a_policy_that_is_not_allowed_is_refused_until_it_is(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    configuration = opened(file)
    first = configuration.in_force()
    configuration.allow(frozenset({first.reference}))
    assert configuration.poll() == ""
    (file.parent / "policies" / "helpdesk.toml").write_text(OWN.format("mask"))
    with caplog.at_level(logging.ERROR):
        assert configuration.poll() == "refused"
    assert configuration.poll() == "", "said once"
    configuration.allow(frozenset({first.reference, "another"}))
    assert configuration.poll() == "", "also after another policy was approved"
    assert configuration.in_force() == first
    assert caplog.records[0].__dict__["code"] == "consent.not-approved"
    version = PolicyShelf(file.parent / "policies").load("helpdesk").reference
    assert version.partition("@")[2][:12] in caplog.records[0].__dict__["reason"]
    configuration.allow(frozenset({version}))
    assert configuration.poll() == "taken"
    assert configuration.in_force().reference == version
    configuration.allow(frozenset({version}))
    assert configuration.poll() == ""


def test_a_setting_that_comes_with_a_policy_not_allowed_is_not_taken_over_either(
    file: Path,
) -> None:
    configuration = opened(file)
    configuration.allow(frozenset({configuration.in_force().reference}))
    file.write_text(own(file.parent, "retries = 5\n").replace("helpdesk", "observe"))
    assert configuration.poll() == "refused"
    assert configuration.settings.gateway.retries == 2


def test_a_second_policy_is_read_for_comparison_and_taken_over_like_the_first(file: Path) -> None:
    assert opened(file).shadow is None
    file.write_text(own(file.parent, 'shadow_policy = "strict"\n'))
    configuration = opened(file)
    assert configuration.shadow is not None and configuration.shadow["name"] == "strict"
    assert configuration.in_force().name == "helpdesk"
    file.write_text(own(file.parent, 'shadow_policy = "observe"\n'))
    assert configuration.poll() == "taken"
    assert configuration.shadow["name"] == "observe"
    file.write_text(own(file.parent))
    assert configuration.poll() == "taken"
    assert configuration.shadow is None


def test_a_second_policy_that_is_not_there_is_refused_by_the_name_of_its_setting(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    configuration = opened(file)
    file.write_text(own(file.parent, 'shadow_policy = "nobody"\n'))
    with caplog.at_level(logging.ERROR):
        assert configuration.poll() == "refused"
    assert "gateway.shadow_policy" in caplog.records[0].__dict__["reason"]
    assert configuration.shadow is None
