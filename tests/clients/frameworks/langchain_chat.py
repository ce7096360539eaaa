"""LangChain: a message, a stream, and a loop with a tool, for both providers."""

from _common import BASE_URL, CLAUDE, GPT, KEY, TEXT, V1, say
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import SecretStr


@tool
def find_customer(query: str) -> str:
    """Look a customer up."""
    return f"found {query}"


gpt = ChatOpenAI(model=GPT, base_url=V1, api_key=SecretStr(KEY))
claude = ChatAnthropic(model=CLAUDE, base_url=BASE_URL, api_key=SecretStr(KEY))
asked = [HumanMessage(TEXT)]
called = gpt.bind_tools([find_customer]).invoke(asked)
(call,) = called.tool_calls
result = ToolMessage(find_customer.invoke(call["args"]), tool_call_id=call["id"])
answer = gpt.bind_tools([find_customer]).invoke([*asked, called, result])
say(
    arguments=call["args"]["query"],
    answer=answer.text,
    chat=gpt.invoke(asked).text,
    stream="".join(part.text for part in gpt.stream(asked)),
    claude=claude.invoke(asked).text,
    claude_stream="".join(part.text for part in claude.stream(asked)),
)
