"""What one draws, highlights and writes on a paper, and what stands beside the sheet: web/static/js/reader/."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.files import sheet
from web.assets import developer_modules

from . import desk
from .desk import press, shoot
from .node import Node
from .test_intake import ASKED
from .test_reading import BODY, PAPER, opened, shown, words_of
from .test_screens import SIZES, axe_faults

pytestmark = pytest.mark.browser

# How many annotations this browser keeps that the server does not have yet.
UNSENT = "() => Object.keys(localStorage).filter((key) => key.startsWith('annotation:')).length"
ALL_SENT = f"() => ({UNSENT})() === 0"

DRAG = """([from, to]) => {
  const sheet = document.querySelector(".sheet-page");
  const box = sheet.getBoundingClientRect();
  const send = (type, [x, y]) => sheet.dispatchEvent(new PointerEvent(type, {
    pointerType: "pen", pointerId: 1, isPrimary: true, button: 0, bubbles: true,
    clientX: box.left + x * box.width, clientY: box.top + y * box.height,
  }));
  sheet.setPointerCapture = () => {};
  send("pointerdown", from);
  for (let part = 1; part <= 10; part++)
    send("pointermove", [from[0] + (to[0] - from[0]) * part / 10, from[1] + (to[1] - from[1]) * part / 10]);
  send("pointerup", to);
}"""


async def pen(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag a pen over the sheet; places are parts of the page."""
    await page.evaluate(DRAG, [list(start), list(end)])


async def remark(page: Page, text: str) -> None:
    """Written at a place of the sheet; the pen stays in the hand for the next."""
    await press(page, "Lời ghi", within=".reader-side")
    await pen(page, (0.5, 0.7), (0.5, 0.7))
    await page.locator(ASKED).get_by_label("Nội dung").fill(text)
    await press(page, "Lưu", within=ASKED)
    await expect(page.locator(".pin")).to_have_count(1)


async def drag_over(page: Page, words: str) -> None:
    """Along the line that begins with WORDS, with the mouse."""
    box = await words_of(page).get_by_text(words).bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=5)
    await page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2, steps=5)
    await page.mouse.up()


@pytest.mark.timeout(240)
async def test_what_one_draws_and_writes_is_ones_own_and_follows_the_paper(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    secretary, member = await opened(browser, node, tmp_path)
    await press(member, "Ghi chú riêng")
    await press(member, "Bút", within=".reader-side")
    await press(member, "Đỏ", within=".reader-side")
    await pen(member, (0.2, 0.4), (0.6, 0.5))
    await expect(member.locator(".sheet-page polyline.red")).to_have_count(1)
    stroke = await member.locator(".sheet-page polyline.red").get_attribute("points")
    assert stroke is not None
    points = [tuple(map(int, one.split(","))) for one in stroke.split()]
    assert len(points) == 11 and points[0] == (2000, 4000) and points[-1] == (6000, 5000)
    await press(member, "Tô sáng", within=".reader-side")
    await press(member, "Vàng", within=".reader-side")
    await drag_over(member, "Hạ tầng giao thông")
    await expect(member.locator(".highlight.yellow:not(.going)").first).to_be_visible()
    await expect(member.locator(".reader-side").get_by_text("Hạ tầng")).to_be_visible()
    await remark(member, "Hỏi lại nguồn vốn")
    await shoot(member, "reader-annotations")

    await desk.until_true(member, ALL_SENT)
    await member.context.set_offline(True)  # without a line it is kept here
    await press(member, "Bút", within=".reader-side")
    await pen(member, (0.2, 0.6), (0.6, 0.6))
    await expect(member.get_by_text("1 ghi chú đang chờ đường truyền")).to_be_visible()
    await member.context.set_offline(False)
    await expect(member.get_by_text("ghi chú đang chờ đường truyền")).to_have_count(0, timeout=30_000)
    await member.reload()
    await shown(member, 1)
    await expect(member.locator(".sheet-page polyline")).to_have_count(2)
    await expect(member.locator(".pin")).to_have_count(1)

    await secretary.goto(member.url)
    await shown(secretary, 1)
    await expect(secretary.locator(".sheet-page polyline, .pin, .highlight")).to_have_count(0)
    await secretary.goto(secretary.url.split("/papers/")[0] + "/prepare")
    async with secretary.expect_file_chooser() as chosen:
        await press(secretary, f"Thay bản mới: {PAPER}")
    cover = sheet(BODY.replace("= Tình hình chung", "Trang bìa\n#pagebreak()\n= Tình hình chung", 1))
    await (await chosen.value).set_files({"name": "Bản 2.pdf", "mimeType": "application/pdf", "buffer": cover})
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Thêm bìa")
    await press(secretary, "Không mật, thay bản mới", within=ASKED)
    await expect(member.get_by_text("Trang 1 / 4")).to_be_visible()
    await expect(member.locator(".sheet-page polyline")).to_have_count(0)
    await member.keyboard.press("ArrowRight")
    await shown(member, 2)
    await expect(member.locator(".sheet-page polyline")).to_have_count(2)
    await expect(member.locator(".highlight.yellow").first).to_be_visible()
    await press(member, "Ghi chú riêng")
    await press(member, "Xóa ghi chú: Hỏi lại nguồn vốn")
    await expect(member.locator(".pin")).to_have_count(0)
    faults = [one for one in desk.faults_of(member) if "ERR_INTERNET_DISCONNECTED" not in one]
    assert not faults and not desk.faults_of(secretary)


@pytest.mark.timeout(240)
async def test_everything_beside_the_sheet_is_accessible_and_fits(browser: Browser, node: Node, tmp_path: Path) -> None:
    _, member = await opened(browser, node, tmp_path, bypass_csp=True, reduced_motion="reduce")
    axe = (developer_modules() / "axe-core" / "axe.min.js").read_text()
    faults: dict[str, list[str]] = {}
    for panel in ("Các trang", "Mục lục", "Tìm trong tài liệu", "Ghi chú riêng", "Ý kiến góp ý"):
        await member.set_viewport_size({"width": 1280, "height": 800})
        await press(member, panel)
        if panel == "Tìm trong tài liệu":
            await member.get_by_label("Từ cần tìm trong tài liệu").fill("giao thong")
            await press(member, "Tìm", within=".reader-side")
            await expect(member.locator(".sheet-marks .now")).to_have_count(1)
        if panel == "Ghi chú riêng":
            await press(member, "Bút", within=".reader-side")
            await pen(member, (0.2, 0.4), (0.6, 0.5))
            await press(member, "Lời ghi", within=".reader-side")
        if panel == "Ý kiến góp ý":
            await member.get_by_label("Góp ý của bạn: Trang").fill("Đề nghị nêu rõ số liệu.")
            await press(member, "Gửi góp ý", within=".reader-side")
            await expect(member.locator(".comments > li")).to_be_visible()
        found = await axe_faults(member, axe)
        for size, (width, height) in SIZES.items():
            await member.set_viewport_size({"width": width, "height": height})
            await member.wait_for_timeout(250)
            await shoot(member, f"reader-{'-'.join(panel.split())}-{size}")
            for scale in (200, 100):
                await member.evaluate("(scale) => { document.documentElement.style.fontSize = `${scale}%`; }", scale)
                wide = await member.evaluate("() => document.documentElement.scrollWidth - innerWidth")
                found += [f"{size} at {scale} %: {wide} px too wide"] if wide > 1 else []
        if found:
            faults[panel] = found
    assert not faults


@pytest.mark.timeout(180)
async def test_signing_out_sends_what_is_left_or_asks_before_it_is_lost(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    """The next person on this device is somebody else."""
    _, member = await opened(browser, node, tmp_path)
    away = "**/annotations/*"
    await member.route(away, lambda route: route.abort())
    await press(member, "Ghi chú riêng")
    await press(member, "Bút", within=".reader-side")
    await pen(member, (0.2, 0.4), (0.6, 0.5))
    await expect(member.get_by_text("1 ghi chú đang chờ đường truyền")).to_be_visible()
    address = member.url
    await member.goto("/")
    await press(member, "Đăng xuất")
    await expect(member.get_by_text("Còn ghi chú chưa gửi được")).to_be_visible()
    await shoot(member, "sign-out-unsent")
    await press(member, "Thôi", within=ASKED)
    assert await member.evaluate(UNSENT) == 1
    await member.unroute(away)
    await member.goto(address)
    await expect(member.locator(".sheet-page polyline")).to_have_count(1)
    await desk.until_true(member, ALL_SENT)
    await member.route(away, lambda route: route.abort())
    await press(member, "Ghi chú riêng")
    await press(member, "Bút", within=".reader-side")
    await pen(member, (0.2, 0.6), (0.6, 0.6))
    await member.goto("/")
    await press(member, "Đăng xuất")
    await press(member, "Đăng xuất và bỏ chúng", within=ASKED)
    await expect(member.get_by_label("Tên đăng nhập")).to_be_visible()
    assert await member.evaluate(UNSENT) == 0
