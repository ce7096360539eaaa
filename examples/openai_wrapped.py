"""A chat that is protected inside the application, without a gateway.

    OPENAI_BASE_URL=… OPENAI_API_KEY=… python examples/openai_wrapped.py

Any server that speaks the protocol will do; `MODEL` names its model.
"""

import os

from openai import OpenAI

from curtilage.openai import wrap

MESSAGE = "Please write to ada@orchard.example that her pears are ripe."


def main() -> None:
    client = wrap(OpenAI())
    reply = client.chat.completions.create(
        model=os.environ.get("MODEL", "gpt-4.1-mini"),
        messages=[{"role": "user", "content": MESSAGE}],
    )
    print(reply.choices[0].message.content)


if __name__ == "__main__":
    main()
