"""Completions through the real SDK, against the mirror: texts come back whole."""

from collections.abc import Iterator

import openai
import pytest

from tests.integration.service import RunningService

ADA, BOB = "ada.quill@orchard.example", "bob.reed@orchard.example"


@pytest.fixture
def gpt(service: RunningService) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        yield client


def test_each_prompt_comes_back_in_its_own_choice(gpt: openai.OpenAI) -> None:
    made = gpt.completions.create(model="mirror", prompt=[f"I am {ADA}", f"ask {BOB}"], n=2)
    assert [choice.text for choice in made.choices] == [f"I am {ADA}"] * 2 + [f"ask {BOB}"] * 2
    assert made.model == "mirror"


def test_a_stream_comes_back_in_its_own_choice(gpt: openai.OpenAI) -> None:
    texts = ["", ""]
    for part in gpt.completions.create(model="mirror", prompt=[ADA, BOB], stream=True):
        for choice in part.choices:
            texts[choice.index] += choice.text
    assert texts == [ADA, BOB]


def test_token_ids_are_refused_by_the_usual_policy(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError) as refusal:
        gpt.completions.create(model="mirror", prompt=[1, 2, 3])
    assert refusal.value.code == "gateway.unscannable-content"
