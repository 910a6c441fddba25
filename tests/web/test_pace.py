"""Papers go to a weak line in what media leaves free, the shortest first. web/pace.py, web.health.HealthBoard"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from meetings.relay.control import PeerHealth
from meetings.relay.lines import LINES
from meetings.sitting import commands as c
from tests.kit.played import Played
from web import sendfile
from web.channels import Channels
from web.health import WATCHING, HealthBoard
from web.pace import HEADERS, LARGEST, LEAST_PART, SMALLEST, VOICE, Pace, Paces, rate_beside, restrained, site_of

KBIT = 1000


@pytest.mark.parametrize(
    ("line", "media", "least", "most"),
    [
        ("64k", 0, 4, 6), ("64k", 50, 4, 6), ("64k", 64, 4, 4),  # one voice is always kept free
        ("256k", 0, 0.85 * 208, 208), ("256k", 100, 0.85 * 156, 156), ("256k", 256, 16, 16),
        ("512k", 300, 0.85 * 212, 212), ("1.5M", 1000, 0.85 * 500, 500),
    ],
)  # fmt: skip
def test_papers_take_most_of_what_media_leaves_and_a_little_at_least(
    line: str, media: int, least: float, most: float
) -> None:
    assert least * KBIT <= rate_beside(LINES[line], media * KBIT) <= most * KBIT


@pytest.mark.parametrize("line", ["full", "send-only"])
def test_a_line_without_a_limit_has_no_pace(line: str) -> None:
    assert rate_beside(LINES[line], 10 * VOICE) == 0


class Clock:
    """A loop's timers, gone through as fast as they come; it remembers for how long each was set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.delays: list[float] = []
        loop = asyncio.get_running_loop()

        def call_later(delay: float, act: Any, *given: Any) -> asyncio.Handle:
            self.delays.append(delay)
            return loop.call_soon(act, *given)

        monkeypatch.setattr(loop, "call_later", call_later)


async def bring(pace: Pace, size: int, done: list[int]) -> list[int]:
    pieces = []
    while size:
        piece = await pace.take(size)
        assert 1 <= piece <= size
        pieces.append(piece)
        size -= piece
    done.append(sum(pieces))
    return pieces


async def test_a_transfer_keeps_to_its_pace_headers_included(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = Clock(monkeypatch), Pace(lambda: 80 * KBIT)
    pieces = await bring(pace, 100_000, [])
    assert set(pieces[:-1]) == {SMALLEST}, "a voice waits behind one packet, not behind a paper"
    taken = sum(clock.delays[:-1]) if clock.delays[-1] == 0 else sum(clock.delays)
    sent = 8 * (100_000 + HEADERS * len(pieces))
    assert abs(taken * 80 * KBIT - sent) / sent < 0.02


async def test_the_shortest_goes_first_however_many_are_on_their_way(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    pace, done = Pace(lambda: 512 * KBIT), []  # type: ignore[var-annotated]
    packs = [asyncio.create_task(bring(pace, 500_000, done)) for _ in range(3)]
    await asyncio.sleep(0)
    page = asyncio.create_task(bring(pace, 20_000, done))
    await page
    assert done == [20_000]
    await asyncio.gather(*packs)


@pytest.mark.parametrize(("later", "order"), [(0, ["page", "pack"]), (10, ["pack", "page"])])
async def test_who_waited_long_goes_before_who_has_little_left(
    monkeypatch: pytest.MonkeyPatch, later: int, order: list[str]
) -> None:
    Clock(monkeypatch)
    pace, went = Pace(lambda: 256 * KBIT), []  # type: ignore[var-annotated]
    asked_at = {10_000_000: 0.0, 1_000: float(later)}

    async def go(name: str, left: int) -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: asked_at[left])
        await pace.take(left)
        went.append(name)

    pack = asyncio.create_task(go("pack", 10_000_000))
    page = asyncio.create_task(go("page", 1_000))
    await asyncio.gather(pack, page)
    assert went == order


async def test_a_pace_may_begin_and_end_while_a_paper_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    it = Played().opened().do("secretary", c.JoinSite("s1"))
    room = SimpleNamespace(state=it.state)
    rooms: Any = SimpleNamespace(find=lambda _: room)
    turns = Paces(rooms, health({"s1": 100})).turns("s", "a")
    assert await turns.take(10**6) == sendfile.STEP
    room.state = it.do("chair", c.ChooseLine("s1", "256k")).state
    assert await turns.take(10**6) < 2000
    room.state = it.do("chair", c.ChooseLine("s1", "full")).state
    assert await turns.take(10**6) == sendfile.STEP


async def test_who_gives_up_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, pace = Clock(monkeypatch), Pace(lambda: 64 * KBIT)
    await pace.take(10_000)
    gone, here = asyncio.create_task(pace.take(5)), asyncio.create_task(pace.take(10_000))
    await asyncio.sleep(0)
    gone.cancel()
    before = len(clock.delays)
    assert await here == SMALLEST and len(clock.delays) <= before + 2


async def test_where_the_limit_ends_the_rest_goes_as_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    rates = iter([64 * KBIT, 0, 0])
    pace = Pace(lambda: next(rates))
    assert [await pace.take(10 * sendfile.STEP) for _ in range(3)] == [SMALLEST, sendfile.STEP, sendfile.STEP]
    assert await Pace(lambda: 10**9).take(10**6) == LARGEST


def test_a_queue_in_the_line_holds_papers_back_until_it_is_gone() -> None:
    part = 1.0
    for _ in range(20):
        part = restrained(part, True, 1)
    assert part == LEAST_PART, "a little goes on"
    assert LEAST_PART < restrained(part, False, 1) < 1.0
    assert restrained(part, False, 20) == 1.0, "of reports that nobody asked for, too"


def health(down: dict[str, int]) -> HealthBoard:
    board = HealthBoard(Channels(None, None))  # type: ignore[arg-type]
    quiet = {"camera": False, "sound": True, "video_kbit": 0, "loss": 0, "weak": False, "down_loss": 0}
    peers = [
        PeerHealth("s", endpoint, **quiet, down_kbit=kbit, carries_kbit=0, rtt=0, tcp=False, streams=())  # type: ignore[arg-type]
        for endpoint, kbit in down.items()
    ]
    board.replace(peers, 0.0)
    return board


def test_what_the_relay_sends_to_a_site_is_known_by_both_its_endpoints() -> None:
    board = health({"s1": 40, f"s1{WATCHING}": 25})
    assert board.towards("s", "s1") == (65 * KBIT, False, 1)
    assert board.towards("s", "s2") is None and board.towards("other", "s1") is None


def test_a_pace_is_for_who_is_at_a_weak_site_while_media_goes_there() -> None:
    it = Played().opened().do("secretary", c.ChooseLine("s1", "256k"), c.JoinSite("s1"))  # chair, deputy, a are there
    room = SimpleNamespace(state=it.state)
    rooms: Any = SimpleNamespace(find=lambda sitting: room if sitting == "s" else None)
    paces = Paces(rooms, health({"s1": 100, "s2": 100}))
    pace = paces.of("s", "a")
    assert pace is not None and paces.of("s", "chair") is pace and paces.of("s", "s1") is pace, "all share it"
    for sitting, other in (("s", "guest"), ("s", "b"), ("s", "nobody"), ("s", ""), ("other", "a"), ("s", "s2")):
        assert paces.of(sitting, other) is None
    assert Paces(rooms, health({})).of("s", "a") is not None, "a line in trouble is no faster"
    room.state = it.do("secretary", c.LeaveSite("s1", "left")).state
    assert paces.of("s", "a") is None, "nothing goes there that a paper could be in the way of"
    room.state = it.do("secretary", c.JoinSite("s1")).state
    assert (site_of(it.state, "a"), site_of(it.state, "s2"), site_of(it.state, "b")) == ("s1", "s2", "")
    room.state = it.do("chair", c.Suspend("Nghỉ")).state
    assert paces.of("s", "a") is None
