"""The fixed note that asks a model to copy stand-ins as they are.

The same bytes in every request, whatever it holds, so that the prefix that a
provider caches is the same on each turn (decision 7). It goes where the
protocol takes instructions, before the caller's own.
"""

from typing import Any

NOTE_NUMBER = 1  # in records; another text has another number
NOTE = (
    "Some values in this conversation are replaced by stand-ins: words that begin with QX1- or "
    "QX2-. Treat each as the value it stands for. Wherever you would write the value, write its "
    "stand-in exactly as it is, every character of it, also in code, JSON and tool arguments. Do "
    "not translate, shorten, explain or invent stand-ins."
)
_INSTRUCTING = ("system", "developer")  # compared, not hashed: a role may be of any type


def add_to_chat(document: dict[str, Any]) -> None:
    """Before the first instructions, or as the first message where there are none."""
    messages = document["messages"]
    first = messages[0] if messages else None
    if type(first) is dict and first.get("role") in _INSTRUCTING:
        joined = _joined(first.get("content"))
        if joined is not None:
            first["content"] = joined
            return
    messages.insert(0, {"role": "system", "content": NOTE})


def add_to_messages(document: dict[str, Any]) -> None:
    """Before the system prompt of Anthropic Messages, or as one."""
    joined = _joined(document.get("system"))
    document["system"] = NOTE if joined is None else joined


def add_to_responses(document: dict[str, Any]) -> None:
    """Before the instructions of OpenAI Responses, which hold for one turn.

    Not where the provider keeps the prompt: these would take its place."""
    if document.get("prompt") is None:
        joined = _joined(document.get("instructions"))
        document["instructions"] = NOTE if joined is None else joined


def add_to_converse(document: dict[str, Any]) -> None:
    """Before the system prompt of Bedrock Converse, where there is one.

    Not as one: of its models some take none, and would refuse the whole request."""
    joined = document.get("system")
    if type(joined) is list and joined:
        document["system"] = [{"text": NOTE}, *joined]


def _joined(content: Any) -> Any:
    """The note and what follows it, in the form that this has; None where it has none."""
    if type(content) is str:
        return f"{NOTE}\n\n{content}"
    if type(content) is list:
        return [{"type": "text", "text": NOTE}, *content]
    return None
