"""The OpenAI Agents SDK: an agent over Responses, with a tool, whole and streamed."""

import asyncio

from _common import GPT, KEY, TEXT, V1, say
from agents import Agent, Runner, function_tool, set_default_openai_client, set_tracing_disabled
from openai import AsyncOpenAI

set_default_openai_client(AsyncOpenAI(base_url=V1, api_key=KEY))
set_tracing_disabled(disabled=True)
seen: list[str] = []


@function_tool
def find_customer(query: str) -> str:
    """Look a customer up."""
    seen.append(query)
    return f"found {query}"


async def main() -> None:
    agent = Agent(name="helper", model=GPT, tools=[find_customer])
    answer = await Runner.run(agent, TEXT)
    streamed = Runner.run_streamed(Agent(name="reader", model=GPT), TEXT)
    parts = [
        event.data.delta
        async for event in streamed.stream_events()
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta"
    ]
    say(arguments=seen[0], answer=answer.final_output, stream="".join(parts))


asyncio.run(main())
