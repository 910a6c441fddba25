"""Media in a real browser when processes die, and how good a picture it sends: the relay seen from outside.

meetings.relay.worker and web.media, through walls in Chromium.
"""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from playwright.async_api import Browser, Page

from tests.kit.client import Client

from . import desk
from .node import LOGINS, PASSWORD, Node
from .test_flow import ROOMS, sees_and_hears

pytestmark = pytest.mark.browser

# Watch the audio of the first voice for SECONDS: the longest time without a new packet, in ms.
GAP = """
async (seconds) => {
  const pc = document.querySelector("place-wall").media.pc;
  const receivers = pc.getReceivers().filter((one) => one.track.kind === "audio");
  const counts = new Map();
  const ends = performance.now() + seconds * 1000;
  let longest = 0;
  while (performance.now() < ends) {
    for (const receiver of receivers)
      for (const report of (await receiver.getStats()).values())
        if (report.type === "inbound-rtp" && report.packetsReceived) {
          const known = counts.get(report.id);
          const at = report.lastPacketReceivedTimestamp;
          if (known && at > known) longest = Math.max(longest, at - known);
          counts.set(report.id, at);
        }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { longest, streams: counts.size };
}
"""
VIDEO = """
async () => {
  const pc = document.querySelector("place-wall").media.pc;
  for (const report of (await pc.getStats()).values())
    if (report.type === "inbound-rtp" && report.kind === "video" && report.framesDecoded)
      return [report.frameWidth, report.frameHeight, report.framesDecoded];
  return [0, 0, 0];
}
"""


async def signed_in(node: Node, tmp: str, *persons: str) -> dict[str, Client]:
    """PERSONS, or secretary and chair, without a browser."""
    folder = node.settings.folder
    people = {
        person: Client(node.base, folder / "tls" / "ca.crt", folder / tmp, person)
        for person in persons or ("thu-ky", "chu-tich")
    }
    for person, client in people.items():
        await client.sign_in(LOGINS[person], PASSWORD, lambda p=person: node.code(p))
    return people


async def released(secretary: Client, title: str) -> str:
    """A sitting with our rooms that everybody knows of; its id."""
    made = await secretary.call("POST", "/api/sittings", {
        "id": "", "title": title, "unit": "vinh-linh", "place": "P", "begins": 1_795_490_000_000,
        "chair": "chu-tich", "secretary": "thu-ky", "clerk": "van-thu", "units": ["vinh-o", "quang-tri"],
    })  # fmt: skip
    await secretary.do(made["id"], "add-item", item="a", title="Một")
    await secretary.call("POST", f"/api/sittings/{made['id']}/release", {"reason": "Thử"})
    return str(made["id"])


async def convene(node: Node, tmp: str, opened: bool = True) -> str:
    """A sitting with our rooms, open or only released; its id."""
    people = await signed_in(node, tmp)
    sitting = await released(people["thu-ky"], "Phiên họp thử")
    if opened:
        await people["chu-tich"].do(sitting, "open")
    for client in people.values():
        await client.close()
    return sitting


async def walls_of(browser: Browser, node: Node) -> dict[str, Page]:
    walls = {
        site: await desk.open_wall(browser, node, site, colour, tone, (320, 180))
        for site, (colour, tone) in ROOMS.items()
    }
    for site, wall in walls.items():
        await sees_and_hears(wall, {other for other in ROOMS if other != site})
    return walls


@pytest.mark.timeout(240)
async def test_a_killed_web_process_cuts_no_voice_and_a_killed_relay_comes_back(browser: Browser, node: Node) -> None:
    await convene(node, "ledgers")
    walls = await walls_of(browser, node)
    gaps = []
    for _ in range(3):  # the machine itself may stumble once: what counts is that the kill cuts nothing
        listening = [asyncio.create_task(wall.evaluate(GAP, 6)) for wall in walls.values()]
        await asyncio.sleep(1)
        os.kill(node.child("web"), signal.SIGKILL)
        results = await asyncio.gather(*listening)
        assert all(result["streams"] >= 2 for result in results)
        gaps.append(max(result["longest"] for result in results))
        await node.ready()
        if gaps[-1] <= 200:
            break
    assert gaps[-1] <= 200, gaps
    for site, wall in walls.items():  # the screens are linked again, by themselves
        await desk.until_true(wall, "() => document.querySelector('place-wall').line.state === 'open'")
        await sees_and_hears(wall, {other for other in ROOMS if other != site})
    os.kill(node.child("relay"), signal.SIGKILL)
    await asyncio.sleep(1)
    for site, wall in walls.items():
        await sees_and_hears(wall, {other for other in ROOMS if other != site})


@pytest.mark.timeout(180)
async def test_a_browser_sends_720p(browser: Browser, node: Node) -> None:
    """One publisher alone with Chromium's own camera, one viewer: feedback lets the picture grow to 1280 x 720."""
    await convene(node, "ledgers")
    publisher = await desk.open_page(browser, node, desk.WALL)
    viewer = await desk.open_wall(browser, node, "dc-tinh", "#000000", 300, (160, 90))
    name, credential = node.credentials["dc-vinh-o"]
    await publisher.goto("/wall")
    await publisher.evaluate(
        "([site, held]) => localStorage.setItem('bacap.sites', JSON.stringify({ [site]: held }))",
        ["dc-vinh-o", {"name": name, "credential": credential}],
    )
    await publisher.goto("/wall/dc-vinh-o")
    await desk.press(publisher, "Bắt đầu")
    seen: list[int] = []
    for _ in range(120):
        seen = await viewer.evaluate(VIDEO)
        if seen[:2] == [1280, 720]:
            break
        await asyncio.sleep(0.5)
    assert seen[:2] == [1280, 720] and seen[2] > 0
