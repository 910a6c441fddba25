"""A sitting driven by anybody asking anything in any order: nothing but a reason comes back, and no invariant breaks.

`SITTING_STEPS=100000` makes it as long as wanted; twenty thousand steps go with every run. meetings.sitting.decide,
meetings.sitting.evolve
"""

from __future__ import annotations

import os
import types
from random import Random
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting import screen
from meetings.sitting.attendance import is_quorate
from meetings.sitting.decide import TABLE
from meetings.sitting.evolve import evolve
from meetings.sitting.model import Ballot
from meetings.sitting.state import State
from meetings.sitting.views import may_read, view_of
from store.errors import Denied, Refused
from tests.kit.played import RULE, SEATS, Played

STEPS = int(os.environ.get("SITTING_STEPS", "20000"))
LENGTH = 200  # commands asked of one sitting

MEMBERS = (*SEATS, *(e.Seat(person, f"m-{person}", "u", "member", True) for person in "cde"))
PEOPLE = (*(seat.person for seat in MEMBERS), "stranger")
MOVES = {
    "planned": {"released", "cancelled"},
    "released": {"open", "cancelled"},
    "open": {"suspended", "closed"},
    "suspended": {"open"},
    "closed": set(),
    "cancelled": set(),
}
ENDS = (c.Close, c.CloseSitting, c.Cancel, c.Suspend)  # asked for seldom, or every sitting would be short
POOLS: dict[str, tuple[Any, ...]] = {
    "item": ("i1", "i2", "i3", "i9", ""),
    "ballot": ("b1", "b2", "b3", "b4", "b5", "b6"),
    "paper": ("p1", "p2", "p9", ""),
    "note": ("n1", "n2"),
    "room": ("r1", "r2"),
    "site": ("s1", "s2", "s9", ""),
    "sites": (("s1",), ("s2",), ("s1", "s2"), ("s9",), ()),
    "person": PEOPLE,
    "readers": ((), ("a",), ("a", "guest"), ("stranger",)),
    "people": ((), ("a",), ("a", "guest"), ("stranger",)),
    "rapporteur": ("", "", "a", "stranger"),
    "choices": (("for",), ("against",), ("silent",), ("1",), ("1", "2"), ("2", "2"), ("nothing",), ()),
    "marks": ("100", "010", "001", "111", "000", "1", "xyz", ""),
    "options": ((), (), (), ("A", "B"), ("A", "B", "C"), ("A",), ("A", "A")),
    "text": ("Nội dung", "Nội dung", "", " ", "x" * 20_001),
    "sha256": ("f" * 64, "e" * 64, "x"),
    "unit": ("u", "v", "w"),
    "recording": ("r1", "r2"),
}


def value(rnd: Random, name: str, kind: Any, state: State) -> Any:
    """Something for a field: mostly what could be meant, now and then nonsense."""
    if name == "version" or (name == "based_on" and kind is int):
        return max(0, state.minutes.version - rnd.choice((0, 0, 0, 1)))
    if name == "based_on":
        return rnd.choice((state.minutes.pdf, "0" * 64))
    if name == "item" and state.items and rnd.random() < 0.9:
        return state.item if state.item and rnd.random() < 0.6 else rnd.choice(state.items).id
    if name == "options" and rnd.random() < 0.6:
        return ()
    if name == "person" and state.present and rnd.random() < 0.6:
        return rnd.choice(list(state.present))
    if name == "title":
        return rnd.choice(("Một", "Hai", "Ba", ""))
    if name == "minutes":
        return rnd.choice((0, 5, 5, 60, -1))
    if name in POOLS and kind in (str, tuple[str, ...]):
        return rnd.choice(POOLS[name])
    if get_origin(kind) is Literal:
        return rnd.choice(get_args(kind))
    if get_origin(kind) in (Union, types.UnionType):
        return None
    if kind is e.Seat:
        person = rnd.choice(PEOPLE)
        return e.Seat(
            person, f"m-{person}", rnd.choice(("u", "v")), rnd.choice(("member", "guest")), rnd.random() < 0.5
        )
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(value(rnd, name, inner, state) for _ in range(rnd.choice((0, 1, 2)))) if inner is e.Seat else ()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return kind(**{field: value(rnd, field, hint, state) for field, hint in hints.items()})
    simple = {bool: (True, False), int: (0, 1, 2, 3, 60, -1, 1_000_000), str: ("x", "Một", "", "2026-11-24")}
    return rnd.choice(simple[kind]) if kind in simple else {}


def counted(rnd: Random, ballot: Ballot | None) -> c.CountVote:
    """What the urn would say of BALLOT, or a lie."""
    if ballot is None:
        return c.CountVote("b9", (("for", 1),), 1)
    named = [str(n) for n in range(1, len(ballot.options) + 1)] or ["for", "against", "silent"]
    counts, papers = dict.fromkeys(named, 0), len(ballot.taken) + rnd.choice((0, 0, 0, 0, 1))
    for _ in range(papers):
        counts[rnd.choice(named)] += 1
    return c.CountVote(ballot.id, tuple(counts.items()), papers)


def command(rnd: Random, state: State) -> c.AnyCommand:
    """Something to ask: mostly of this phase, at times out of order."""
    fitting = [kind for kind, (phases, *_) in TABLE.items() if state.phase in phases]
    if state.phase == "planned" and rnd.random() < 0.3:
        fitting = [c.Release, c.AddItem]
    elif state.phase == "released" and rnd.random() < 0.3:
        fitting = [c.Open]
    elif state.open_ballot and rnd.random() < 0.7:
        fitting = (
            [c.Cast] * 6
            + [c.CastSecretly] * 6
            + [c.CheckIn, c.CheckOut, c.RecordVote, c.PassVoter, c.CloseVote, c.CountVote]
        )
    elif state.phase == "open" and not is_quorate(state) and rnd.random() < 0.7:
        fitting = [c.CheckIn]
    elif state.phase == "open" and rnd.random() < 0.4:
        fitting = [c.CheckIn, c.CheckIn, c.OpenItem, c.OpenVote, c.OpenVote, c.Conclude]
    kind = rnd.choice(fitting if fitting and rnd.random() < 0.95 else list(TABLE))
    if kind in ENDS and rnd.random() < 0.9:
        kind = c.CheckIn
    if kind is c.CountVote:
        return counted(rnd, state.open_ballot)
    hints = get_type_hints(kind)
    given = {name: value(rnd, name, hint, state) for name, hint in hints.items()}
    ballot = state.open_ballot
    if "ballot" in given and ballot and kind is not c.OpenVote and rnd.random() < 0.9:
        given["ballot"] = ballot.id
    return kind(**given)  # type: ignore[no-any-return]


class Anything(RuleBasedStateMachine):
    """One sitting. `told`: kinds that changed something, over all sittings: the test must get about."""

    told: set[str] = set()  # noqa: RUF012  (of all runs together)
    asked = 0

    def __init__(self) -> None:
        super().__init__()
        self.played, self.steps = Played(RULE, MEMBERS), 0

    @initialize(opened=st.booleans())
    def begin(self, opened: bool) -> None:
        """Half of the sittings are already under way."""
        if opened:
            self.played.opened().do("secretary", c.OpenItem("i1"))
            for person in "bcde":
                self.played.do(person, c.CheckIn())

    @rule(seed=st.integers(0, 2**32))
    def ask(self, seed: int) -> None:
        """One draw a step: a failure shrinks to the few steps that matter, and 100,000 take minutes."""
        self.steps += 1
        Anything.asked += 1
        rnd, before = Random(seed * LENGTH + self.steps), self.played.state
        asked = command(rnd, before)
        person = rnd.choice(tuple(before.present) if before.present and rnd.random() < 0.7 else PEOPLE)
        if isinstance(asked, c.CheckIn) and rnd.random() < 0.8:
            away = [one for one in before.entitled if one not in before.present]
            person, asked = rnd.choice(away or PEOPLE), c.CheckIn(site="s1")
        count = len(self.played.happenings)
        try:
            self.played.do(person, asked)
        except (Refused, Denied) as refusal:
            assert refusal.code and self.played.state is before, "what is refused changes nothing"
            return
        made = self.played.happenings[count:]
        self.told.update(type(one).__name__ for one in made)
        after = self.played.state
        assert after.phase == before.phase or after.phase in MOVES[before.phase], (before.phase, asked)
        for one in before.ballots:
            kept = next(ballot for ballot in after.ballots if ballot.id == one.id)
            assert one.is_open or msgspec.structs.replace(kept, held=one.held) == one, "an ended vote is as it ended"
        check(after)

    def teardown(self) -> None:
        """It is a fold of what was stored, and everybody's screen can be made."""
        again = State(id="s")
        for number, happening in enumerate(self.played.happenings, 1):
            stored = e.draft(happening)
            again = evolve(again, e.decode(stored.kind, stored.body), number * 1000)
        assert again == self.played.state
        for person in PEOPLE:
            shown = screen.screen(again, view_of(again, person), {}, {})
            assert msgspec.json.encode(shown)
            for paper in (paper for item in shown.agenda for paper in item.papers):
                kept = again.find_paper(paper.id)
                assert kept is not None and may_read(again, view_of(again, person), kept)


def check(state: State) -> None:
    """What holds of every sitting at every moment."""
    assert sum(1 for ballot in state.ballots if ballot.is_open) <= 1
    assert sum(1 for seat in state.seats.values() if seat.role == "chair") == 1
    assert sum(1 for seat in state.seats.values() if seat.role == "secretary") == 1
    here = state.entitled_present
    assert len(set(here)) == len(here) and set(here) <= set(state.entitled), "a member is counted once"
    assert state.present.keys() <= state.seats.keys()
    for person, stays in state.stays.items():
        going_on = sum(1 for stay in stays if not stay.until)
        assert going_on == (person in state.present and state.phase == "open"), (person, stays, state.phase)
    if state.floor.speaker:
        assert state.floor.speaker in state.present
    raised = [one.person for one in state.floor.queue]
    assert len(set(raised)) == len(raised) and set(raised) <= state.present.keys()
    assert len({item.id for item in state.items}) == len(state.items)
    for ballot in state.ballots:
        check_ballot(state, ballot)
    on_screens = state.find_paper(state.paper)
    assert on_screens is None or on_screens.readers is None, "what is for some is never on the walls"
    if state.minutes.step not in ("none", "draft"):
        assert state.phase == "closed"


def check_ballot(state: State, ballot: Ballot) -> None:
    assert set(ballot.votes) <= set(ballot.electorate) and set(ballot.taken) <= set(ballot.electorate)
    assert len(set(ballot.taken)) == len(ballot.taken), "nobody puts two papers in the urn"
    assert ballot.way != "secret" or not ballot.votes, "no choice of a secret vote is kept by name"
    assert not (ballot.result and ballot.voided)
    if ballot.is_open or ballot.voided:
        return
    assert ballot.result is not None
    assert ballot.result.unheard + len(ballot.voted) == len(ballot.electorate), "absent is never abstaining"
    if not ballot.options and ballot.way != "secret":
        chair = ballot.votes.get(state.chair)
        assert sum(count for _, count in ballot.result.counts) == len(ballot.votes)
        assert chair or not ballot.result.by_chair


def test_nobody_can_bring_a_sitting_into_disorder() -> None:
    Anything.told.clear()
    Anything.asked = 0
    run_state_machine_as_test(
        Anything,
        settings=settings(
            max_examples=1 + STEPS * 5 // 4 // LENGTH,
            stateful_step_count=LENGTH,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            database=None,
        ),
    )
    assert Anything.asked >= STEPS and len(Anything.told) > 30, sorted(Anything.told)
    assert {"VoteCast", "BallotTaken", "VoteClosed", "Concluded", "Closed"} <= Anything.told
