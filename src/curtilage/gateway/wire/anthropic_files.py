"""Anthropic's files: which strings of an upload are text.

Facts: the `anthropic` package 2.12, `types/beta/file_upload_params.py`,
`file_list_params.py` and `beta_file_metadata.py`. An upload says nothing of its purpose,
so its content is read by the ending of its name; what a file says of itself is read as
OpenAI's are.
"""

import re
from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.fields import TEXT, FieldMap, Leaf, Node, Object

_SECONDS = Node(Leaf.STRUCTURE, re.compile(r"[0-9]{1,8}\Z").match, note="seconds")
UPLOAD = FieldMap(Object({"filename": TEXT, "expires_in_seconds": _SECONDS}))


def prepare_upload(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """An upload names no model. Raises UnexpectedShape."""
    if type(document) is not dict:
        raise UnexpectedShape("Expected a form with a file.")
    return RequestFacts(model="", stored=True)
