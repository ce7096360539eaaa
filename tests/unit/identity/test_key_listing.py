"""Keys as the command line prints them."""

import json

import pytest

from curtilage.identity.key_listing import print_created, print_key
from curtilage.identity.service.keys import CreatedKey
from curtilage.identity.wire.shown_keys import encode_key
from tests.fakes.clock import START
from tests.fakes.keys import CALLS, a_key

KEY = a_key(1, name="Letters", budgets=(CALLS,), rights=frozenset({"people:manage"}))


def test_all_that_is_kept_is_shown_and_no_hash(capsys: pytest.CaptureFixture[str]) -> None:
    print_key(KEY, START, as_json=False)
    said = capsys.readouterr().out
    for words in ("Letters", "people:manage", "owner                none", "assist"):
        assert words in said
    print_key(KEY, START, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == encode_key(KEY, START)
    assert "digest" not in told


def test_a_new_key_stands_alone_on_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    manages = a_key(1, purposes=frozenset())
    print_created(CreatedKey(manages, "cur_text"), as_json=False)
    printed = capsys.readouterr()
    assert printed.out == "cur_text\n"
    assert "calls no model" in printed.err
