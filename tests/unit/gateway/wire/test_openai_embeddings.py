"""Embeddings take text; token ids are text that nobody here can read."""

from typing import Any

import pytest

from curtilage.gateway.wire.errors import UnexpectedShape, UnscannableContent
from curtilage.gateway.wire.openai_embeddings import prepare_embeddings, restore_embeddings
from tests.unit.gateway.wire.replies import MAIL_TOKEN, hold

TOKENS = [[1, 2, 3], [[1, 2], [3]]]


@pytest.mark.parametrize("given", ["text", ["one", "two"], []])
def test_text_is_taken(given: Any) -> None:
    assert prepare_embeddings({"model": "m", "input": given}).model == "m"


@pytest.mark.parametrize("given", TOKENS)
def test_token_ids_are_refused_with_the_way_out(given: Any) -> None:
    with pytest.raises(UnscannableContent) as caught:
        prepare_embeddings({"model": "m", "input": given})
    assert "send the text itself" in caught.value.detail
    assert 'token_arrays = "allow"' in caught.value.advice
    assert prepare_embeddings({"model": "m", "input": given}, ("token_arrays",)).model == "m"


@pytest.mark.parametrize("given", [None, 5, {}, [{}], [None], [["text"]], ["a", 1.5]])
def test_anything_else_is_refused(given: Any) -> None:
    for allowed in ((), ("token_arrays",)):
        with pytest.raises(UnexpectedShape):
            prepare_embeddings({"model": "m", "input": given}, allowed)


def test_the_reply_passes_as_it_is() -> None:
    document = {
        "data": [{"embedding": [0.1]}],
        "model": MAIL_TOKEN,
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }
    before = dict(document)
    stats = restore_embeddings(document, hold(), prepare_embeddings({"model": "m", "input": "x"}))
    assert document == before
    assert stats.usage.prompt == 4
    assert (
        restore_embeddings(
            None, hold(), prepare_embeddings({"model": "m", "input": "x"})
        ).usage.prompt
        is None
    )
