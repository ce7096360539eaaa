"""What cannot work is refused when an app starts, not when somebody signs in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from curtilage.core.errors import SetupError
from curtilage.identity.relying.settings import RelyingSettings

GOOD = RelyingSettings("https://id.example", "client", ("k" * 32,), base_url="https://a.example")


@pytest.mark.parametrize(
    "given",
    [
        {"issuer": "http://id.example"}, {"client_id": ""}, {"secret_keys": ("short",)},
        {"secret_keys": ()}, {"secret_keys": ("k" * 32, "")}, {"scope": "profile"},
        {"base_url": "http://a.example"}, {"base_url": "https://a.example/"},
        {"login_path": "/auth/logout"}, {"login_path": "auth"}, {"login_path": "/"},
        {"redirect_path": "//evil.example"}, {"after_logout": "https://evil.example"},
        {"cookie": "a b"}, {"cookie": ""}, {"idle": timedelta(days=2)}, {"idle": timedelta()},
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SetupError):
        replace(GOOD, **given)


def test_no_secret_is_in_a_repr() -> None:
    told = repr(replace(GOOD, client_secret="s" * 20))
    assert "kkkk" not in told and "ssss" not in told
