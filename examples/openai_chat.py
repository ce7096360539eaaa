"""A chat through Curtilage with the OpenAI SDK, plain and streamed.

    CURTILAGE_KEY=cur_… python examples/openai_chat.py

`CURTILAGE_URL` and `MODEL` name another address or model; without them the
mirror of a local service answers with what it received.
"""

import os

from openai import OpenAI

MESSAGE = "Please write to ada@orchard.example that her pears are ripe."


def main() -> None:
    url = os.environ.get("CURTILAGE_URL", "http://127.0.0.1:8787")
    model = os.environ.get("MODEL", "mirror")
    client = OpenAI(base_url=f"{url}/v1", api_key=os.environ["CURTILAGE_KEY"])

    reply = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": MESSAGE}]
    )
    print(reply.choices[0].message.content)

    stream = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": MESSAGE}], stream=True
    )
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            print(chunk.choices[0].delta.content, end="", flush=True)
    print()


if __name__ == "__main__":
    main()
