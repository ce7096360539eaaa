"""Takes made-up requests closer to real ones: fields and names that there are, and a form's token.

Loaded by Schemathesis, in an environment of its own (`SCHEMATHESIS_HOOKS=hooks`). What there
is comes in `known.json`: `token`, `fields` (names), `values`, and values of path parameters
by name.
"""

import json
import random
from pathlib import Path
from typing import Any

import schemathesis

KNOWN = json.loads(Path("known.json").read_text(encoding="utf-8"))
CHOICE = random.Random(1)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    for name in case.path_parameters or {}:
        if name in KNOWN and CHOICE.random() < 0.7:
            case.path_parameters[name] = CHOICE.choice(KNOWN[name])
    if "token" in KNOWN and case.method.upper() == "POST" and isinstance(case.body, dict):
        for field in CHOICE.sample(KNOWN["fields"], CHOICE.randint(0, len(KNOWN["fields"]))):
            case.body[field] = CHOICE.choice(KNOWN["values"])
        if CHOICE.random() < 0.9:
            case.body["_csrf"] = KNOWN["token"]
