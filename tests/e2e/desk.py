"""What people do in a browser: sign in, press, fill in; and what a room's camera and microphone are."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Error, Page, expect

from .node import PASSWORD, Node

TABLET = {"width": 1280, "height": 800}
WALL = {"width": 1280, "height": 720}
expect.set_options(timeout=15_000)

# A camera of one colour and a microphone with one tone, so that receivers can tell rooms apart.
CAMERA = """
(() => {
  const [colour, tone, width, height] = GIVEN;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext("2d");
    let n = 0;
    setInterval(() => {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, width, height);
      pen.fillStyle = "#fff";
      pen.fillRect((n++ * 7) % width, height - 12, 12, 12);
    }, 66);
    const sound = new AudioContext();
    const source = new OscillatorNode(sound, { frequency: tone });
    const out = sound.createMediaStreamDestination();
    source.connect(out);
    source.start();
    const picture = wanted.video ? canvas.captureStream(15).getTracks() : [];
    return new MediaStream([...picture, ...(wanted.audio ? out.stream.getTracks() : [])]);
  };
})();
"""

# What the relay answers is read otherwise: a candidate of the test's own line, say, in the place of the relay's.
THROUGH = """{
  const [from, to] = GIVEN;
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (told) {
    return take.call(this, { type: told.type, sdp: told.sdp.replaceAll(from, to) });
  };
}"""

# The mean colour of what a video element shows.
MEAN = """((video) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [32, 18];
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 32, 12);
  const data = pen.getImageData(0, 0, 32, 10).data;
  const mean = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) mean[c] += data[i + c] / (data.length / 4);
  return mean.map(Math.round);
})"""

# What this page sees and hears: mean colour of each picture, strongest tone of each voice.
SEEN = """
async () => {
  const pictures = {};
  for (const tile of document.querySelectorAll("bacap-tile")) {
    const video = tile.querySelector("video");
    if (!video || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || tile.classList.contains("self")) continue;
    pictures[tile.name] = MEAN(video);
  }
  const voices = [];
  for (const audio of document.querySelectorAll("audio[data-voice]")) {
    const sound = new AudioContext();
    const analyser = new AnalyserNode(sound, { fftSize: 8192, smoothingTimeConstant: 0 });
    sound.createMediaStreamSource(audio.srcObject).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let best = 1;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
    voices.push(bins[best] > -70 ? Math.round((best * sound.sampleRate) / 8192) : 0);
    await sound.close();
  }
  return { pictures, voices };
}
""".replace("MEAN", MEAN)


def through(one: str, other: str) -> str:
    """A script by which a page reads OTHER for ONE in the relay's answers."""
    return THROUGH.replace("GIVEN", json.dumps([one, other]))


async def open_page(
    browser: Browser, node: Node, size: dict[str, int] = TABLET, cookies: dict[str, str] | None = None,
    base: str = "", **more: Any,
) -> Page:  # fmt: skip
    """COOKIES: of whoever is signed in already. BASE: another way to the node than the straight one."""
    base = base or node.base
    context = await browser.new_context(ignore_https_errors=True, viewport=size, base_url=base, **more)
    for name, value in (cookies or {}).items():
        await context.add_cookies([{"name": name, "value": value, "url": base, "secure": True}])
    page = await context.new_page()
    page.on("pageerror", lambda error: faults_of(page).append(str(error)))
    return page


def faults_of(page: Page) -> list[str]:
    """Errors that the page's scripts ran into; the tests end by looking at them."""
    found: list[str] = page.__dict__.setdefault("bacap_faults", [])
    return found


async def until_true(page: Page, script: str, arg: object = None, seconds: float = 20) -> None:
    """Ask the page again and again until SCRIPT, an expression or a function of ARG, is true there.

    Not wait_for_function: what that asks after the first time is compiled in the page, which our CSP forbids.
    """
    end = time.monotonic() + seconds
    while not await answer_of(page, script, arg):
        assert time.monotonic() < end, f"waited in vain for: {script} {arg or ''}"
        await asyncio.sleep(0.05)


async def answer_of(page: Page, script: str, arg: object) -> object:
    """What the page answers; None while it is on its way to another."""
    try:
        return await page.evaluate(script, arg)
    except Error as error:
        if "navigation" not in str(error):
            raise
        return None


async def sign_in(browser: Browser, node: Node, person: str, login: str, **more: Any) -> Page:
    page = await open_page(browser, node, **more)
    await sign_in_at(page, node, person, login)
    return page


async def sign_in_at(page: Page, node: Node, person: str, login: str) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("Tên đăng nhập").fill(login)
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await press(page, "Đăng nhập")
    if node.secrets[person]:
        await page.get_by_label("Mã xác thực 6 số").fill(node.code(person))
        await press(page, "Đăng nhập")
    await expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()


async def open_wall(
    browser: Browser,
    node: Node,
    site: str,
    colour: str,
    tone: int,
    size: tuple[int, int],
    scripts: tuple[str, ...] = (),
    started: bool = True,
) -> Page:
    """The room's big screen; SCRIPTS run in it before anything else."""
    page = await open_page(browser, node, WALL)
    for script in (CAMERA.replace("GIVEN", json.dumps([colour, tone, *size])), *scripts):
        await page.add_init_script(script)
    name, credential = node.credentials[site]
    held = json.dumps({site: {"name": name, "credential": credential}})
    await page.add_init_script(f"localStorage.setItem('bacap.sites', {json.dumps(held)})")
    await page.goto(f"/wall/{site}")
    if started:
        await press(page, "Bắt đầu")
    return page


async def press(page: Page, name: str, *, within: str = "", exact: bool = True) -> None:
    where = page.locator(within) if within else page
    await where.get_by_role("button", name=name, exact=exact).first.click()


async def decide(page: Page, name: str) -> None:
    """Press a decisive button, and say yes when it asks."""
    await press(page, name)
    await press(page, name, within="dialog[open]")


def pictures() -> Path | None:
    """Where screenshots are wanted: docs/pictures when they are renewed, say."""
    folder = os.environ.get("TEST_PICTURES")
    return Path(folder) if folder else None


async def shoot(page: Page, name: str) -> None:
    if folder := pictures():
        await page.screenshot(path=folder / f"{name}.png")
