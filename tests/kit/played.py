"""A sitting played in memory, with no clock, disk or browser: commands in, events out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting import rule_book
from meetings.sitting.decide import decide
from meetings.sitting.evolve import evolve
from meetings.sitting.rules import RuleSet
from meetings.sitting.state import State
from store.errors import Refused

RULE = rule_book.shipped()[0].rule
SEATS = (
    e.Seat("chair", "m1", "u", "chair", True),
    e.Seat("deputy", "m2", "u", "deputy", True),
    e.Seat("a", "m3", "u", "member", True),
    e.Seat("b", "m4", "u", "member", True),
    e.Seat("secretary", "m5", "u", "secretary"),
    e.Seat("clerk", "m6", "u", "clerk"),
    e.Seat("guest", "m7", "v", "guest"),
)


class Played:
    """A sitting to which things are done; remembers every event."""

    def __init__(self, rule: RuleSet = RULE, seats: tuple[e.Seat, ...] = SEATS) -> None:
        self.happenings: list[e.AnyHappening] = []
        self.state = State(id="s")
        self.at = 0
        rooms = (e.Room("s1", "u"), e.Room("s2", "v"))
        self._evolve([e.Planned("Phiên họp", "u", "Hội trường", 1, rule, seats, rooms)])

    def _evolve(self, made: list[e.AnyHappening]) -> None:
        for happening in made:
            self.at += 1000
            self.happenings.append(happening)
            self.state = evolve(self.state, happening, self.at)

    def do(self, who: str, *asked: c.AnyCommand) -> Played:
        for command in asked:
            self._evolve(decide(self.state, command, who))
        return self

    def opened(self) -> Played:
        self.do("secretary", c.AddItem("i1", "Ngân sách", 10, "a", "Thông qua?"), c.AddItem("i2", "Khác"))
        self.do("secretary", c.AttachPaper("p1", "i1", "Tờ trình", "f" * 64, 3, 100), c.Release(3))
        self.do("chair", c.Open())
        for person in ("chair", "deputy", "a"):
            self.do(person, c.CheckIn(site="s1"))
        return self.do("guest", c.CheckIn(site="s2"))

    def closed(self) -> Played:
        self.opened().do("secretary", c.OpenItem("i1")).do("chair", c.OpenVote("b1", "i1"))
        self.do("a", c.Cast("b1", ("for",))).do("chair", c.Cast("b1", ("for",))).do("deputy", c.Cast("b1", ("for",)))
        return self.do("chair", c.CloseVote("b1"), c.Conclude("i1", "Đồng ý."), c.Close())


def refused(act: Callable[[], object], kind: type[Refused] = Refused) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code
