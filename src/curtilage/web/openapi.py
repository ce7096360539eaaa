"""The OpenAPI document of the control process, made from its routes.

So it says what is served and nothing else: pages and their forms, what programs
fetch, the management API, who may, and how errors look. Model paths and the endpoints of
OAuth are not in it: they are described by the protocols that they speak.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from curtilage.core.door import Endpoint, Operation
from curtilage.core.page import Download, Visit
from curtilage.core.problem import PROBLEM_TYPE
from curtilage.core.slice import Route
from curtilage.web.csrf import FIELD
from curtilage.web.form import FORM_TYPE

PATH = "/api/openapi.json"
PAGE, JSON = "text/html", "application/json"
_PARAMETER = re.compile(r"{([a-z_]+)(?::path)?}")

_ANYWHERE = {
    "400": "What was sent could not be read",
    "401": "Nobody is signed in, or what was shown opens nothing",
    "404": "There is nothing at this address, or not for this visitor",
    "405": "This address does not take this method",
    "421": "The host name is not served here",
    "422": "What was sent is not what is expected here",
    "429": "A limit was reached; `retry-after` says when to try again",
    "502": "Another service answered as it should not",
    "503": "Something that is needed does not answer",
}
_GUARDED = {"403": "The right is missing"}
_SENT = {
    "403": "The form is not from a page of this visit, or the right is missing",
    "408": "The form did not arrive in time",
    "409": "It contradicts what is there",
    "413": "The form is too large",
}
_CALLED = {
    "403": "The right is missing",
    "409": "It contradicts what is there",
    "413": "The body is too large",
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "hint"],
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        **{name: {"type": "string"} for name in ("title", "detail", "instance", "code", "hint")},
    },
}


def document_route(
    routes: Sequence[Route],
    *,
    endpoints: Sequence[Endpoint] = (),
    version: str,
    address: str,
    cookie: str,
) -> Route:
    """The route that gives the document, in which it stands itself."""

    async def give(_: Visit) -> Download:
        return Download(raw, JSON)

    route = Route("GET", PATH, give, permission="", name="web.openapi", gives=JSON)
    every = (*routes, route)
    document = build_document(
        every, endpoints=endpoints, version=version, address=address, cookie=cookie
    )
    raw = orjson.dumps(document)
    return route


def build_document(
    routes: Iterable[Route],
    *,
    endpoints: Iterable[Endpoint] = (),
    version: str,
    address: str,
    cookie: str,
) -> dict[str, Any]:
    """The document (OpenAPI 3.1). `cookie` is the name of the one that a session is in."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operations = paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})
        operations[route.method.lower()] = _describe(route)
    for each in endpoints:
        if each.operation is not None:
            operations = paths.setdefault(each.path, {})
            operations[each.method.lower()] = _describe_call(each, each.operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Curtilage: console, management and ledger", "version": version},
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _describe(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in _PARAMETER.findall(route.path)
        ],
        "responses": _responses(route),
    }
    if route.permission:
        operation["description"] = f"Needs the right `{route.permission}`."
        operation["security"] = [{"session": []}]
    if route.method == "POST":
        operation["requestBody"] = {"required": True, "content": {FORM_TYPE: {"schema": _form()}}}
    return operation


def _describe_call(endpoint: Endpoint, operation: Operation) -> dict[str, Any]:
    """An endpoint of the management API: it takes a key or a token, and never a cookie."""
    called: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": operation.words,
        "description": f"Needs the right `{operation.right}`.",
        "security": [{"bearer": []}],
        "parameters": [
            *(_parameter(name, "path") for name in _PARAMETER.findall(endpoint.path)),
            *(_parameter(name, "query", schema) for name, schema in operation.query.items()),
        ],
        "responses": _answers(endpoint, operation),
    }
    if operation.takes:
        content = {JSON: {"schema": operation.takes}}
        called["requestBody"] = {"required": operation.needs_body, "content": content}
    return called


def _parameter(name: str, place: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    is_needed = place == "path"
    return {
        "name": name,
        "in": place,
        "required": is_needed,
        "schema": schema or {"type": "string"},
    }


def _answers(endpoint: Endpoint, operation: Operation) -> dict[str, Any]:
    content = {"content": {endpoint.gives: {"schema": operation.gives}}} if operation.gives else {}
    answers: dict[str, Any] = {str(operation.status): {"description": "It is done", **content}}
    for status, description in sorted({**_ANYWHERE, **_CALLED}.items()):
        answers[status] = {"description": description, "content": _error_content()}
    return answers


def _form() -> dict[str, Any]:
    """Every field is a text; one of them says from which page of which visit the form is."""
    text = {"type": "string"}
    return {
        "type": "object",
        "required": [FIELD],
        "properties": {FIELD: text},
        "additionalProperties": text,
    }


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {"description": "It is there", "content": {route.gives or PAGE: {}}}
    }
    if route.permission or not route.gives:
        responses["303"] = {
            "description": "Go on to another page: the next one, or the one to sign in at",
            "headers": {"location": {"required": True, "schema": {"type": "string"}}},
        }
    errors = {**_ANYWHERE, **(_GUARDED if route.permission else {})}
    if route.method == "POST":
        errors |= _SENT
    for status, description in sorted(errors.items()):
        responses[status] = {"description": description, "content": _error_content()}
    return responses


def _error_content() -> Mapping[str, Any]:
    """For a program a problem document (RFC 9457), for a person a page."""
    return {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}, PAGE: {}}
