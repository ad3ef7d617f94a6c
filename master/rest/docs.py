"""The description of the API as a document for programs and as a page for people."""

import html
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aiohttp import web

from master.context import request_id
from master.rest.answers import REQUEST_ID
from master.rest.calls import Call, Route
from master.rest.openapi import describe


def document_routes(routes: Sequence[Route]) -> tuple[Route, ...]:
    """Return the routes that describe ``routes`` and themselves. Both documents are made once, when first asked for."""
    made: dict[str, bytes] = {}

    def document() -> dict[str, Any]:
        return describe([*routes, *own])

    async def openapi(_call: Call) -> web.Response:
        if "json" not in made:
            made["json"] = msgspec.json.encode(document())
        return _respond(made["json"], "application/json")

    async def docs(_call: Call) -> web.Response:
        if "html" not in made:
            made["html"] = _page(document()).encode()
        return _respond(made["html"], "text/html")

    own = (
        Route("GET", "/openapi.json", openapi, "This description", scope="client", document="application/json"),
        Route("GET", "/docs", docs, "This description as a page", scope="client", document="text/html"),
    )
    return own


def _respond(body: bytes, kind: str) -> web.Response:
    headers = {
        "Content-Type": f"{kind}; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
        REQUEST_ID: request_id.get(),
    }
    return web.Response(body=body, headers=headers)


def _page(document: dict[str, Any]) -> str:
    parts = [f"<h1>Watchkeeper {_safe(document['info']['version'])}</h1>", _description(document)]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(path, method, operation))
    parts.append("<h2>Types</h2>")
    for name, schema in sorted(document["components"]["schemas"].items()):
        parts.append(f'<details id="{_safe(name)}"><summary>{_safe(name)}</summary>{_code(schema)}</details>')
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>Watchkeeper API</title>{_STYLE}{''.join(parts)}"


def _description(document: dict[str, Any]) -> str:
    return f"<p>{_safe(document['info']['description'])}</p>"


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    rows = [
        f"<li><code>{_safe(one['name'])}</code> ({_safe(one['in'])}) {_type(one['schema'])}"
        for one in operation.get("parameters", ())
    ]
    body = operation.get("requestBody")
    if body is not None and "application/json" not in body["content"]:
        rows.append(f"<li>body: {_safe(next(iter(body['content'])))}")
    elif body is not None:
        rows.append(f"<li>body: {_type(body['content']['application/json']['schema'])}")
    for status, answer in operation["responses"].items():
        for content in answer["content"].values():
            data = content.get("schema", {}).get("properties", {}).get("data")
            if data is not None:
                rows.append(f"<li>{_safe(status)}: {_type(data)}")
    scope = operation.get("x-token-scope", "no")
    return (
        f"<h3><b>{_safe(method.upper())}</b> <code>{_safe(path)}</code></h3>"
        f"<p>{_safe(operation['summary'])} <small>{_safe(scope)} token</small></p><ul>{''.join(rows)}</ul>"
    )


def _type(schema: dict[str, Any]) -> str:
    reference = schema.get("$ref")
    if reference is None:
        return _code(schema)
    name = _safe(str(reference).rsplit("/", 1)[1])
    return f'<a href="#{name}">{name}</a>'


def _code(schema: dict[str, Any]) -> str:
    return f"<code>{_safe(msgspec.json.encode(schema).decode())}</code>"


def _safe(value: object) -> str:
    return html.escape(str(value))


_STYLE: Final = """<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h3{margin:1.6rem 0 0;font-weight:400}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
p,ul{margin:.2rem 0}small{opacity:.7}b{display:inline-block;min-width:4rem}
</style>"""
