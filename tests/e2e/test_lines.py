"""A real Chromium on lines that lose, that are thin, that let no UDP through, and that break: meetings.relay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from tests.kit.link import Link, Weather
from tests.kit.viewer import Browser, Heard, stage

from . import desk
from .node import Node
from .test_flow import ROOMS, sees_and_hears
from .test_media import convene

pytestmark = pytest.mark.browser

# Of each picture that a wall is sent: frames decoded so far, by SSRC.
DECODED = """async () => {
  const stats = [...(await document.querySelector("place-wall").media.pc.getStats()).values()];
  const pictures = stats.filter((one) => one.type === "inbound-rtp" && one.kind === "video" && one.framesDecoded);
  return Object.fromEntries(pictures.map((one) => [one.ssrc, one.framesDecoded]));
}"""


async def grows(browser: Browser, kind: str, key: str, by: float, what: str, seconds: float = 60) -> None:
    """Wait until a figure of the browser's has grown so much."""
    start = (await browser.stats())[kind].get(key, 0)
    for _ in range(int(seconds / 0.2)):
        await asyncio.sleep(0.2)
        if (await browser.stats())[kind].get(key, 0) >= start + by:
            return
    raise AssertionError(f"waited in vain for {what}")


async def listens(browser: Browser, seconds: float, well: Callable[[Heard], bool]) -> None:
    """What comes is WELL: the machine itself may stumble now and then, the line does the same all the time."""
    for _ in range(3):
        heard = await browser.heard(seconds)
        if well(heard):
            return
    raise AssertionError(heard)


async def test_a_line_that_loses_a_tenth_costs_hardly_any_sound_and_no_picture() -> None:
    async with stage(Weather(loss=0.10, delay=150)) as (browser, _, link):
        await grows(browser, "video", "framesDecoded", 30, "pictures")
        await asyncio.sleep(4)  # reports of loss come every other second
        await listens(browser, 8, lambda heard: heard.whole > 0.97 and heard.pictures > 5)
        assert sum(wire.down.lost for wire in link.wires.values()) > 50


async def test_a_thin_line_keeps_the_sound_and_a_short_queue() -> None:
    async with stage(Weather(rate=128, queue=1000, delay=20)) as (browser, _, _):
        await asyncio.sleep(8)
        await listens(browser, 8, lambda heard: heard.whole > 0.97 and heard.queue_p95 < 300)


async def test_where_no_udp_comes_through_the_call_is_up_over_tcp() -> None:
    async with stage(Weather(), blocked=True) as (browser, _, link):
        await grows(browser, "video", "framesDecoded", 20, "pictures over TCP")
        assert await browser.protocol() == "tcp"
        await listens(browser, 3, lambda heard: heard.whole > 0.99 and heard.pictures > 10)
        assert link.cut


async def test_a_nat_that_gives_another_port_costs_moments() -> None:
    async with stage(Weather(delay=20)) as (browser, _, link):
        await grows(browser, "video", "framesDecoded", 20, "pictures")
        link.rebind()
        await grows(browser, "audio", "packetsReceived", 100, "sound from the new port")
        await grows(browser, "video", "framesDecoded", 20, "pictures from the new port")


async def test_a_cut_of_seconds_heals_by_itself() -> None:
    async with stage(Weather(delay=20)) as (browser, _, link):
        await grows(browser, "video", "framesDecoded", 20, "pictures")
        link.cut = True
        await asyncio.sleep(6)
        link.cut = False
        await grows(browser, "audio", "packetsReceived", 50, "sound after the cut")
        await grows(browser, "video", "framesDecoded", 20, "pictures after the cut")


async def frames_of(walls: dict[str, Page]) -> dict[str, list[int]]:
    """How many frames of each picture each of WALLS decodes in 10 s."""
    before = {site: await wall.evaluate(DECODED) for site, wall in walls.items()}
    await asyncio.sleep(10)
    return {
        site: [frames - before[site].get(ssrc, 0) for ssrc, frames in (await wall.evaluate(DECODED)).items()]
        for site, wall in walls.items()
    }


@pytest.mark.timeout(180)
async def test_three_rooms_on_lines_that_lose_see_and_hear_each_other(browser: Chromium, node: Node) -> None:
    """Each of their cameras gives 15 pictures a second; one packet in twenty is lost on the way up, and one on the way
    down."""
    await convene(node, "ledgers")
    port, weather = node.settings.port, Weather(loss=0.05, delay=40, jitter=10)
    async with Link(("127.0.0.1", port), weather, weather, seed=7) as link:
        over = desk.through(f" 127.0.0.1 {port} typ", f" {link.address[0]} {port} typ")
        walls = {
            site: await desk.open_wall(browser, node, site, colour, tone, (320, 180), (over,))
            for site, (colour, tone) in ROOMS.items()
        }
        for site, wall in walls.items():
            await sees_and_hears(wall, {other for other in ROOMS if other != site})
        for _ in range(3):  # three times 10 s, for the machine itself may stumble
            grown = await frames_of(walls)
            if all(len(each) == 2 and min(each) > 75 for each in grown.values()):
                break
        else:
            raise AssertionError(grown)
        assert len(link.wires) == 3 and all(wire.up.lost > 20 and wire.down.lost > 20 for wire in link.wires.values())
    for wall in walls.values():
        assert not desk.faults_of(wall)
