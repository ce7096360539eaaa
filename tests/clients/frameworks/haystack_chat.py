"""Haystack: a message, a stream, and a loop with a tool."""

from _common import GPT, KEY, TEXT, V1, say
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage, StreamingChunk
from haystack.tools import create_tool_from_function
from haystack.utils import Secret


def find_customer(query: str) -> str:
    """Look a customer up."""
    return f"found {query}"


parts: list[str] = []


def take(chunk: StreamingChunk) -> None:
    parts.append(chunk.content)


gpt = OpenAIChatGenerator(
    api_key=Secret.from_token(KEY),
    model=GPT,
    api_base_url=V1,
    tools=[create_tool_from_function(find_customer)],
)
asked = [ChatMessage.from_user(TEXT)]
called = gpt.run(asked)["replies"][0]
(call,) = called.tool_calls
result = ChatMessage.from_tool(find_customer(**call.arguments), origin=call)
answer = gpt.run([*asked, called, result])["replies"][0]
streaming = OpenAIChatGenerator(
    api_key=Secret.from_token(KEY), model=GPT, api_base_url=V1, streaming_callback=take
)
whole = streaming.run(asked)["replies"][0].text
assert whole == "".join(parts)
say(
    arguments=call.arguments["query"],
    answer=answer.text,
    chat=gpt.run(asked)["replies"][0].text,
    stream="".join(parts),
)
