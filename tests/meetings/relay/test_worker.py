"""A relay process with three real aiortc peers, who tell each other by grey and by tone: meetings.relay.worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from meetings.relay.control import Gone, Healths, PeerHealth, Policy, RelayLink, Shown
from store.errors import Malformed, Unavailable
from tests.kit.media import Ear, Site, Worker, until

DARK, BRIGHT, GREY = 50, 200, 125
LOW, HIGH, MIDDLE = 300, 1200, 600

pytestmark = pytest.mark.usefixtures("on_loopback")


class Stage:
    """A worker, the web process's end of its line, and the peers that joined."""

    def __init__(self) -> None:
        self.worker = Worker()
        self.sites: list[Site] = []
        self.told: list[Any] = []
        self.connected: list[bool] = []
        self.link = self.new_link()

    def new_link(self) -> RelayLink:
        link = RelayLink(self.worker.socket)
        link.on_message = self.told.append
        link.on_connected = self.connected.append
        return link

    async def start(self) -> None:
        self.worker.start()
        self.link.start()
        await until(lambda: self.connected and self.connected[-1], what="the worker")

    async def site(self, name: str, luma: int = 0, hertz: int = 0) -> Site:
        made = Site(name, luma, hertz)
        self.sites.append(made)
        await made.join(self.link)
        return made

    async def three(self) -> tuple[Site, Site, Site]:
        """Two that send, and a viewer."""
        return await self.site("dark", DARK, LOW), await self.site("bright", BRIGHT, HIGH), await self.site("wall")

    def shown(self, name: str) -> Shown | None:
        """What the worker last said of a screen."""
        return next((m for m in reversed(self.told) if isinstance(m, Shown) and m.endpoint == name), None)

    def health(self, name: str) -> PeerHealth | None:
        reports = [message for message in self.told if isinstance(message, Healths)]
        return next((peer for peer in reports[-1].peers if peer.endpoint == name), None) if reports else None

    async def close(self) -> None:
        for site in self.sites:
            await site.close()
        await self.link.close()
        await self.worker.close()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    try:
        await made.start()
        yield made
    finally:
        await made.close()


def sees(site: Site, *lumas: int) -> bool:
    """In this order, one a place."""
    return all(ear.sees(luma) for ear, luma in zip(site.pictures, lumas, strict=False))


def hears(site: Site, *hertz: int) -> bool:
    """All of them, in any place."""
    return all(any(ear.hears(tone) for ear in site.voices) for tone in hertz)


def shows(site: Site, *lumas: int) -> bool:
    """All of them, in any place."""
    return all(any(ear.sees(luma) for ear in site.pictures) for luma in lumas)


def quiet(*ears: Ear) -> bool:
    return all(ear.still for ear in ears)


async def flows(ear: Ear, frames: int = 10) -> None:
    """So many more frames come."""
    start = ear.count
    await until(lambda: ear.count >= start + frames, what="frames")


async def test_everybody_sees_and_hears_the_others_and_nobody_himself(stage: Stage) -> None:
    dark, bright, wall = await stage.three()
    await until(lambda: sees(dark, BRIGHT) and sees(bright, DARK) and sees(wall, DARK, BRIGHT), what="pictures")
    await until(lambda: hears(dark, HIGH) and hears(bright, LOW) and hears(wall, LOW, HIGH), what="voices")
    await flows(wall.pictures[1])
    assert [ear.count for site in (dark, bright) for ear in site.pictures[1:]] == [0, 0]
    assert not hears(dark, LOW) and not hears(bright, HIGH)
    assert stage.shown("dark") == Shown("r", "dark", ("bright", ""), ("bright", ""))
    wall_shown = stage.shown("wall")
    assert wall_shown is not None
    assert (set(wall_shown.audio), wall_shown.video) == ({"dark", "bright"}, ("dark", "bright"))
    await until(lambda: (h := stage.health("dark")) and h.camera and h.sound and h.video_kbit, what="a good report")
    last = stage.health("wall")
    assert last is not None and not (last.camera or last.sound or last.weak)


async def test_the_policy_decides_who_is_first_and_who_is_heard(stage: Stage) -> None:
    _, _, wall = await stage.three()
    await until(lambda: sees(wall, DARK, BRIGHT) and hears(wall, LOW, HIGH))
    await stage.link.steer(Policy("r", ("bright",), ("dark",)))
    await until(lambda: sees(wall, BRIGHT, DARK), what="the stage to change")
    await until(lambda: hears(wall, LOW) and not hears(wall, HIGH), what="one voice")
    await stage.link.steer(Policy("r", ("dark",), ("bright",)))
    await until(lambda: sees(wall, DARK, BRIGHT), what="the stage to change back")
    await until(lambda: hears(wall, HIGH) and not hears(wall, LOW), what="the other voice")
    await stage.link.steer(Policy("r", ("dark",), ()))
    await until(lambda: quiet(*wall.voices), what="silence")
    await stage.link.steer(Policy("r", ("dark",), None))
    await until(lambda: not any(ear.still for ear in wall.voices), what="both voices")
    for ear in wall.pictures:
        await flows(ear)


async def test_who_leaves_is_gone_and_the_place_is_free_for_the_next(stage: Stage) -> None:
    dark, bright, wall = await stage.three()
    await until(lambda: sees(wall, DARK, BRIGHT))
    await stage.link.leave("r", "dark")
    await until(lambda: sees(wall, BRIGHT) and quiet(wall.pictures[1]), what="the first place to be filled")
    await until(lambda: dark.pc.connectionState == "closed", what="dark to be told goodbye")
    await stage.site("grey", GREY, MIDDLE)
    await until(lambda: sees(wall, BRIGHT, GREY) and hears(wall, HIGH, MIDDLE), what="the next one")
    assert bright.pc.connectionState == "connected"


async def test_who_joins_again_is_there_once(stage: Stage) -> None:
    dark, _, wall = await stage.three()
    await until(lambda: sees(wall, DARK, BRIGHT))
    await stage.site("dark", GREY, MIDDLE)
    await until(lambda: shows(wall, GREY, BRIGHT), what="the new one")
    await until(lambda: hears(wall, MIDDLE, HIGH) and not hears(wall, LOW))
    await until(lambda: dark.pc.connectionState == "closed", what="the first to be told goodbye")
    last = stage.shown("wall")
    assert last is not None and sorted(last.video) == ["bright", "dark"]


async def test_media_goes_on_without_the_web_process_and_is_taken_over_by_the_next(stage: Stage) -> None:
    _, _, wall = await stage.three()
    await stage.link.steer(Policy("r", ("bright",), None))
    await until(lambda: sees(wall, BRIGHT, DARK))
    await stage.link.close()
    for ear in (*wall.pictures, *wall.voices):
        await flows(ear)
    with pytest.raises(Unavailable):
        await stage.link.join("r", "late", "")
    stage.told.clear()
    stage.link = stage.new_link()
    await stage.link.steer(Policy("r", ("dark",), ("bright",)))
    stage.link.start()
    await until(lambda: stage.connected[-1], what="the next line")
    await until(lambda: sees(wall, DARK, BRIGHT) and hears(wall, HIGH) and not hears(wall, LOW), what="its policy")
    await until(lambda: stage.shown("wall"), what="what the screens show, said anew")
    assert {message.endpoint for message in stage.told if isinstance(message, Shown)} == {"dark", "bright", "wall"}


async def test_a_line_that_is_tried_for_a_web_process_that_is_gone_is_tried_no_more(stage: Stage) -> None:
    await stage.link.steer(Policy("r", (), None, echo=True))
    alone = await stage.site("alone", BRIGHT, HIGH)
    await until(lambda: sees(alone, BRIGHT) and hears(alone, HIGH), what="itself")
    await stage.link.close()
    stage.link = stage.new_link()
    stage.link.start()
    await until(lambda: stage.connected[-1], what="the next line")
    stage.told.clear()
    await until(lambda: any(isinstance(one, Healths) for one in stage.told), what="a report")
    assert stage.health("alone") is None


async def test_a_killed_worker_is_noticed_and_its_successor_serves(stage: Stage) -> None:
    await stage.site("dark", DARK, LOW)
    await stage.worker.end(signal.SIGKILL)
    await until(lambda: not stage.connected[-1], what="the link to notice")
    with pytest.raises(Unavailable):
        await stage.link.join("r", "dark", "")
    await stage.link.steer(Policy("r", ("dark",), ()))
    stage.worker.start()
    await until(lambda: stage.connected[-1], what="the successor")
    wall = await stage.site("wall")
    await stage.site("bright", BRIGHT, HIGH)
    await stage.site("dark", GREY, MIDDLE)
    await until(lambda: sees(wall, GREY, BRIGHT), what="the policy of before, on the successor")
    assert quiet(*wall.voices)


async def test_an_ended_worker_says_goodbye_and_ends_well(stage: Stage) -> None:
    dark = await stage.site("dark", DARK, LOW)
    assert await stage.worker.end(signal.SIGTERM) == 0
    await until(lambda: dark.pc.connectionState == "closed", what="dark to be told goodbye")
    assert "Traceback" not in stage.worker.log


BAD_OFFERS = {
    "no offer": "hello",
    "a channel from yesterday": (
        "a=ice-ufrag:x\r\na=fingerprint:sha-256 AB\r\nm=application 9 DTLS/SCTP 5000\r\na=recvonly\r\n"
    ),
}


@pytest.mark.parametrize("offer", BAD_OFFERS.values(), ids=list(BAD_OFFERS))
async def test_a_bad_offer_is_refused_and_costs_nobody_the_line(stage: Stage, offer: str) -> None:
    with contextlib.suppress(Malformed):
        await stage.link.join("r", "odd", offer)
    await stage.site("dark", DARK, LOW)
    assert stage.connected == [True]
    assert "Traceback" not in stage.worker.log


async def test_lines_that_are_no_messages_do_not_end_the_worker(stage: Stage) -> None:
    for noise in (b"hello\n", b'{"type":"join"}\n', b"x" * 300_000 + b"\n", b""):
        reader, writer = await asyncio.open_unix_connection(stage.worker.socket)
        writer.write(noise)
        if not noise:
            writer.write_eof()
        with_end = await asyncio.wait_for(reader.read(), 10)
        assert b"joined" not in with_end
        writer.close()
    stage.link, old = stage.new_link(), stage.link  # the noisy ones had taken the line over
    await old.close()
    stage.link.start()
    await until(lambda: stage.connected[-1])
    await stage.site("dark", DARK, LOW)


async def test_garbage_from_strangers_does_not_disturb(stage: Stage) -> None:
    dark, _, wall = await stage.three()
    await until(lambda: sees(wall, DARK, BRIGHT))
    port = int(dark.pc.remoteDescription.sdp.split(" typ host")[0].rsplit(" ", 1)[1])
    dice = random.Random(3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        for number in range(2000):
            first = bytes([dice.choice([0, 1, 3, 20, 22, 63, 64, 128, 144, 191, 255])])
            stranger.sendto(first + os.urandom(dice.choice([0, 1, 19, 60, 1200, 1900])), ("127.0.0.1", port))
            if number % 100 == 99:
                await asyncio.sleep(0.01)
        for ear in (*wall.pictures, *wall.voices):
            await flows(ear)
        with pytest.raises(BlockingIOError):
            stranger.recv(2048)  # not one byte came back
    assert not [message for message in stage.told if isinstance(message, Gone)]
    assert "Traceback" not in stage.worker.log
