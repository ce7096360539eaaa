"""What the benchmarks send: ordinary office text with planted values, all invented.

`MARK` stands where the load generator puts letters of its own, so that no two
requests are alike and no cache answers for the scan.
"""

import itertools

import orjson

MARK = "NNNNNN"
OFFICE = (
    "The delivery was late again and nobody at the desk could say where it had been kept. "
    "We looked through last month's papers, asked the carrier twice, and wrote down what was said. "
    "Please draft an answer that is friendly, says what went wrong, and offers a new date. "
)
FEW = (
    "Write to mira.{mark}@library.example, phone +44 20 7946 0958. ",
    "Her card is 4111 1111 1111 1111 and the refund goes to GB82 WEST 1234 5698 7654 32. ",
    "Her browser was at IP address 198.51.100.23 when it failed. ",
)
MANY = (
    "Row {n}: clerk{n}.{mark}@office{n}.example, ",
    "second address desk{n}.{mark}@branch{n}.example, ",
    "host 203.0.113.{n}, ",
    "card 4111 1111 1111 1111, ",
    "account GB82 WEST 1234 5698 7654 32; ",
)


def few() -> str:
    """1 kB with 5 findings."""
    planted = "".join(FEW).format(mark=MARK)
    return _fill(planted, 1000)


def many() -> str:
    """8 kB with 65 findings: 13 rows of five."""
    rows = ["".join(MANY).format(mark=MARK, n=number) for number in range(1, 14)]
    gap = OFFICE * ((8000 - len("".join(rows))) // 13 // len(OFFICE))
    return _fill(gap.join(rows), 8000)


def _fill(text: str, size: int) -> str:
    filling = itertools.cycle(OFFICE.split(" "))
    while len(text) < size:
        text += next(filling) + " "
    return text[:size]


def body(text: str, *, stream: bool = False, model: str = "gpt-bench") -> bytes:
    message = {"role": "user", "content": text}
    return orjson.dumps({"model": model, "stream": stream, "messages": [message]})
