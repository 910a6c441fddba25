"""What the ids of a sitting stand for: its people, rooms and units, under the names of the day."""

from __future__ import annotations

from collections.abc import Mapping

from store.db import Connection

from ..people import records as people
from ..people.model import Person, PersonId, SiteId, UnitId
from ..people.orgtree import Tree
from .screen import Card
from .state import State

NOBODY = Person(PersonId(""), "", "")


def of(conn: Connection, state: State, day: str) -> tuple[dict[str, Card], dict[str, str], dict[str, str]]:
    """Names of everyone seated, of every room, and of the units that were convened, as of DAY."""
    tree = Tree(people.all_units(conn), day)
    cards, known = {}, people.persons(conn, list(state.seats))
    offices = people.offices(conn, [seat.mandate for seat in state.seats.values()])
    wrote = {person for thread in state.threads.values() for person in thread.writers}
    gone = people.persons(conn, sorted(wrote - state.seats.keys()))  # who was invited, and is no more
    for person, one in gone.items():
        cards[person] = Card(one.name, one.honorific, "", "")
    for person, seat in state.seats.items():
        unit = tree.get(UnitId(seat.unit)).name if seat.unit in tree else ""
        named = known.get(person, NOBODY)  # of a sitting that came from elsewhere
        cards[person] = Card(named.name, named.honorific, offices.get(seat.mandate, ""), unit)
    called = {unit for key, one in state.convened.items() for unit in (key, one.through)}
    units = {unit: tree.get(UnitId(unit)).name for unit in called if unit in tree}
    sites = {site.id: site.name for site in people.all_sites(conn) if site.id in state.rooms}
    return cards, {site: sites.get(SiteId(site), "") for site in state.rooms}, units


def told(cards: Mapping[str, Card]) -> dict[str, tuple[str, str]]:
    """As the journal keeps them at the close: name and office."""
    return {person: (card.name, card.office) for person, card in cards.items()}
