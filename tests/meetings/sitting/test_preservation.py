"""meetings.sitting.preservation: signed minutes get what makes them last, and get it again before it runs out.

Real workshop and signatures; years ahead by a clock of the test's, which only preservation and judging go by.
"""

from __future__ import annotations

import dataclasses

import pytest

from meetings.sitting import commands as c
from meetings.sitting.preservation import AHEAD_MS, Preservation
from meetings.sitting.room import Room
from signing.actions import Signing, is_timely
from signing.model import Report
from signing.stamping import Safe
from store.errors import Refused, Stale
from store.world import Instant, System
from tests.kit.media import until
from tests.kit.node import Node

YEAR_MS = 365 * 24 * 3_600_000


class Ahead(System):
    """The machine's clock, and a while more."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def now(self) -> Instant:
        now = super().now()
        return Instant(now.utc_ms + self.ms, now.mono_ms + self.ms)


class Later:
    """The same node, a while on."""

    def __init__(self, node: Node, ms: int) -> None:
        self.node, held = node, node.office.signing
        self.house = dataclasses.replace(node.office.house, world=Ahead(ms))
        self.safe = Safe(held.safe.authority)
        database, blobs = self.house.database, self.house.blobs
        self.signing = Signing(database, blobs, self.house.world, self.house.node, self.safe, held.bench)
        self.made = Preservation(self.house, node.office.rooms, self.signing)

    async def report(self, room: Room) -> Report:
        return await self.signing.verify(await self.house.blobs.load(room.state.minutes.pdf))


async def signed(node: Node) -> tuple[Room, bytes]:
    room = await node.opened()
    return room, await node.signed_minutes(room)


async def preserved(node: Node) -> tuple[Room, bytes]:
    """And made to last by the node itself, which the last signature wakes."""
    room, before = await signed(node)
    await until(lambda: room.state.minutes.proved_until > 0, what="an archive timestamp")
    return room, before


async def test_behind_the_last_signature_the_node_makes_the_file_last(node: Node) -> None:
    room, before = await preserved(node)
    after = await node.office.house.blobs.load(room.state.minutes.pdf)
    assert after.startswith(before) and len(after) > len(before)
    report = await Later(node, 0).report(room)
    assert (report.state, {one.level for one in report.signatures}) == ("valid", {"B-LTA"})
    assert room.state.minutes.proved_until == report.until > node.office.house.now_ms() + 4 * YEAR_MS
    seq = room.state.seq
    await Later(node, 0).made.renew()
    assert room.state.seq == seq  # nothing more is due


async def test_a_timestamp_far_from_the_moment_of_receipt_is_not_valid(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our journal knows when each signature came; the token in the file says when it was made."""
    room, pdf = await signed(node)
    book = node.office.minutes
    assert (await book.check(pdf)).report.state == "valid"
    times = [at for _, _, at in room.state.minutes.signatures]
    stamped = [one.at for one in (await book.check(pdf)).report.signatures]
    assert all(is_timely(*pair) for pair in zip(stamped, times, strict=True))
    monkeypatch.setattr("signing.actions.CLOCKS_APART_MS", -1)
    report = (await book.check(pdf)).report
    assert (report.state, report.reason) == ("not-valid", "timestamp-receipt")


def test_five_minutes_either_way_are_forgiven() -> None:
    assert is_timely(300_000, 0) and is_timely(0, 300_000)
    assert not is_timely(300_001, 0) and not is_timely(0, 300_001)


async def test_it_is_renewed_a_year_ahead_and_stays_valid(node: Node) -> None:
    room, _ = await preserved(node)
    first = room.state.minutes.proved_until
    early = Later(node, first - AHEAD_MS - node.office.house.now_ms() - 60_000)
    await early.made.renew()
    assert room.state.minutes.proved_until == first
    due = Later(node, early.house.world.ms + 120_000)  # type: ignore[attr-defined]
    await due.made.renew()  # the timestamp authority's own certificate too
    assert room.state.minutes.proved_until > first
    seq = room.state.seq
    await due.made.renew()
    assert room.state.seq == seq
    on = Later(node, 6 * YEAR_MS)  # the first timestamp's certificate has run out, the signers' long before
    report = await on.report(room)
    assert (report.state, [one.state for one in report.stamps]) == ("valid", ["valid", "valid"])


async def test_what_is_not_valid_is_not_preserved_and_nothing_changes(node: Node) -> None:
    """As of a time before it was signed."""
    room, _ = await signed(node)
    before, wrong = room.state.minutes, Later(node, -YEAR_MS)
    with pytest.raises(Refused, match="archive-unproved"):
        await wrong.made.preserve(room.sitting)
    assert room.state.minutes == before
    await until(lambda: room.state.minutes.proved_until > 0, what="the node's own, which is not in the way")


async def test_a_file_that_changed_meanwhile_is_not_replaced(node: Node) -> None:
    room, _ = await signed(node)
    with pytest.raises(Stale, match="minutes-changed"):
        await room.ask(room.keeper(), c.PreserveMinutes("0" * 64, "1" * 64, 5), trusted=True)
