"""Several workers as one: meetings.relay.fleet."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from meetings.relay.control import Healths, Join, PeerHealth, Policy, ToWeb
from meetings.relay.fleet import Fleet
from tests.kit.media import until

from .test_control import Far

ROOMS = [f"sitting-{number}" for number in range(40)]


@contextlib.asynccontextmanager
async def fleet(folder: Path) -> AsyncIterator[tuple[Fleet, list[Far], list[ToWeb], list[tuple[bool, list[str]]]]]:
    """Two workers, what they said, and which rooms were said to be there or gone."""
    far = [Far(folder / f"relay-{number}.sock") for number in range(2)]
    made, heard, told = Fleet([one.path for one in far]), list[ToWeb](), list[tuple[bool, list[str]]]()

    def connected(there: bool, concerns: Callable[[str], bool]) -> None:
        told.append((there, [room for room in ROOMS if concerns(room)]))

    made.on_message, made.on_connected = heard.append, connected
    for one in far:
        await one.start()
    made.start()
    try:
        await until(lambda: len(told) == 2, what="both workers")
        yield made, far, heard, told
    finally:
        await made.close()
        for one in far:
            await one.cut()


async def test_a_sitting_has_one_worker_and_all_of_it_goes_there(tmp_path: Path) -> None:
    async with fleet(tmp_path) as (made, far, _, told):
        for room in ROOMS:
            await made.steer(Policy(room, ("a",), None))
            assert await made.join(room, "e", "good") == "answer to e"
            await made.watch(room, "e", ())
            await made.share(room, "e", True)
            await made.leave(room, "e")
        await until(lambda: sum(len(one.heard) for one in far) == 5 * len(ROOMS) + 2, what="all to be heard")
        at = [{message.room for message in one.heard if isinstance(message, Join)} for one in far]
        assert not at[0] & at[1]
        assert at[0] | at[1] == set(ROOMS)
        assert min(map(len, at)) > len(ROOMS) // 4
        for one, rooms in zip(far, at, strict=True):
            assert {message.room for message in one.heard if not hasattr(message, "rooms")} == rooms
        assert sorted(len(rooms) for _, rooms in told) == sorted(map(len, at))


async def test_the_health_of_all_is_told_together_and_forgotten_with_its_worker(tmp_path: Path) -> None:
    async with fleet(tmp_path) as (_, far, heard, told):
        for name, one in zip("ab", far, strict=True):
            health = Healths((PeerHealth("r", name, True, True, 1, 0, False),))
            one.say(msgspec.json.encode(health) + b"\n")
        await until(lambda: len(heard) == 2, what="both healths")
        last = heard[-1]
        assert isinstance(last, Healths)
        assert {peer.endpoint for peer in last.peers} == {"a", "b"}
        await far[0].cut()
        await until(lambda: len(heard) == 3, what="what is left")
        left = heard[-1]
        assert isinstance(left, Healths)
        assert [peer.endpoint for peer in left.peers] == ["b"]
        assert told[-1][0] is False
