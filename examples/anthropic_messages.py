"""A message through Curtilage with the Anthropic SDK, plain and streamed.

    CURTILAGE_KEY=cur_… python examples/anthropic_messages.py

`CURTILAGE_URL` and `MODEL` name another address or model; without them the
mirror of a local service answers with what it received.
"""

import os

from anthropic import Anthropic

MESSAGE = "Please call Ada on +44 20 7946 0018 about her pears."


def main() -> None:
    url = os.environ.get("CURTILAGE_URL", "http://127.0.0.1:8787")
    model = os.environ.get("MODEL", "mirror")
    client = Anthropic(base_url=url, api_key=os.environ["CURTILAGE_KEY"])

    reply = client.messages.create(
        model=model, max_tokens=200, messages=[{"role": "user", "content": MESSAGE}]
    )
    print("".join(block.text for block in reply.content if block.type == "text"))

    with client.messages.stream(
        model=model, max_tokens=200, messages=[{"role": "user", "content": MESSAGE}]
    ) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)
    print()


if __name__ == "__main__":
    main()
