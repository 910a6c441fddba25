"""The routes, one file a noun. Each is declared with its right; `all_routes` is what app.py serves."""

from __future__ import annotations

from ..guard import Route
from . import (
    accounts,
    agents,
    archive,
    certificates,
    demonstration,
    desk,
    handovers,
    integrations,
    invitations,
    kits,
    metrics,
    minutes,
    my_annotations,
    opinions,
    outcomes,
    pages,
    papers,
    people,
    powers,
    push,
    recordings,
    register,
    rehearsals,
    rules,
    search,
    sites,
    sittings,
    tablets,
    tasks,
    templates,
    timestamps,
    uploads,
    verify,
    whip,
)


def all_routes(*, demonstration_too: bool) -> list[Route]:
    """Every route of a node. One-click sign-in is among them in a demonstration only."""
    nouns = [
        pages,
        accounts,
        kits,
        powers,
        agents,
        people,
        sites,
        certificates,
        desk,
        push,
        sittings,
        templates,
        invitations,
        integrations,
        register,
        archive,
        papers,
        uploads,
        tablets,
        search,
        recordings,
        rehearsals,
        rules,
        minutes,
        handovers,
        my_annotations,
        outcomes,
        opinions,
        tasks,
        verify,
        timestamps,
        whip,
        metrics,
    ]
    if demonstration_too:
        nouns.append(demonstration)
    return [route for noun in nouns for route in noun.routes.all]
