"""The field map of a JSON Schema inside a request: tools, structured output.

The words of the schema language (JSON Schema 2020-12, core and validation) are
structure; names of properties, descriptions, enums, constants, defaults and
examples are the caller's words and scanned. A schema nests without end, so the
map refers to itself.
"""

from curtilage.gateway.wire.fields import FREE, NAMES, SCALAR, TEXT, Leaf, Node, Object, one_of

_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_FORMATS = (
    "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname",
    "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template",
    "json-pointer", "relative-json-pointer", "regex", "int32", "int64", "float", "double", "byte",
    "binary", "password",
)  # fmt: skip
_TYPE = one_of(*_TYPES)
_DIALECTS = (
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2020-12/schema",
)


def _build_schema() -> Node:
    fields: dict[str, Node] = {}
    schema = Node(object=Object(fields), note="JSON Schema")
    nested = Node(object=schema.object, items=schema, note="JSON Schema")
    named = Node(object=Object(rest=schema), note="names, each with a JSON Schema")
    fields.update(
        {
            "type": Node(Leaf.STRUCTURE, _TYPE.fits, items=_TYPE, note=_TYPE.note),
            "format": one_of(*_FORMATS),
            "$schema": one_of(*_DIALECTS),
            "description": TEXT,
            "title": TEXT,
            "pattern": TEXT,
            "$ref": TEXT,
            "$comment": TEXT,
            "enum": FREE,
            "const": FREE,
            "default": FREE,
            "examples": FREE,
            "example": FREE,
            "required": NAMES,
            "properties": named,
            "patternProperties": named,
            "dependentSchemas": named,
            "$defs": named,
            "definitions": named,
            "nullable": SCALAR,
        }
    )
    for key in (
        "items", "prefixItems", "additionalProperties", "unevaluatedProperties", "contains",
        "propertyNames", "anyOf", "oneOf", "allOf", "not", "if", "then", "else",
    ):  # fmt: skip
        fields[key] = nested
    for key in ("minLength", "maxLength", "minItems", "maxItems", "uniqueItems"):
        fields[key] = SCALAR
    return schema


SCHEMA = _build_schema()
