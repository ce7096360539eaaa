"""Both shapes of the list of models."""

from curtilage.gateway.wire import openai_models


def test_both_lists_name_every_model() -> None:
    names = ["gpt-4o", "claude-a"]
    listed = openai_models.list_openai_models(names)
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == names
    assert openai_models.describe_openai_model("gpt-4o")["object"] == "model"
    listed = openai_models.list_anthropic_models(names)
    assert (listed["first_id"], listed["last_id"], listed["has_more"]) == (
        "gpt-4o",
        "claude-a",
        False,
    )
    assert openai_models.describe_anthropic_model("claude-a")["type"] == "model"


def test_an_empty_list_is_a_list() -> None:
    assert openai_models.list_openai_models([])["data"] == []
    assert openai_models.list_anthropic_models([])["first_id"] is None
