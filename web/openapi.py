"""The HTTP interface as OpenAPI 3.1, generated from the routes themselves: addresses, rights, the structs that they ask
for and answer with. Pure; nothing in it is written twice. What a query or a file may hold, it says by name alone.
"""

from __future__ import annotations

import functools
import inspect
import re
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from meetings.people.rights import INTEGRATES

from . import protocol, wire
from .guard import Route
from .routes import all_routes

BODY = re.compile(r"call\.body\(([\w.]+)\)")
HELPER = re.compile(r"\b(_\w+)\(call")
QUERY = re.compile(r"""(?:call\.number|query\.get|query\.getall)\(\s*"(\w+)\"""")
PARAM = re.compile(r"\{(\w+)\}")
REFERENCE = "#/components/schemas/{name}"


def documented() -> list[Route]:
    """What programs may call: pages, and what only browsers use, aside."""
    routes = (route for route in all_routes(demonstration_too=False) if route.path.startswith(("/api/", "/papers/")))
    return sorted(routes, key=lambda route: (route.path, route.method))


def asked_of(route: Route) -> type | None:
    """The struct of a route's JSON body, as its handler asks for it; None for none."""
    found = BODY.search(_source(route))
    if found is None:
        return None
    kind: Any = route.handler.__globals__[found[1].split(".")[0]]
    for name in found[1].split(".")[1:]:
        kind = getattr(kind, name)
    return kind if isinstance(kind, type) else None


@functools.cache
def made(version: str) -> bytes:
    """The document, of an installation of this VERSION."""
    routes = documented()
    structs = (kind for route in routes for kind in protocol.answered(route) if issubclass(kind, msgspec.Struct))
    kinds = list(dict.fromkeys([wire.Refusal, *filter(None, map(asked_of, routes)), *structs]))
    _, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    told = {
        "openapi": "3.1.0",
        "info": {"title": "bacap", "version": version, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
        "security": [{"session": []}, {"token": []}],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1)


ABOUT = (
    "Every answer that is not 2xx is a Refusal, in words of the reader's language and with a code. "
    "Programs call with a token of an integration (Authorization: Bearer); pages with their session, from their own "
    "origin only."
)


def _operation(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rsplit('.', 1)[-1]}.{route.handler.__name__}",
        "summary": " ".join((inspect.getdoc(route.handler) or "").split()),
        "tags": [route.handler.__module__.rsplit(".", 1)[-1]],
        "x-right": route.right,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in PARAM.findall(route.path)
        ]
        + [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in _queried(route)],
        "responses": {**_answer(route), "default": _json({"$ref": REFERENCE.format(name="Refusal")}, "refused")},
    }
    if protocol.who(route.right) == "anyone":
        told["security"] = []
    elif route.right not in INTEGRATES:
        told["security"] = [{"session": []}]
    asked = asked_of(route)
    if asked is not None:
        schema = {"$ref": REFERENCE.format(name=asked.__name__)}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if "call.chunks()" in _source(route):  # the file itself
        content = told.setdefault("requestBody", {"required": True, "content": {}})["content"]
        content["application/octet-stream"] = {"schema": {}}
    return told


def _source(route: Route) -> str:
    """What a handler does, with the helpers of its module that it hands its call to."""
    text = inspect.getsource(route.handler)
    helpers = (route.handler.__globals__.get(name) for name in HELPER.findall(text))
    return text + "".join(inspect.getsource(one) for one in helpers if inspect.isfunction(one))


def _queried(route: Route) -> list[str]:
    """Names in the query that a handler asks for."""
    return list(dict.fromkeys(QUERY.findall(_source(route))))


def _answer(route: Route) -> dict[str, Any]:
    kind = get_type_hints(route.handler).get("return")
    if kind in (None, NoneType):
        return {"204": {"description": "done"}}
    if get_origin(kind) is list:
        return {"200": _json({"type": "array", "items": _schema(get_args(kind)[0])}, "done")}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {"200": _json(_schema(kind), "done")}
    return {"200": {"description": "a file, a page, or what the address says"}}


def _schema(kind: Any) -> dict[str, Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {"$ref": REFERENCE.format(name=kind.__name__)}
    found: dict[str, Any] = msgspec.json.schema(kind)
    return found


def _json(schema: dict[str, Any], about: str) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}
