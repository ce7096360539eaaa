"""The `openai` package on Node, unchanged but for base address and key."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.provider import Received, Step, whole
from tests.fakes.responses import KeepingModel, ResponseScript
from tests.integration.gateway.echoes import chat_calls, chat_echo, cut, message_echo
from tests.integration.service import RunningService

NODE = shutil.which("node")
CLIENTS = Path(__file__).resolve().parents[2] / "clients" / "node"
TEXT = 'Mail ada.quill@orchard.example, "card" 4111 1111 1111 1111.'

pytestmark = pytest.mark.skipif(
    NODE is None or not (CLIENTS / "node_modules" / "openai").is_dir(),
    reason="Node or its `openai` package is not installed; `make test` installs the package",
)

OPENING = """
import OpenAI from "openai";
const client = new OpenAI({ baseURL: process.argv[2], apiKey: process.argv[3], maxRetries: 2 });
const messages = [{ role: "user", content: process.argv[4] }];
const model = "gpt-4.1-mini";
const say = (value) => console.log(JSON.stringify(value));
"""
TOOL = """
const tools = [{ type: "function", function: {
  name: "find_customer", parameters: { type: "object", properties: { query: { type: "string" } } } } }];
"""


def run(service: RunningService, script: str) -> Any:
    """What the script says, as JSON on one line."""
    assert NODE
    command = [
        NODE, "--input-type=module", "--eval", OPENING + script,
        "--", "unused", f"{service.url}/v1", service.key(), TEXT,
    ]  # fmt: skip
    command.remove("unused")
    command.insert(command.index("--") + 1, "script.mjs")
    done = subprocess.run(
        command, cwd=CLIENTS, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_chat_comes_back_restored(service: RunningService) -> None:
    service.provider.script = chat_echo
    said = run(
        service,
        """
        const reply = await client.chat.completions.create({ model, messages, n: 2 });
        say([reply.choices.map((choice) => choice.message.content), reply.usage.total_tokens]);
        """,
    )
    assert said == [[TEXT, TEXT], 12]
    assert b"ada.quill" not in service.provider.received[-1].body


def test_a_stream_comes_back_restored(service: RunningService) -> None:
    service.provider.script = chat_echo
    said = run(
        service,
        """
        const stream = await client.chat.completions.create({ model, messages, stream: true });
        let text = "", chunks = 0;
        for await (const chunk of stream) {
          chunks += 1;
          text += chunk.choices[0].delta.content ?? "";
        }
        say([text, chunks > 5]);
        """,
    )
    assert said == [TEXT, True]


@pytest.mark.parametrize("way", ["create", "stream"])
def test_a_tool_gets_the_values(service: RunningService, way: str) -> None:
    service.provider.script = chat_calls("find_customer", lambda text: {"query": text})
    get = {
        "create": "(await client.chat.completions.create({ model, messages, tools }))",
        "stream": "(await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion())",
    }
    said = run(
        service,
        f"{TOOL} const reply = {get[way]};"
        "say(JSON.parse(reply.choices[0].message.tool_calls[0].function.arguments));",
    )
    assert said == {"query": TEXT}


def test_a_refusal_is_typed_and_not_tried_again(service: RunningService) -> None:
    said = run(
        service,
        """
        try {
          await client.chat.completions.create(
            { model, messages }, { headers: { "x-curtilage-purpose": "marketing" } });
        } catch (error) {
          say([error instanceof OpenAI.PermissionDeniedError, error.status, error.code]);
        }
        """,
    )
    assert said == [True, 403, "gateway.purpose-not-held"]
    assert not service.provider.received


VERCEL = """
import { generateText, streamText, stepCountIs, tool } from "ai";
import { createOpenAI } from "@ai-sdk/openai";
import { createAnthropic } from "@ai-sdk/anthropic";
import { z } from "zod";
const openai = createOpenAI({ baseURL: process.argv[2], apiKey: process.argv[3] });
const anthropic = createAnthropic({ baseURL: process.argv[2], apiKey: process.argv[3] });
const prompt = process.argv[4];
async function read(stream) {
  let text = "";
  for await (const part of stream.textStream) text += part;
  return text;
}
"""
needs_vercel = pytest.mark.skipif(
    not (CLIENTS / "node_modules" / "ai").is_dir(), reason="the package `ai` is not installed"
)


@needs_vercel
@pytest.mark.parametrize("model", ['openai.chat("gpt-4.1-mini")', 'anthropic("claude-next")'])
def test_vercels_ai_reads_and_streams_both_protocols(service: RunningService, model: str) -> None:
    service.provider.script = message_echo if "claude" in model else chat_echo
    said = run(
        service,
        f"""{VERCEL}
        const whole = await generateText({{ model: {model}, prompt }});
        say([whole.text, await read(streamText({{ model: {model}, prompt }}))]);
        """,
    )
    assert said == [TEXT, TEXT]
    nothing_left(service)


@needs_vercel
def test_vercels_ai_speaks_responses(service: RunningService) -> None:
    service.provider.script = KeepingModel()
    said = run(
        service,
        f"""{VERCEL}
        const gpt = {{ model: openai("gpt-5"), prompt }};
        say([(await generateText(gpt)).text, await read(streamText(gpt))]);
        """,
    )
    assert said == [TEXT, TEXT]
    nothing_left(service)


@needs_vercel
def test_vercels_ai_runs_a_tool_with_values_and_goes_on(service: RunningService) -> None:
    service.provider.scripts = [chat_calls("find_customer", lambda text: {"query": text})]
    service.provider.script = chat_echo
    said = run(
        service,
        f"""{VERCEL}
        const seen = [];
        const find_customer = tool({{
          description: "Look a customer up", inputSchema: z.object({{ query: z.string() }}),
          execute: async ({{ query }}) => {{ seen.push(query); return `found ${{query}}`; }},
        }});
        const answer = await generateText({{
          model: openai.chat("gpt-4.1-mini"), prompt, tools: {{ find_customer }},
          stopWhen: stepCountIs(3),
        }});
        say([seen, answer.text]);
        """,
    )
    assert said == [[TEXT], f"found {TEXT}"]
    nothing_left(service)


def thinks_and_calls(received: Received) -> Sequence[Step]:
    """Responses: thinks, then calls the first tool with the text that it was told."""
    script = ResponseScript("resp_call", created_at=1)
    script.reasoning(["a thought"])
    told = received.document["input"][-1]["content"][0]["text"]
    script.call(cut(json.dumps({"query": told})), name=received.document["tools"][0]["name"])
    return whole(script.end().response)


@needs_vercel
def test_vercels_ai_goes_on_after_a_tool_of_responses_with_items_and_with_references(
    service: RunningService,
) -> None:
    said = {}
    for store in ("false", "true"):
        service.provider.scripts, service.provider.script = [thinks_and_calls], KeepingModel()
        said[store] = run(
            service,
            f"""{VERCEL}
            const find_customer = tool({{
              description: "Look a customer up", inputSchema: z.object({{ query: z.string() }}),
              execute: async ({{ query }}) => `found ${{query}}`,
            }});
            const asked = {{
              model: openai("gpt-5"), prompt, tools: {{ find_customer }}, maxRetries: 0,
              stopWhen: stepCountIs(3), providerOptions: {{ openai: {{ store: {store} }} }},
            }};
            try {{ say((await generateText(asked)).text); }}
            catch (error) {{ say(error.data.error.code); }}
            """,
        )
    assert said == dict.fromkeys(("false", "true"), f"found {TEXT}")
    nothing_left(service)


@pytest.mark.skipif(
    not (CLIENTS / "node_modules" / "@anthropic-ai" / "sdk").is_dir(),
    reason="Anthropic's package is not installed",
)
def test_anthropics_package_reads_and_streams(service: RunningService) -> None:
    service.provider.script = message_echo
    said = run(
        service,
        """
        const { default: Anthropic } = await import("@anthropic-ai/sdk");
        const claude = new Anthropic({ baseURL: process.argv[2].slice(0, -3), apiKey: process.argv[3] });
        const asked = { model: "claude-next", max_tokens: 99, messages };
        const whole = await claude.messages.create(asked);
        const streamed = await claude.messages.stream(asked).finalText();
        say([whole.content[0].text, streamed]);
        """,
    )
    assert said == [TEXT, TEXT]
    nothing_left(service)


def nothing_left(service: RunningService) -> None:
    assert service.provider.received
    for received in service.provider.received:
        assert b"ada.quill" not in received.body and b"4111" not in received.body
