"""OpenAI Responses: which strings of a request's tools are text.

Facts: the `openai` package 3.54, `types/responses/tool_param.py` and all that it
reaches. A tool of another kind is refused, as a kind of content is.
"""

import re

from curtilage.gateway.wire.fields import (
    FILE_ID,
    FREE,
    ID,
    MEDIA,
    MEDIA_TYPE,
    NAME,
    NAMES,
    PLACE_ID,
    SCALAR,
    TEXT,
    URL,
    Leaf,
    Node,
    Object,
    an,
    many,
    one_of,
    part,
    parts,
)
from curtilage.gateway.wire.schema import SCHEMA

EFFORT = one_of("none", "minimal", "low", "medium", "high", "xhigh", "max")
_CREDENTIAL = re.compile(r"[!-?A-~]{1,8192}\Z").match  # one word without `@`
_CALLERS = {"allowed_callers": many(one_of("direct", "programmatic")), "defer_loading": SCALAR}
_PLACE = an(
    {
        "type": one_of("approximate"),
        "city": TEXT,
        "country": TEXT,
        "region": TEXT,
        "timezone": TEXT,
    }
)
_CONTEXT = {"search_context_size": one_of("low", "medium", "high"), "user_location": _PLACE}

_FILTER: dict[str, Node] = {
    "type": one_of("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "and", "or"),
    "key": TEXT,
    "value": FREE,
}
_FILTERS = an(_FILTER)
_FILTER["filters"] = many(_FILTERS)  # one filter may hold others

_SKILL = an(
    {
        "type": one_of("skill_reference", "inline"),
        "skill_id": ID,
        "version": NAME,
        "name": NAME,
        "description": TEXT,
        "path": TEXT,
        "source": Node(
            object=Object(
                {"type": one_of("base64"), "data": MEDIA, "media_type": MEDIA_TYPE}, needs="files"
            )
        ),
    }
)
_NETWORK = an(
    {
        "type": one_of("disabled", "allowlist"),
        "allowed_domains": many(TEXT),
        "domain_secrets": many(an({"domain": TEXT, "name": TEXT, "value": TEXT})),
    }
)
_CONTAINER = {
    "file_ids": many(FILE_ID),
    "memory_limit": one_of("1g", "4g", "16g", "64g"),
    "network_policy": _NETWORK,
    "skills": many(_SKILL),
    "container_id": PLACE_ID,
}
ENVIRONMENT = an({"type": one_of("container_auto", "container_reference", "local"), **_CONTAINER})
"""Where a shell runs: with the caller, or at the provider."""

_FUNCTION = part(
    {
        "name": NAME,
        "description": TEXT,
        "parameters": SCHEMA,
        "output_schema": SCHEMA,
        "strict": SCALAR,
        "async": SCALAR,
        **_CALLERS,
    }
)
_CUSTOM = part(
    {
        "name": NAME,
        "description": TEXT,
        "format": an(
            {
                "type": one_of("text", "grammar"),
                "definition": TEXT,
                "syntax": one_of("lark", "regex"),
            }
        ),
        "async": SCALAR,
        **_CALLERS,
    }
)
_FILTER_OF_TOOLS = an({"read_only": SCALAR, "tool_names": NAMES})
_MCP = part(  # the provider calls it, with whatever the model puts into a call
    {
        "server_label": NAME,
        "server_url": TEXT,
        "server_description": TEXT,
        "connector_id": NAME,
        "tunnel_id": ID,
        "authorization": Node(Leaf.STRUCTURE, _CREDENTIAL, note="credential, passed as it is"),
        "headers": FREE,
        "allowed_tools": Node(
            Leaf.STRUCTURE, NAME.fits, object=_FILTER_OF_TOOLS.object, items=NAME, note=NAME.note
        ),
        "require_approval": Node(
            Leaf.STRUCTURE,
            frozenset(("always", "never")).__contains__,
            object=Object({"always": _FILTER_OF_TOOLS, "never": _FILTER_OF_TOOLS}),
            note="always · never, or for which tools",
        ),
        **_CALLERS,
    },
    needs="remote_urls",
)
_IMAGE = part(
    {
        "action": one_of("generate", "edit", "auto"),
        "background": one_of("transparent", "opaque", "auto"),
        "complexity": one_of("low", "medium", "high"),
        "input_fidelity": one_of("high", "low"),
        "input_image_mask": Node(
            object=Object({"file_id": FILE_ID, "image_url": URL}, needs="images")
        ),
        "model": NAME,
        "moderation": one_of("auto", "low"),
        "output_format": one_of("png", "webp", "jpeg", "gif", "svg"),
        "quality": NAME,
        "size": NAME,
        "svg": an({"model": NAME, "reasoning": an({"effort": EFFORT})}),
        **dict.fromkeys(
            ("frame_count", "frame_duration_ms", "output_compression", "partial_images"), SCALAR
        ),
    }
)
_SEARCH = part(
    {
        **_CONTEXT,
        "external_web_access": SCALAR,
        "filters": an({"allowed_domains": many(TEXT)}),
        "search_content_types": many(one_of("text", "image")),
    }
)
_COMPUTER = part({"environment": NAME, "display_height": SCALAR, "display_width": SCALAR})
_RANKING = an(
    {
        "ranker": NAME,
        "score_threshold": SCALAR,
        "hybrid_search": an({"embedding_weight": SCALAR, "text_weight": SCALAR}),
    }
)

_KINDS: dict[str, Object] = {
    "function": _FUNCTION,
    "custom": _CUSTOM,
    "mcp": _MCP,
    "image_generation": _IMAGE,
    "file_search": part(  # of the provider's account, whoever put it there
        {
            "vector_store_ids": many(ID),
            "filters": _FILTERS,
            "max_num_results": SCALAR,
            "ranking_options": _RANKING,
        },
        needs="files",
    ),
    "code_interpreter": part(
        {
            "container": Node(
                Leaf.PLACE, object=Object({"type": one_of("auto"), **_CONTAINER})
            ),
            **_CALLERS,
        }
    ),
    "shell": part({"environment": ENVIRONMENT, **_CALLERS}),
    "local_shell": part({}),
    "apply_patch": part(_CALLERS),
    "programmatic_tool_calling": part({}),
    "tool_search": part(
        {"description": TEXT, "execution": one_of("server", "client"), "parameters": SCHEMA}
    ),
    **dict.fromkeys(("computer", "computer_use_preview"), _COMPUTER),
    **dict.fromkeys(
        (
            "web_search", "web_search_2025_08_26", "web_search_preview",
            "web_search_preview_2025_03_11",
        ),
        _SEARCH,
    ),
}  # fmt: skip
_INNER = many(Node(object=parts({"function": _FUNCTION, "custom": _CUSTOM})))
_KINDS["namespace"] = part({"name": NAME, "description": TEXT, "tools": _INNER})
TOOLS = many(Node(object=Object(by="type", variants=_KINDS)))

_CHOSEN = {"type": NAME, "name": NAME, "server_label": NAME}
CHOICE = Node(
    Leaf.STRUCTURE,
    frozenset(("none", "auto", "required")).__contains__,
    object=Object({**_CHOSEN, "mode": one_of("auto", "required"), "tools": many(an(_CHOSEN))}),
    note="none · auto · required, or a named tool",
)
