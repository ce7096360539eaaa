"""What every program here gets and gives: an address, a key, a text; one line of JSON."""

import json
import sys
from typing import Any

BASE_URL, KEY, TEXT = sys.argv[1:4]
V1 = f"{BASE_URL}/v1"
GPT, CLAUDE = "gpt-4o-mini", "claude-sonnet-4-5"


def say(**said: Any) -> None:
    print(json.dumps(said))
