"""The chair has the sitting recorded, everybody is told, and the secretary's browser plays it, seeking included.

web/static/js/places/recordings.js, meetings.recorder
"""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.kit.media import until

from . import desk
from .node import LOGINS, Node
from .test_flow import NAMES, check_in, is_of
from .test_media import convene, walls_of

pytestmark = pytest.mark.browser

# Go to a moment, and see what is there: the mean colour of the picture, and how far it plays on.
PLAYED = """
async (seconds) => {
  const player = document.querySelector("video.player");
  player.currentTime = seconds;
  await new Promise((resolve) => (player.onseeked = resolve));
  const mean = MEAN(player);
  const from = player.currentTime;
  await player.play();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  player.pause();
  const { totalVideoFrames, corruptedVideoFrames } = player.getVideoPlaybackQuality();
  const sound = player.webkitAudioDecodedByteCount;
  return { mean, from, to: player.currentTime, length: player.duration, totalVideoFrames,
           corruptedVideoFrames, sound };
}
""".replace("MEAN", desk.MEAN)


@pytest.fixture(params=["VP8", "H264"])
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of all pictures of the node that comes after it."""
    monkeypatch.setenv("BACAP_CODEC", request.param)
    return str(request.param)


@pytest.mark.timeout(240)
async def test_a_recording_is_made_told_and_played(codec: str, browser: Browser, node: Node) -> None:
    sitting = await convene(node, "ledgers")
    walls = await walls_of(browser, node)
    chair = await desk.sign_in(browser, node, "chu-tich", LOGINS["chu-tich"])
    await chair.goto(f"/sittings/{sitting}")
    await check_in(chair, NAMES["dc-vinh-linh"])

    await desk.decide(chair, "Ghi hình")
    for page in (chair, *walls.values()):
        await expect(page.get_by_text("Đang ghi hình")).to_be_visible()
    await desk.shoot(chair, "room-recording")
    await desk.shoot(walls["dc-tinh"], "wall-recording")
    await until(lambda: any(node.settings.folder.glob("recordings/*/picture.mkv")), what="the first picture")
    await asyncio.sleep(4)
    await desk.press(chair, "Chuyển sang mục 1")
    await asyncio.sleep(5)
    await desk.decide(chair, "Dừng ghi hình")
    await expect(walls["dc-tinh"].get_by_text("Đang ghi hình")).to_be_hidden()

    await chair.goto(f"/sittings/{sitting}/recordings")
    await expect(chair.locator("video.player")).to_be_visible()
    form = await chair.evaluate(
        "async () => (await fetch(document.querySelector('video').src)).headers.get('content-type')"
    )
    assert form == {"VP8": "video/webm", "H264": "video/mp4"}[codec]
    seen = await chair.evaluate(PLAYED, 5)
    assert is_of(seen["mean"], "dc-vinh-linh"), seen  # where the chair is
    assert seen["from"] == pytest.approx(5, abs=0.2)
    assert 8 < seen["length"] < 30
    assert seen["to"] > 5.8
    assert seen["totalVideoFrames"] > 10
    assert (seen["corruptedVideoFrames"], seen["sound"] > 0) == (0, True)
    back = await chair.evaluate(PLAYED, 1)
    assert back["from"] == pytest.approx(1, abs=0.2)
    await chair.get_by_role("button", name="1. Một").click()  # a chapter
    await desk.until_true(chair, "() => document.querySelector('video.player').currentTime > 3")
    await desk.shoot(chair, "recordings")
    for page in (chair, *walls.values()):
        assert not desk.faults_of(page)
