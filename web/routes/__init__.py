"""The routes, one file a noun. Each is declared with its right; `all_routes` is what app.py serves."""

from __future__ import annotations

from ..guard import Route
from . import (
    accounts,
    certificates,
    demonstration,
    desk,
    invitations,
    metrics,
    minutes,
    opinions,
    outcomes,
    pages,
    papers,
    people,
    recordings,
    register,
    rehearsals,
    rules,
    sites,
    sittings,
    tasks,
    verify,
    whip,
)


def all_routes(*, demonstration_too: bool) -> list[Route]:
    """Every route of a node. One-click sign-in is among them in a demonstration only."""
    nouns = [
        pages,
        accounts,
        people,
        sites,
        certificates,
        desk,
        sittings,
        invitations,
        register,
        papers,
        recordings,
        rehearsals,
        rules,
        minutes,
        outcomes,
        opinions,
        tasks,
        verify,
        whip,
        metrics,
    ]
    if demonstration_too:
        nouns.append(demonstration)
    return [route for noun in nouns for route in noun.routes.all]
