"""Search over everything one may read."""

from __future__ import annotations

from meetings.search.actions import Found

from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/search", "desk.see")
async def find(call: Call) -> Found:
    """?q= words, phrases in quotation marks; ?kind=, ?since=, ?until= (ISO days); from ?offset= on."""
    query = call.request.query
    given = (query.get("q", ""), query.get("kind", ""), query.get("since", ""), query.get("until", ""))
    return await call.office.reading.search.find(call.who, *given, call.number("offset"))
