"""Being told on a device of one's own: a member turns it on, is told of an invitation, and turns it off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.receiver import Receiver

from . import desk
from .desk import press, shoot
from .node import LOGINS, PASSWORD, Node, prepare
from .test_votes import begin

pytestmark = pytest.mark.browser

# A browser without its vendor's push service: it subscribes at an address of ours, with the keys of the test.
SUBSCRIBES = """
const held = { endpoint: GIVEN.endpoint, unsubscribe: async () => { localStorage.removeItem("held"); return true; },
  toJSON: () => ({ endpoint: GIVEN.endpoint, keys: { p256dh: GIVEN.p256dh, auth: GIVEN.auth } }) };
PushManager.prototype.subscribe = async function (options) {
  if (!options.applicationServerKey) throw new Error("no key");
  localStorage.held = "yes";
  return held;
};
PushManager.prototype.getSubscription = async () => (localStorage.held ? held : null);
"""
WORKER = "navigator.serviceWorker.getRegistration('/')"
SHOWN = f"{WORKER}.then((one) => one.getNotifications()).then((all) => all.map((one) => [one.title, one.data]))"


@pytest.fixture
async def node(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Node]:
    """One that pushes, to our receiver."""
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver.authority))
    monkeypatch.setenv("BACAP_PUSH_CONTACT", "mailto:hop@vinh-linh.example")
    monkeypatch.setenv("BACAP_PUSH_SERVICES", receiver.host)
    made = await prepare(tmp_path / "data")
    await made.start()
    yield made
    await made.stop()


@pytest.mark.timeout(180)
async def test_a_member_is_told_on_a_device_until_it_is_silenced(
    trusting: Browser, node: Node, receiver: Receiver, tmp_path: Path
) -> None:
    device = receiver.device("tablet")
    page = await desk.sign_in(trusting, node, "tai-chinh", LOGINS["tai-chinh"], permissions=["notifications"])
    await page.add_init_script(SUBSCRIBES.replace("GIVEN", json.dumps(device.body)))
    await page.reload()
    await press(page, "Báo tôi trên thiết bị này")
    await expect(page.get_by_role("button", name="Thôi báo trên thiết bị này")).to_be_visible()
    await begin(node, tmp_path)
    for _ in range(200):
        if receiver.got:
            break
        await asyncio.sleep(0.1)
    told = device.read(receiver.got[0][2])
    assert told["title"].startswith("Giấy mời: ")
    await deliver(page, node, told)
    assert await page.evaluate(SHOWN) == [[told["title"], told["path"]]]
    await shoot(page, "desk-bell")
    await somebody_else_signs_in(page)
    assert await page.evaluate("localStorage.held") is None, "the one before is told nothing here any more"
    await press(page, "Báo tôi trên thiết bị này")
    await press(page, "Thôi báo trên thiết bị này")
    await expect(page.get_by_role("button", name="Báo tôi trên thiết bị này")).to_be_visible()
    assert not desk.faults_of(page)


async def somebody_else_signs_in(page: Page) -> None:
    """On the same device, where the sign-in of the one before has run out."""
    await page.context.clear_cookies()
    await page.goto("/sign-in")
    await page.get_by_label("Tên đăng nhập").fill(LOGINS["noi-vu"])
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await press(page, "Đăng nhập")
    await expect(page.get_by_role("button", name="Báo tôi trên thiết bị này")).to_be_visible()


async def deliver(page: Page, node: Node, told: dict[str, str]) -> None:
    """What the browser does with a message once it has opened it."""
    session = await page.context.new_cdp_session(page)
    versions: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def updated(event: dict[str, Any]) -> None:
        for version in event["versions"]:
            if version["status"] == "activated" and not versions.done():
                versions.set_result(version["registrationId"])

    session.on("ServiceWorker.workerVersionUpdated", updated)
    await session.send("ServiceWorker.enable")
    given = {"origin": node.base, "registrationId": await asyncio.wait_for(versions, 10), "data": json.dumps(told)}
    await session.send("ServiceWorker.deliverPushMessage", given)
    await asyncio.sleep(1)
