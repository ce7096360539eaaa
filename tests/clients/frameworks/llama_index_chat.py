"""LlamaIndex: a message and a stream for both providers, and a call of a tool."""

from _common import BASE_URL, CLAUDE, GPT, KEY, TEXT, V1, say
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.anthropic import Anthropic
from llama_index.llms.openai import OpenAI


def find_customer(query: str) -> str:
    """Look a customer up."""
    return f"found {query}"


gpt = OpenAI(model=GPT, api_base=V1, api_key=KEY)
claude = Anthropic(model=CLAUDE, base_url=BASE_URL, api_key=KEY)
asked = [ChatMessage(role="user", content=TEXT)]
result = gpt.predict_and_call([FunctionTool.from_defaults(find_customer)], user_msg=TEXT)
say(
    answer=str(result),
    chat=gpt.chat(asked).message.content,
    stream="".join(part.delta or "" for part in gpt.stream_chat(asked)),
    claude=claude.chat(asked).message.content,
    claude_stream="".join(part.delta or "" for part in claude.stream_chat(asked)),
)
