"""Who conducts sees every site at once, gives a weak one less, and shows a screen to all: web/static/js/room/mosaic.js.

Three walls in Chromium and the chair's tablet; meetings.relay.layers, meetings.relay.lines.
"""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, expect

from . import desk
from .node import LOGINS, Node
from .test_flow import NAMES, ROOMS, check_in, is_of
from .test_media import convene, walls_of

pytestmark = pytest.mark.browser


# A screen to share that is all yellow, in place of the browser's own picker.
SHARED = """
navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 360];
  const pen = canvas.getContext("2d");
  let n = 0;
  setInterval(() => {
    pen.fillStyle = "#d0d010";
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = "#fff";
    pen.fillRect((n++ * 7) % 640, 340, 16, 16);
  }, 100);
  return canvas.captureStream(10);
};
"""


async def until_seen(page: Page, names: set[str], what: str) -> dict[str, list[int]]:
    """Wait until the tiles of these NAMES have pictures; their mean colours."""
    found: dict[str, list[int]] = {}
    for _ in range(60):
        found = (await page.evaluate(desk.SEEN))["pictures"]
        if names <= set(found):
            return found
        await asyncio.sleep(0.5)
    raise AssertionError(f"waited in vain for {what}: {found}")


async def slots_of(wall: Page, right: str) -> None:
    script = f"() => {{ const slots = document.querySelector('place-wall').media.slots; return {right}; }}"
    await desk.until_true(wall, script)


@pytest.mark.timeout(240)
async def test_the_chair_sees_all_sites_and_what_each_line_carries(browser: Browser, node: Node) -> None:
    sitting = await convene(node, "ledgers")
    walls = await walls_of(browser, node)
    chair = await desk.sign_in(browser, node, "chu-tich", LOGINS["chu-tich"])
    await chair.add_init_script(SHARED)
    await chair.goto(f"/sittings/{sitting}")
    await check_in(chair, NAMES["dc-vinh-linh"])
    await desk.press(chair, "Xem các điểm cầu")
    found = await until_seen(chair, set(NAMES.values()), "the mosaic")
    assert all(is_of(found[NAMES[site]], site) for site in ROOMS), found
    weak = chair.locator("room-mosaic li[data-endpoint=dc-vinh-o]")
    await expect(weak.get_by_text("kbit/s · mất")).to_be_visible()
    await desk.shoot(chair, "room-mosaic")

    await weak.get_by_label("Đường truyền của điểm cầu").select_option(label="64 kbit/s: tiếng và tài liệu")
    await slots_of(
        walls["dc-vinh-o"], "slots.video.every((one) => one === '') && slots.audio.filter(Boolean).length === 2"
    )
    await slots_of(walls["dc-tinh"], "slots.video.filter(Boolean).length === 2")  # the others see as before, him too
    await weak.get_by_label("Đường truyền của điểm cầu").select_option(label="Đủ mạnh: nhận hết")
    await slots_of(walls["dc-vinh-o"], "slots.video.filter(Boolean).length === 2")
    await desk.press(chair, "Đóng", within="dialog.side")

    await desk.press(chair, "Chia sẻ màn hình")
    person = await chair.evaluate("() => document.querySelector('place-room').me.name")
    name = f"Màn hình của {person}"
    for wall in walls.values():
        red, green, blue = (await until_seen(wall, {name}, "the shared screen"))[name]
        assert min(red, green) > blue + 80
    await desk.shoot(walls["dc-tinh"], "wall-screen")
    await desk.press(chair, "Dừng chia sẻ")
    await slots_of(walls["dc-tinh"], "!slots.video.some((one) => one.endsWith('#screen'))")
    for page in (chair, *walls.values()):
        assert not desk.faults_of(page)
