"""What Azure OpenAI adds to OpenAI: a version in the query, fields of its own.

Facts: Microsoft's reference of the data plane, 2024-10-21 and v1, and
`lib/azure.py` of the `openai` package 3.54. Replies are OpenAI's; what Azure's
filters say of them (`content_filter_results`) passes as it came.
"""

import re
from collections.abc import Mapping

from curtilage.gateway.wire.fields import IDENTITY, TEXT, FieldMap, Object, an, many
from curtilage.gateway.wire.openai_chat import CHAT
from curtilage.gateway.wire.openai_completions import COMPLETIONS
from curtilage.gateway.wire.openai_embeddings import EMBEDDINGS

QUERY = re.compile(
    rb"(?:api-version=(?:20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:-preview)?|preview|latest|v1))?\Z"
).match
QUERY_WORDS = "one api-version, as 2024-10-21"
PARAMETER = "api-version"
is_version = re.compile(r"(?:20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:-preview)?|preview|latest|v1)\Z").match
LISTED = re.compile(
    rb"(?:(?:(?:after|limit|order|purpose)=[A-Za-z0-9_-]{0,256}"
    rb"|api-version=(?:20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:-preview)?|preview|latest|v1))(?:&|\Z))*\Z"
).match
LISTED_WORDS = "api-version, after, limit, order and purpose"
_VERSION_OF = re.compile(rb"(?:\A|&)(api-version=[0-9a-z-]*)").search


def find_version(query: bytes) -> bytes:
    """The version in a query that `LISTED` takes, as a query of its own; empty without one."""
    found = _VERSION_OF(query)
    return found.group(1) if found else b""


AZURE_CHAT = FieldMap(
    Object(
        {
            **CHAT.root.fields,
            # The provider itself searches there, with credentials that stand in it.
            "data_sources": many(an({}, needs="remote_urls")),
            "user_security_context": an(
                {
                    "application_name": TEXT,
                    "end_user_id": IDENTITY,
                    "end_user_tenant_id": IDENTITY,
                    "source_ip": IDENTITY,
                }
            ),
        }
    )
)

SERVED: Mapping[str, FieldMap] = {
    "chat": AZURE_CHAT,
    "completions": COMPLETIONS,
    "embeddings": EMBEDDINGS,
}
