"""What of a sitting can be found, and by whom: read from its state, with the rules by which it is shown. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

import msgspec

from store.world import vietnam_day, vietnam_time

from ..people import rights
from ..people.rights import Principal, Thing
from ..sitting.screen import Card
from ..sitting.state import State
from ..sitting.views import View, may_read, may_see_item, view_of

Kind = Literal["sitting", "item", "paper", "conclusion", "minutes"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Viewers = Mapping[str, View]  # person -> as whom they see it


class Entry(msgspec.Struct, frozen=True):
    """One thing that can be found. `about`: words of its first page: titles, numbers, people, dates; `sha256`: of the
    file or text behind it, "" for none; `readers`: who may find it."""

    thing: str
    kind: Kind
    sitting: str
    ref: str  # of the paper or the item
    title: str
    unit: str
    day: str
    about: str
    sha256: str
    readers: frozenset[str]

    @property
    def digest(self) -> str:
        """Of what is indexed: it is indexed anew when this changes."""
        told = msgspec.json.encode((self.title, self.unit, self.day, self.about, self.sha256))
        return hashlib.sha256(told).hexdigest()


def of(state: State, cards: Mapping[str, Card]) -> list[Entry]:
    viewers = _viewers(state)
    return [
        *_sitting(state, cards, viewers), *_items(state, cards, viewers), *_papers(state, cards, viewers),
        *_minutes(state),
    ]  # fmt: skip


def _viewers(state: State) -> Viewers:
    """Who sees anything of it now; until it is released, that is the desk."""
    views = {person: view_of(state, person) for person in state.seats}
    return {one: view for one, view in views.items() if state.released_at or view.kind == "desk"}


def _date(state: State) -> str:
    return vietnam_time(state.begins).strftime("%d/%m/%Y")


def _name(cards: Mapping[str, Card], person: str) -> str:
    card = cards.get(person)
    return f"{card.name}, {card.office}" if card else ""


def _sitting(state: State, cards: Mapping[str, Card], viewers: Viewers) -> Iterator[Entry]:
    people = [_name(cards, seat.person) for seat in state.seats.values()]
    about = "\n".join((state.title, state.place, _date(state), state.invitation.symbol, *people))
    yield Entry(
        f"sitting:{state.id}", "sitting", state.id, "", state.title, state.unit, vietnam_day(state.begins), about, "",
        frozenset(viewers),
    )  # fmt: skip


def _items(state: State, cards: Mapping[str, Card], viewers: Viewers) -> Iterator[Entry]:
    """Each item, and what was concluded of it."""
    for item in state.items:
        readers = frozenset(one for one, view in viewers.items() if may_see_item(state, view, item.id))
        about = "\n".join((item.question, _name(cards, item.rapporteur), state.title, _date(state)))
        facts = (state.id, item.id, item.title, state.unit)
        yield Entry(f"item:{state.id}:{item.id}", "item", *facts, vietnam_day(state.begins), about, "", readers)
        if item.conclusion:
            decided = state.decisions.get(item.id)
            day = vietnam_day(decided.at if decided else state.begins)
            about = "\n".join((item.conclusion, state.title, _date(state)))
            yield Entry(f"conclusion:{state.id}:{item.id}", "conclusion", *facts, day, about, "", readers)


def _papers(state: State, cards: Mapping[str, Card], viewers: Viewers) -> Iterator[Entry]:
    items = {item.id: item for item in state.items}
    for paper in state.papers:
        item = items.get(paper.item)
        if item is None or not paper.is_readable:
            continue
        about = "\n".join((paper.name, item.title, _name(cards, item.rapporteur), state.title, _date(state)))
        readers = frozenset(one for one, view in viewers.items() if may_read(state, view, paper))
        yield Entry(
            f"paper:{state.id}:{paper.id}", "paper", state.id, paper.id, paper.name, state.unit,
            vietnam_day(paper.since or state.begins), about, paper.sha256, readers,
        )  # fmt: skip


def _minutes(state: State) -> Iterator[Entry]:
    """Once they are circulated: what went before was a draft."""
    made = state.minutes
    if made.step != "circulated":
        return
    thing = Thing(state.unit, state.roles())
    people = {*state.seats, *made.recipients}
    readers = frozenset(one for one in people if rights.may(Principal("person", one), "minutes.see", thing))
    about = "\n".join((state.title, made.symbol, _date(state)))
    day = made.day or vietnam_day(state.closed_at)
    yield Entry(
        f"minutes:{state.id}", "minutes", state.id, "", made.symbol, state.unit, day, about, made.sha256, readers
    )  # fmt: skip
