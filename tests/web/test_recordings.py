"""A sitting is recorded by a real recorder beside a real relay, kept, and played by those who may.

meetings.recorder.desk, meetings.sitting.recording, web.routes.recordings, web.ranges
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest

from meetings.load import film
from meetings.load.crowd import Crowd
from meetings.load.peer import Peer
from meetings.people.rights import Principal
from meetings.recorder import desk
from meetings.relay.dtls import new_certificate
from meetings.sitting import commands as c
from meetings.sitting.room import Room
from store.errors import Unavailable
from tests.kit.media import Worker, until
from tests.kit.node import Node


@contextlib.asynccontextmanager
async def recorded(node: Node, room: Room) -> AsyncIterator[None]:
    """A relay, the district's room in the sitting with camera and sound, and a recording of it that has begun."""
    site = Principal("site", "site-district")
    relay = Worker(node.settings.relay_sockets[0])
    relay.start()

    async def join(number: int, peer: Peer) -> None:
        for _ in range(100):  # until the relay is found
            with contextlib.suppress(Unavailable):
                return await peer.connect(await node.office.media.join(site, room.sitting, peer.offer()))
            await asyncio.sleep(0.1)
        raise AssertionError("no relay")

    crowd = Crowd(join, careful=0)
    try:
        [joined] = await crowd.enter([Peer(new_certificate(), [film.make("low")], 0, 0)], 0)
        assert not joined.fault
        await room.ask(node.committee.who["chair"], c.StartRecording("r1"))
        await pictured(node)
        yield
    finally:
        await crowd.close()
        await relay.close()


async def pictured(node: Node) -> None:
    """Wait for a recorder's first picture, and what comes in a second behind it."""
    await until(lambda: any(node.settings.folder.glob("recordings/*/picture.mkv")), what="the first picture")
    await asyncio.sleep(1)


def recorders(node: Node) -> list[int]:
    """The processes that record for NODE now."""
    wanted = (b"meetings.recorder.worker", str(node.settings.folder).encode())
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes()
            if all(word in words for word in wanted):
                found.append(int(path.parent.name))
    return found


async def kept(room: Room, count: int) -> None:
    await until(lambda: len(room.state.recordings) == count, seconds=30, what=f"{count} recordings to be kept")


async def test_a_sitting_is_recorded_kept_and_played(node: Node) -> None:
    room, chair = await node.opened(), node.committee.who["chair"]
    async with recorded(node, room):
        await asyncio.sleep(1)
        await room.ask(chair, c.StopRecording())
        await kept(room, 1)
    [made] = room.state.recordings
    assert (made.recording, made.form) == ("r1", "webm")
    assert made.ms > 1500
    assert list(node.settings.folder.glob("recordings/*")) == []  # nothing stays behind
    secretary, member = await node.signed_in("secretary"), await node.signed_in("member1")
    address = f"/api/sittings/{room.sitting}/recordings/{made.sha256}"
    whole = await secretary.get(address)
    assert (whole.status, whole.headers["Content-Type"], len(whole.data)) == (200, "video/webm", made.size)
    part = await secretary.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status, part.data) == (206, whole.data[100:200])
    with av.open(io.BytesIO(whole.data)) as source:
        assert [one["metadata"]["title"] for one in source.chapters()] == ["1. Ngân sách"]
        assert sum(1 for _ in source.decode(video=0)) > 30
    assert (await member.get(address)).status == 403
    assert (await secretary.get(f"/api/sittings/{room.sitting}/recordings/{'0' * 64}")).status == 404
    named = await secretary.get(address + "?download=1")
    assert named.headers["Content-Disposition"].startswith("attachment")


async def test_a_killed_recorder_is_followed_by_another(node: Node) -> None:
    """And the recording has two files."""
    room, chair = await node.opened(), node.committee.who["chair"]
    async with recorded(node, room):
        [number] = recorders(node)
        os.kill(number, signal.SIGKILL)
        await kept(room, 1)
        await pictured(node)  # of the second
        await room.ask(chair, c.Close())  # which ends it too
        await kept(room, 2)
    assert {made.recording for made in room.state.recordings} == {"r1"}
    assert not room.state.recording


async def test_what_was_left_behind_is_kept_at_the_next_start(node: Node) -> None:
    room = await node.opened()
    async with recorded(node, room):
        await node.office.recorder.close()  # as when the web process ends
        assert recorders(node) == []
    assert room.state.recordings == ()
    node.office.recorder.start()
    await kept(room, 1)


async def test_a_recording_that_cannot_be_begun_ends(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """No relay is there: it is tried for a while, then everybody is told that nothing is recorded."""
    room, chair = await node.opened(), node.committee.who["chair"]
    monkeypatch.setattr(desk, "TRIES", 2)
    await room.ask(chair, c.StartRecording("r1"))
    await until(lambda: not room.state.recording, seconds=30, what="it to be given up")
    assert room.state.recordings == ()
