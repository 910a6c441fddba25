"""Generates what the wire looks like for others: js/wire.d.ts for the browser, docs/PROTOCOL.md for people. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

import msgspec

from meetings.people import rights
from meetings.sitting.commands import VERBS, Command
from meetings.sitting.screen import Screen

from . import answers, bodies, wire
from .guard import Route
from .routes import all_routes

TYPES = "web/static/js/wire.d.ts"
PAGE = "docs/PROTOCOL.md"
SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
WHERE = ("unit", "sitting")
Schema = Mapping[str, Any]


def files() -> dict[str, str]:
    """Path -> content of every generated file."""
    return {TYPES: types(), PAGE: page()}


def _bodies() -> list[type]:
    named = [kind for module in (wire, bodies, answers) for _, kind in inspect.getmembers(module, inspect.isclass)]
    for route in all_routes(demonstration_too=False):
        named += answered(route)
    structs = (kind for kind in named if issubclass(kind, msgspec.Struct) and kind is not wire.Strict)
    return list(dict.fromkeys(structs))  # what several name is told once


def answered(route: Route) -> list[type]:
    """What a route answers with, and what that holds."""
    answer = get_type_hints(route.handler).get("return")
    return [kind for kind in (answer, *get_args(answer)) if inspect.isclass(kind)]


def types() -> str:
    """TypeScript declarations of every message and body."""
    kinds = [*_bodies(), *get_args(Command), Screen]
    _, components = msgspec.json.schema_components(kinds)
    lines = ["// Made by `bacap protocol` from web/wire.py, web/bodies.py and web/answers.py; not to be edited.", ""]
    for name in sorted(components):
        lines += _interface(name, components[name])
    for union, members in (("FromBrowser", wire.FromBrowser), ("ToBrowser", wire.ToBrowser), ("Command", Command)):
        lines.append(f"export type {union} = {' | '.join(sorted(kind.__name__ for kind in get_args(members)))};")
    return "\n".join(lines) + "\n"


def _interface(name: str, schema: Schema) -> list[str]:
    if "properties" not in schema:
        return [f"export type {name} = {_type(schema)};", ""]
    required = set(schema.get("required", ()))
    lines = [f"export interface {name} {{"]
    for field, kind in schema["properties"].items():
        tag = "enum" in kind and len(kind["enum"]) == 1
        lines.append(f"  {field}{'' if field in required or tag else '?'}: {_type(kind)};")
    return [*lines, "}", ""]


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return " | ".join(_type(one) for one in schema[either])
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(_type(one) for one in schema['prefixItems'])}]"
        items = schema.get("items")
        return f"Array<{_type(items) if items else 'unknown'}>"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"Record<string, {_type(more) if isinstance(more, Mapping) and more else 'any'}>"
    return SIMPLE.get(str(kind), "any")


def _fields(kind: type) -> str:
    shown = [
        f"`{field.encode_name}`{'' if field.required else '?'}: {_short(field.type)}"
        for field in msgspec.structs.fields(kind)
    ]
    return ", ".join(shown) or "-"


def _short(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind)).replace("typing.", "").replace("collections.abc.", "")


def _table(kinds: list[type], told: str) -> list[str]:
    lines = [f"| {told} | fields | meaning |", "|---|---|---|"]
    for kind in kinds:
        tag = kind.__struct_config__.tag  # type: ignore[attr-defined]
        doc = " ".join((vars(kind).get("__doc__") or "").split())
        lines.append(f"| `{tag or kind.__name__}` | {_fields(kind).replace('|', 'or')} | {doc} |")
    return [*lines, ""]


def page() -> str:
    """The protocol page: channel, commands, routes."""
    lines = [
        "# The protocol", "",
        "Made by `bacap protocol` from web/wire.py, meetings/sitting/commands and web/routes; not to be edited.", "",
        f"The channel is a WebSocket at `/channel`, version {wire.VERSION}, JSON text messages of at most 64 KiB,",
        "opened only by pages of the same origin. A browser says `hello`, then `watch` with the last event it saw;",
        "from then on it is told every later event and the parts of the screen they changed. A command is answered",
        "by `done` once it is durable, or by `refused`. A `ping` goes out every 2 s; after 5 s of silence the browser",
        "opens a new socket.",
        "", "## From the browser", "", *_table(list(get_args(wire.FromBrowser)), "message"),
        "## To the browser", "", *_table(list(get_args(wire.ToBrowser)), "message"), "## Commands", "",
        "| command | right | fields | meaning |", "|---|---|---|---|",
    ]  # fmt: skip
    for kind in get_args(Command):
        doc = " ".join((vars(kind).get("__doc__") or "").split())
        doc = "" if doc.startswith(kind.__name__) else doc
        tag = kind.__struct_config__.tag
        lines.append(f"| `{tag}` | {VERBS[kind]} | {_fields(kind).replace('|', 'or')} | {doc} |")
    lines += ["", "## Routes", "", "| method | address | right | who |", "|---|---|---|---|"]
    for route in sorted(all_routes(demonstration_too=False), key=lambda route: (route.path, route.method)):
        lines.append(f"| {route.method} | `{route.path}` | {route.right} | {who(route.right)} |")
    lines += ["", "## Bodies", "", *_table([kind for kind in _bodies() if not _is_message(kind)], "body")]
    return "\n".join(lines)


def _is_message(kind: type) -> bool:
    return kind in get_args(wire.FromBrowser) or kind in get_args(wire.ToBrowser)


def who(verb: str) -> str:
    rule = rights.VERBS[verb]
    if isinstance(rule, str):
        return rule
    return ", ".join(
        [*(f"{role} (unit)" for role in sorted(rule[0])), *(f"{role} (sitting)" for role in sorted(rule[1]))]
    )
