"""Pydantic AI: an agent with a tool, then a message and a stream for both providers."""

import asyncio

from _common import BASE_URL, CLAUDE, GPT, KEY, TEXT, V1, say
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

gpt = OpenAIChatModel(GPT, provider=OpenAIProvider(base_url=V1, api_key=KEY))
claude = AnthropicModel(CLAUDE, provider=AnthropicProvider(base_url=BASE_URL, api_key=KEY))
seen: list[str] = []
agent = Agent(gpt)


@agent.tool_plain
def find_customer(query: str) -> str:
    """Look a customer up."""
    seen.append(query)
    return f"found {query}"


async def stream(model: OpenAIChatModel | AnthropicModel) -> str:
    async with Agent(model).run_stream(TEXT) as result:
        return await result.get_output()


async def main() -> None:
    answer = await agent.run(TEXT)
    say(
        arguments=seen[0],
        answer=answer.output,
        chat=(await Agent(gpt).run(TEXT)).output,
        stream=await stream(gpt),
        claude=(await Agent(claude).run(TEXT)).output,
        claude_stream=await stream(claude),
    )


asyncio.run(main())
