"""The description of the API, made from the table of routes and the types that decode requests."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from master.api.rows import Failure
from master.rest.calls import PREFIX, Route
from worker.version import __version__

_REFERENCE: Final = "#/components/schemas/{name}"
_PARAM: Final = re.compile(r"{(\w+)}")
_TAG: Final = re.compile(r"^/([\w.-]+)")


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of ``routes``."""
    kinds: list[Any] = [Failure]
    for route in routes:
        kinds += [kind for kind in (route.answer, route.body, route.query) if kind is not None]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    known = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, known, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Watchkeeper", "version": __version__, "description": _DESCRIPTION},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(route: Route, known: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    tag = _TAG.match(route.path)
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{route.method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', route.path).rstrip('_')}",
        "tags": [tag.group(1) if tag else "others"],
        "responses": {
            str(route.status): {"description": route.summary, "content": _content(route, known)},
            "default": {"description": "Refused", "content": _json(_envelope(False, known[repr(Failure)]))},
        },
    }
    if route.scope == "open":
        operation["security"] = []
    else:
        operation["x-token-scope"] = route.scope
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAM.findall(route.path)
    ]
    if route.query is not None:
        parameters += _query_parameters(known[repr(route.query)], components)
    if parameters:
        operation["parameters"] = parameters
    if route.stream:
        operation["requestBody"] = {"required": True, "content": {route.stream: {}}}
    elif route.body is not None:
        operation["requestBody"] = {"required": not route.body_optional, "content": _json(known[repr(route.body)])}
    return operation


def _content(route: Route, known: dict[str, Any]) -> dict[str, Any]:
    if route.document:
        return {route.document: {}}
    return _json(_envelope(True, known[repr(route.answer)] if route.answer is not None else {"type": "null"}))


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _envelope(success: bool, content: dict[str, Any]) -> dict[str, Any]:
    name = "data" if success else "error"
    return {
        "type": "object",
        "properties": {"success": {"const": success}, name: content},
        "required": ["success", name],
    }


def _query_parameters(reference: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    schema = components[reference["$ref"].rsplit("/", 1)[1]]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": one}
        for name, one in schema["properties"].items()
    ]


_DESCRIPTION: Final = """\
Every answer is `{"success": true, "data": …}` or `{"success": false, "error": {"code", "message", "fields"?,
"request_id"}}` and carries `X-Request-ID` (the caller's, or a new one). Times are integers, UTC milliseconds, named
`…_at`; spans are named with their unit. Lists take `limit` (at most 500) and `cursor`. An editable row has a `version`:
a PATCH that carries it is refused (409) when it is stale. Every request but `GET /health` needs
`Authorization: Bearer TOKEN`; where `x-token-scope` is `client`, a client token is enough. Beside the codes of the
single routes: 400 (`fields` names what is wrong), 401, 403, 404, 405, 409, 413 (more than 1 MiB), 429 (`Retry-After`
says when to come back), 500, 503.
"""
