"""Anthropic's files: their form, and the operations that share OpenAI's paths."""

from typing import Any

import pytest

from curtilage.gateway.errors import UnservedMethod
from curtilage.gateway.paths import as_anthropics, find_operation
from curtilage.gateway.wire.anthropic_files import UPLOAD, prepare_upload
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.file_protocols import ANTHROPIC_FILES, FILE_PROTOCOLS


def test_an_upload_names_no_model_and_is_kept() -> None:
    facts = prepare_upload({"filename": "a.txt"})
    assert (facts.model, facts.stored) == ("", True)


@pytest.mark.parametrize("document", [None, 1, [], "a"])
def test_what_is_no_form_is_refused(document: Any) -> None:
    with pytest.raises(UnexpectedShape):
        prepare_upload(document)


@pytest.mark.parametrize("seconds", ["", "-1", "1e9", "ada", "1" * 9, "60\n"])
def test_seconds_are_a_number_and_hold_nothing_else(seconds: str) -> None:
    node = UPLOAD.root.fields["expires_in_seconds"]
    assert node.fits("3600") and not node.fits(seconds)


def test_each_operation_of_theirs_has_one_of_openais_on_the_same_path() -> None:
    theirs = {(one.method, one.path) for one in ANTHROPIC_FILES.values()}
    files = [one for kind, one in FILE_PROTOCOLS.items() if kind.startswith("openai.files")]
    assert theirs == {(one.method, one.path) for one in files}
    for one in files:
        found = find_operation(one.method, one.path.replace("{id}", "file_1"))
        assert found is not None
        swapped = as_anthropics(found)
        assert swapped.protocol.dialect.name == "anthropic"
        assert (swapped.kept_id, swapped.protocol.method) == (found.kept_id, one.method)
    with pytest.raises(UnservedMethod):
        find_operation("PATCH", "/v1/files/file_1")
