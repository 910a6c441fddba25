"""Papers taken along on a tablet: read and written on without a network, renewed with one, recalled, over, cut off.
web/static/js/offline/, web/static/js/worker.js, web/static/js/places/offline.js, web/static/js/elements/take-along.js,
web/static/js/administration/tablets.js
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.files import sheet

from . import desk
from .desk import press, shoot
from .node import LOGINS, Node
from .test_annotations import remark
from .test_intake import ASKED, offer
from .test_reading import PAPER, opened, shown, words_of

pytestmark = pytest.mark.browser
HOUR_MS = 3_600_000
# The tablet's clock is GIVEN ms away from what it is.
CLOCK = "const real = Date.now; Date.now = () => real() + GIVEN;"
SEALED = """async () => {
  const opening = indexedDB.open("bacap");
  const database = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
  const all = (name) => new Promise((resolve) => {
    const asking = database.transaction(name).objectStore(name).getAll();
    asking.onsuccess = () => resolve(asking.result);
  });
  const [[owner], sealed] = [await all("owner"), await all("sealed")];
  database.close();
  const held = sealed.map(({ body }) => new TextDecoder("latin1").decode(body)).join("");
  const extracted = owner ? await crypto.subtle.exportKey("raw", owner.key).then(() => true, () => false) : false;
  return { kept: sealed.length, clear: /%PDF|Tờ trình|agenda/.test(held), extracted };
}"""


async def taken(browser: Browser, node: Node, tmp_path: Path) -> tuple[Page, Page, str]:
    """The secretary; a member whose tablet holds the papers of the sitting; the paper's address below a sitting's."""
    secretary, member = await opened(browser, node, tmp_path)
    path = member.url.split("/sittings/")[1]
    await member.goto(f"/sittings/{path.split('/')[0]}")
    await press(member, "Tải về để đọc khi mất mạng")
    await expect(member.get_by_text("Đã tải về máy, đọc được đến")).to_be_visible(timeout=60_000)
    return secretary, member, path


async def on_tablet(page: Page, path: str, shift_ms: int = 0) -> Page:
    """The same tablet, its application opened anew, with its clock put forward or back."""
    fresh = await page.context.new_page()
    if shift_ms:
        await fresh.add_init_script(CLOCK.replace("GIVEN", str(shift_ms)))
    await fresh.goto(path)
    return fresh


async def holds(page: Page, count: int) -> None:
    """The tablet comes to hold so many sealed things."""
    for _ in range(100):
        if (await page.evaluate(SEALED))["kept"] == count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(await page.evaluate(SEALED))


def mine(page: Page):  # type: ignore[no-untyped-def]
    """What I wrote, beside the sheet."""
    return page.locator(".reader-side").get_by_text("Ghi trên xe")


@pytest.mark.timeout(300)
async def test_papers_are_read_and_written_on_without_a_network(trusting: Browser, node: Node, tmp_path: Path) -> None:
    _, member, path = await taken(trusting, node, tmp_path)
    await shoot(member, "offline-taken")
    assert await member.evaluate(SEALED) == {"kept": 2, "clear": False, "extracted": False}  # a sitting and its paper
    await member.context.route("**/api/me", lambda route: route.fulfill(status=502, body="<html>"))
    ill = await on_tablet(member, "/")  # something between that answers, and is not the server
    await expect(ill.get_by_role("link", name=PAPER)).to_be_visible()
    await ill.close()
    await member.context.unroute("**/api/me")
    await node.stop()
    await member.reload()  # the room itself needs a network
    await expect(member.get_by_role("heading", name="Tài liệu đã tải về máy")).to_be_visible()
    await shoot(member, "offline-list")
    await member.get_by_role("link", name=PAPER).click()
    await shown(member, 1)
    await expect(words_of(member).get_by_text("Hạ tầng giao thông")).to_be_visible()
    await member.keyboard.press("ArrowRight")
    await shown(member, 2)
    await member.wait_for_timeout(1800)  # long enough to count as read
    await press(member, "Ghi chú riêng")
    await remark(member, "Ghi trên xe, không có mạng")
    await shoot(member, "offline-reader")
    await member.goto(f"/sittings/{path}")  # an address of before leads to what is here
    await shown(member, 1)
    await press(member, "Ghi chú riêng")
    await expect(mine(member)).to_be_visible()
    await node.start()
    desk_page = await on_tablet(member, "/")  # nobody opens the paper: what was written and read is sent all the same
    await expect(desk_page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()
    unsent = "() => Object.keys(localStorage).filter((key) => /^(annotation|dwell):/.test(key)).length"
    await desk.until_true(desk_page, f"({unsent})() === 0")
    other = await desk.sign_in(trusting, node, "tai-chinh", LOGINS["tai-chinh"])
    await other.goto(f"/sittings/{path}")
    await shown(other, 1)
    await press(other, "Ghi chú riêng")
    await expect(mine(other)).to_be_visible()
    told = f"/api/sittings/{path}/receipts"
    [version] = await other.evaluate(f"fetch({told!r}).then((answer) => answer.json())")
    [mine_of_it] = version["receipts"]
    assert mine_of_it["pages"][1] >= 1500, "read without a line, told with one"
    assert not desk.faults_of(other)


@pytest.mark.timeout(300)
async def test_what_was_recalled_replaced_or_is_over_is_not_to_be_read_any_more(
    trusting: Browser, node: Node, tmp_path: Path
) -> None:
    secretary, member, path = await taken(trusting, node, tmp_path)
    crossed: list[str] = []
    member.on("request", lambda request: crossed.append(request.url) if "/papers/" in request.url else None)
    await offer(secretary, "Phụ lục.pdf", sheet("Phụ lục một trang"))
    await press(secretary, "Không mật, gửi lên", within=ASKED)
    await expect(secretary.get_by_role("link", name="Phụ lục")).to_be_visible()
    await holds(member, 3)  # what is new comes by itself,
    assert len([url for url in crossed if "/api/" not in url]) == 1  # and nothing of what is here already
    await node.stop()
    early = await on_tablet(member, "/offline", 23 * HOUR_MS)
    await expect(early.get_by_role("link", name="Phụ lục")).to_be_visible()
    await early.close()
    back = await on_tablet(member, "/offline", -72 * HOUR_MS)  # a clock that is put back opens nothing
    await expect(back.get_by_text("Đồng hồ của máy bị lùi")).to_be_visible()
    await expect(back.get_by_role("link", name="Phụ lục")).to_have_count(0)
    await shoot(back, "offline-clock")
    seen = "() => new Promise((resolve) => { const opening = indexedDB.open('bacap'); opening.onsuccess = () => {"
    seen += " const asking = opening.result.transaction('owner').objectStore('owner').get('owner');"
    seen += " asking.onsuccess = () => resolve(asking.result.seen - Date.now()); }; })"
    assert await member.evaluate(seen) > 22 * HOUR_MS
    await back.close()

    await node.start()
    reading = await on_tablet(member, f"/offline/{path.replace('/papers', '')}")
    await shown(reading, 1)
    await secretary.reload()
    await press(secretary, f"Thu hồi: {PAPER}")
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Nhầm số liệu")
    await press(secretary, "Thu hồi tài liệu", within=ASKED)
    await expect(reading.get_by_text("Tài liệu này không còn trên máy")).to_be_visible(timeout=40_000)
    await expect(reading.get_by_role("link", name="Phụ lục")).to_be_visible()
    await shoot(reading, "offline-recalled")
    await node.stop()
    await reading.close()
    late = await on_tablet(member, "/offline", 25 * HOUR_MS)
    await expect(late.get_by_text("Không có tài liệu nào trên máy này")).to_be_visible()
    await holds(member, 0)
    await late.close()
    again = await on_tablet(member, "/offline")
    await expect(again.get_by_text("Đồng hồ của máy bị lùi")).to_be_visible()


@pytest.mark.timeout(300)
async def test_a_lost_tablet_is_cut_off_and_signing_out_leaves_nothing(
    trusting: Browser, node: Node, tmp_path: Path
) -> None:
    _, member, path = await taken(trusting, node, tmp_path)
    technician = await desk.sign_in(trusting, node, "ky-thuat", LOGINS["ky-thuat"])
    await technician.goto("/administration/tablets")
    row = technician.get_by_role("row").filter(has_text="Phiên họp về ngân sách")
    await expect(row).to_be_visible()
    await shoot(technician, "tablets")
    await row.get_by_role("button", name="Chặn máy này").click()
    await press(technician, "Chặn máy này", within=ASKED)
    await expect(row.get_by_text("Đã chặn")).to_be_visible()
    await member.wait_for_url("**/sign-in*")  # its session is over
    await holds(member, 0)
    await node.stop()
    gone = await on_tablet(member, "/offline")
    await expect(gone.get_by_text("Không có tài liệu nào trên máy này")).to_be_visible()
    await node.start()

    await desk.sign_in_at(member, node, "tai-chinh", LOGINS["tai-chinh"])
    await member.goto(f"/sittings/{path.split('/')[0]}")
    await press(member, "Tải về để đọc khi mất mạng")  # found again: another tablet, as far as anybody knows
    await expect(member.get_by_text("Đã tải về máy, đọc được đến")).to_be_visible(timeout=60_000)
    await member.goto("/")
    await press(member, "Đăng xuất")
    await member.wait_for_url("**/sign-in*")
    assert await member.evaluate(SEALED) == {"kept": 0, "clear": False, "extracted": False}
