"""A coding agent's loop: read a file, edit it, run on. Values in files, tokens at the provider.

The model only ever sees tokens and writes them back into the edits that it asks for;
what the agent does on disk is done with the values.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from tests.fakes.provider import Received, Step, chat_reply, message_reply, stream, whole
from tests.fakes.responses import ResponseScript
from tests.integration.gateway.echoes import cut
from tests.integration.service import RunningService

CONFIG = """\
owner = "ada.quill@orchard.example"
backup = "bob.reed@orchard.example"
card = "4111 1111 1111 1111"
"""
EDITED = CONFIG.replace("backup", "deputy") + "# asked of ada.quill@orchard.example\n"
TOKEN = re.compile(r"QX[12]-[A-Z]+-[0-9a-z-]+")
Act = Callable[[Mapping[str, Any]], str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(CONFIG)
    return path


def edit(seen: str) -> str:
    """The model's edit, made of nothing but what it was shown."""
    (first, *_) = TOKEN.findall(seen)
    return seen.replace("backup", "deputy") + f"# asked of {first}\n"


def check(service: RunningService, file: Path) -> None:
    assert file.read_text() == EDITED
    assert not TOKEN.search(file.read_text())
    for received in service.provider.received:
        for value in (b"ada.quill", b"bob.reed", b"4111"):
            assert value not in received.body


def chat_model(received: Received) -> Sequence[Step]:
    messages = received.document["messages"]
    results = [message["content"] for message in messages if message["role"] == "tool"]
    if len(results) == 2:
        return whole(chat_reply("Done."))
    name, given = ("write_file", {"content": edit(results[0])}) if results else ("read_file", {})
    function = {"name": name, "arguments": json.dumps(given)}
    call = {"id": f"call_abcdef{len(results)}", "type": "function", "function": function}
    return whole(chat_reply(None, tool_calls=[call]))


def act_on(file: Path) -> Mapping[str, Act]:
    def write(given: Mapping[str, Any]) -> str:
        file.write_text(given["content"])
        return "written"

    return {"read_file": lambda _: file.read_text(), "write_file": write}


def test_a_loop_over_chat_writes_values(service: RunningService, file: Path) -> None:
    service.provider.script = chat_model
    acts = act_on(file)
    tools: Any = [{"type": "function", "function": {"name": name}} for name in acts]
    messages: Any = [{"role": "user", "content": f"Rename the backup in {file.name}."}]
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        for _ in range(3):
            made = client.chat.completions.create(model="gpt-4.1", messages=messages, tools=tools)
            message = made.choices[0].message
            messages.append(message.model_dump(exclude_none=True))
            for call in message.tool_calls or ():
                result = acts[call.function.name](json.loads(call.function.arguments))
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    assert messages[-1]["content"] == "Done."
    check(service, file)


def message_model(received: Received) -> Sequence[Step]:
    blocks = [
        block
        for message in received.document["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block["type"] == "tool_result"
    ]
    if len(blocks) == 2:
        return whole(message_reply("Done."))
    name, given = ("read_file", {})
    if blocks:
        name, given = "write_file", {"content": edit(blocks[0]["content"])}
    block = {"type": "tool_use", "id": f"toolu_abcdef{len(blocks)}", "name": name, "input": given}
    return whole({**message_reply(""), "content": [block], "stop_reason": "tool_use"})


def test_a_loop_over_messages_writes_values(service: RunningService, file: Path) -> None:
    service.provider.script = message_model
    acts = act_on(file)
    tools: Any = [{"name": name, "input_schema": {"type": "object"}} for name in acts]
    messages: Any = [{"role": "user", "content": f"Rename the backup in {file.name}."}]
    with anthropic.Anthropic(base_url=service.url, api_key=service.key()) as client:
        for _ in range(3):
            made = client.messages.create(
                model="claude-next", max_tokens=99, messages=messages, tools=tools
            )
            content = [block.model_dump(exclude_none=True) for block in made.content]
            messages.append({"role": "assistant", "content": content})
            results = [
                {
                    "type": "tool_result",
                    "tool_use_id": block.id,
                    "content": acts[block.name](block.input),
                }
                for block in made.content
                if block.type == "tool_use"
            ]
            if results:
                messages.append({"role": "user", "content": results})
    assert messages[-1]["content"][0]["text"] == "Done."
    check(service, file)


def patch_model(received: Received) -> Sequence[Step]:
    """A stream of Responses that asks for a command of the caller's own shell, then for a patch."""
    items = received.document["input"]
    outputs = [item["output"] for item in items if item["type"].endswith("_output")]
    script = ResponseScript(f"resp_abcdef{len(outputs)}")
    if not outputs:
        action = {"commands": ["cat settings.toml"]}
        local = {"environment": {"type": "local"}, "status": "completed"}
        script.item(
            {"type": "shell_call", "id": "sh_1", "call_id": "call_1", "action": action, **local}
        )
    elif len(outputs) == 1:
        operation = {
            "type": "update_file",
            "path": "settings.toml",
            "diff": edit(outputs[0][0]["stdout"]),
        }
        call = {"id": "apc_1", "call_id": "call_2", "status": "completed"}
        script.item({"type": "apply_patch_call", "operation": operation, **call})
    else:
        script.message(cut("Done."))
    return stream(*script.end().frames())


def test_a_loop_over_responses_with_a_shell_and_patches_writes_values(
    service: RunningService, file: Path
) -> None:
    service.provider.script = patch_model
    items: Any = [{"type": "message", "role": "user", "content": "Rename the backup."}]
    tools: Any = [{"type": "shell", "environment": {"type": "local"}}, {"type": "apply_patch"}]
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=service.key()) as client:
        for _ in range(3):
            with client.responses.stream(
                model="gpt-5", input=items, tools=tools, store=False
            ) as events:
                made = events.get_final_response()
            for item in made.output:
                items.append(item.model_dump(exclude_none=True))
                if item.type == "shell_call":
                    said = {
                        "stdout": file.read_text(),
                        "stderr": "",
                        "outcome": {"type": "exit", "exit_code": 0},
                    }
                    items.append(
                        {"type": "shell_call_output", "call_id": item.call_id, "output": [said]}
                    )
                elif item.type == "apply_patch_call":
                    file.write_text(item.operation.diff)
                    items.append(
                        {
                            "type": "apply_patch_call_output",
                            "call_id": item.call_id,
                            "status": "completed",
                            "output": "patched",
                        }
                    )
    assert made.output_text == "Done."
    check(service, file)
