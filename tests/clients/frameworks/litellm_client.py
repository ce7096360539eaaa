"""LiteLLM as a client: a message and a stream for both providers, and Responses."""

import litellm
from _common import BASE_URL, CLAUDE, GPT, KEY, TEXT, V1, say

asked = [{"role": "user", "content": TEXT}]
gpt = {"model": f"openai/{GPT}", "api_base": V1, "api_key": KEY, "messages": asked}
claude = {"model": f"anthropic/{CLAUDE}", "api_base": BASE_URL, "api_key": KEY, "messages": asked}


def text(parts: object) -> str:
    return "".join(part.choices[0].delta.content or "" for part in parts)  # type: ignore[attr-defined]


say(
    chat=litellm.completion(**gpt).choices[0].message.content,
    stream=text(litellm.completion(**gpt, stream=True)),
    claude=litellm.completion(**claude).choices[0].message.content,
    claude_stream=text(litellm.completion(**claude, stream=True)),
)
