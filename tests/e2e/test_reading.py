"""A member reads on a tablet: pages, headings, words found, one's own way of looking, touch: web/static/js/reader/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.files import sheet

from . import desk
from .desk import press, shoot
from .node import LOGINS, Node
from .test_intake import ASKED, offer, released

pytestmark = pytest.mark.browser
BODY = """#set heading(numbering: "1.")
= Tình hình chung
Hạ tầng giao thông của xã còn nhiều khó khăn.
#pagebreak()
= Kinh phí thực hiện
Phân bổ kinh phí sửa chữa đường giao thông nông thôn. Hoà Bình là tên một thôn.
#pagebreak()
= Tổ chức thực hiện
Giao phòng chuyên môn theo dõi giao thông."""
PAPER = "Tờ trình kinh phí"
# Does the dot stand at SHARE of the page's width?
POINTED_AT = """(share) => {
  const boxOf = (name) => document.querySelector(name)?.getBoundingClientRect();
  const [dot, page] = [boxOf(".pointer-dot"), boxOf(".sheet-page")];
  return dot && page && Math.abs((dot.left + dot.width / 2 - page.left) / page.width - share) < 0.02;
}"""


async def opened(browser: Browser, node: Node, tmp_path: Path, **more: Any) -> tuple[Page, Page]:
    """The secretary, and a member who has the paper before them on a tablet."""
    secretary, _ = await released(browser, node, tmp_path)
    await offer(secretary, f"{PAPER}.pdf", sheet(BODY))
    await press(secretary, "Không mật, gửi lên", within=ASKED)
    link = secretary.get_by_role("link", name=PAPER)
    await expect(link).to_be_visible()
    member = await desk.sign_in(browser, node, "tai-chinh", LOGINS["tai-chinh"], **more)
    await member.goto(f"{await link.get_attribute('href')}")
    await shown(member, 1)
    return secretary, member


async def shown(page: Page, number: int) -> None:
    await expect(page.locator(f"bacap-sheet[data-shown$=':{number}']").first).to_be_visible()


def words_of(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".sheet-words")


@pytest.mark.timeout(180)
async def test_a_paper_is_read(browser: Browser, node: Node, tmp_path: Path) -> None:
    _, member = await opened(browser, node, tmp_path)
    await expect(words_of(member).get_by_text("Hạ tầng giao thông")).to_be_visible()

    await press(member, "Các trang")
    thumb = member.get_by_role("button", name="Đến trang 3")
    await expect(thumb.locator("canvas")).to_be_visible()
    await shoot(member, "reader-pages")
    await thumb.click()
    await shown(member, 3)
    await press(member, "Mục lục")
    await member.get_by_role("button", name="Kinh phí thực hiện").click()
    await shown(member, 2)

    await press(member, "Tìm trong tài liệu")
    side = member.locator(".reader-side")
    await side.get_by_label("Từ cần tìm trong tài liệu").fill("giao thong")
    await press(member, "Tìm", within=".reader-side")
    await expect(side.get_by_text("Chỗ 2 / 3")).to_be_visible()  # the first on this page or behind it
    await expect(member.locator(".sheet-marks .now")).to_have_count(1)
    mark = await member.locator(".sheet-marks .now").bounding_box()
    line = await words_of(member).get_by_text("Phân bổ kinh phí").bounding_box()
    assert mark is not None and line is not None and abs(mark["y"] - line["y"]) < 3 and mark["width"] < line["width"]
    await shoot(member, "reader-search")
    await press(member, "Chỗ sau")
    await shown(member, 3)
    await expect(side.get_by_text("Chỗ 3 / 3")).to_be_visible()
    for typed, count in (("giao thòng", 0), ("hòa bình", 1), ("GIAO THÔNG nông", 1)):
        await side.get_by_label("Từ cần tìm trong tài liệu").fill(typed)
        await press(member, "Tìm", within=".reader-side")
        told = f"Chỗ 1 / {count}" if count else "Không tìm thấy"
        await expect(side.get_by_text(told)).to_be_visible()
    await shown(member, 2)
    await press(member, "Đóng", within=".reader-side")
    await expect(member.locator(".sheet-marks span")).to_have_count(0)

    await member.keyboard.press("End")
    await shown(member, 3)
    await member.keyboard.press("Home")
    await shown(member, 1)
    assert not desk.faults_of(member)


SHAPE = """([selector, text, lies]) => {
  const found = [...document.querySelectorAll(selector)].find((one) => one.textContent.includes(text));
  const box = found?.getBoundingClientRect();
  return box && box.width > box.height === lies;
}"""
WHOLE = """() => {
  const boxOf = (one) => document.querySelector(one)?.getBoundingClientRect();
  const [page, room] = [boxOf(".sheet-page"), boxOf(".reader .desk-top")];
  return page && room && page.top >= room.top && page.bottom <= room.bottom;
}"""


@pytest.mark.timeout(180)
async def test_everybody_looks_their_own_way_and_it_stays(browser: Browser, node: Node, tmp_path: Path) -> None:
    _, member = await opened(browser, node, tmp_path)
    await desk.until_true(member, SHAPE, arg=[".sheet-page", "", False])
    await member.get_by_text("Cách xem").or_(member.locator("details.menu summary")).first.click()
    await shoot(member, "reader-ways")
    await press(member, "Xoay trang")
    await expect(member.locator(".sheet-words[data-main-rotation='90']")).to_have_count(1)
    await desk.until_true(member, SHAPE, arg=[".sheet-page", "", True])
    await desk.until_true(
        member, SHAPE, arg=[".sheet-words span", "tầng giao thông", False]
    )  # words lie where the picture has them
    for _ in range(3):
        await press(member, "Xoay trang")
    await press(member, "Hai trang")
    await expect(member.locator("bacap-sheet")).to_have_count(2)
    await press(member, "Nền tối")
    await shoot(member, "reader-night")
    await member.reload()
    await shown(member, 2)
    await expect(member.locator(".night bacap-sheet")).to_have_count(2)
    await member.locator("details.menu summary").click()
    await press(member, "Hai trang")
    await press(member, "Vừa cả trang")
    await desk.until_true(member, WHOLE)
    assert not desk.faults_of(member)


SWIPE = """([from, to, fingers]) => {
  const room = document.querySelector(".reader .desk-top");
  const send = (type, id, x, y) => room.dispatchEvent(
    new PointerEvent(type, { pointerType: "touch", pointerId: id, clientX: x, clientY: y, bubbles: true }));
  for (let id = 0; id < fingers; id++) send("pointerdown", id, id ? 400 - from : from, 300);
  for (let id = 0; id < fingers; id++) send("pointermove", id, id ? 400 - to : to, 300);
  for (let id = 0; id < fingers; id++) send("pointerup", id, id ? 400 - to : to, 300);
}"""


WIDTH = "() => document.querySelector('.sheet-page').getBoundingClientRect().width"


@pytest.mark.timeout(180)
async def test_fingers_turn_and_enlarge(browser: Browser, node: Node, tmp_path: Path) -> None:
    _, member = await opened(browser, node, tmp_path)
    await member.evaluate(SWIPE, [300, 100, 1])
    await shown(member, 2)
    await member.evaluate(SWIPE, [100, 300, 1])
    await shown(member, 1)
    before = await member.evaluate(WIDTH)
    await member.evaluate(SWIPE, [150, 100, 2])  # from 100 px apart to 200
    await expect(member.get_by_text("200 %")).to_have_count(1)
    await desk.until_true(member, f"(width) => ({WIDTH})() > width * 1.9", arg=before)
    await member.evaluate(SWIPE, [300, 100, 1])  # moves the sheet now, and turns nothing
    await expect(member.get_by_text("Trang 1 / 3")).to_be_visible()
    assert not desk.faults_of(member)


@pytest.mark.timeout(240)
async def test_reading_follows_whoever_presents_until_one_turns_a_page(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    secretary, member = await opened(browser, node, tmp_path)
    room = secretary.url.replace("/prepare", "")
    chair = await desk.sign_in(browser, node, "chu-tich", LOGINS["chu-tich"])
    await chair.goto(room)
    await desk.decide(chair, "Khai mạc")
    await secretary.goto(room)
    await press(secretary, "Chuyển sang nội dung này")
    await press(secretary, "Trang sau")
    await press(member, "Theo người trình bày")  # at the paper's own address
    await shown(member, 2)
    await member.goto(room)
    await shown(member, 2)
    await press(secretary, "Trỏ cho mọi người")
    box = await secretary.locator(".sheet-page").bounding_box()
    assert box is not None
    await secretary.mouse.move(box["x"] + box["width"] / 4, box["y"] + 100, steps=3)
    dot = member.locator(".pointer-dot")
    await expect(dot).to_be_visible()
    await desk.until_true(member, POINTED_AT, arg=0.25)  # the way there is shown too
    await expect(dot).to_have_count(0)  # seen for a moment
    await press(member, "Đọc kỹ")  # in the room, beside the pictures
    await shown(member, 2)
    await press(secretary, "Trang sau")
    await shown(member, 3)
    await press(member, "Tìm trong tài liệu")
    await member.get_by_label("Từ cần tìm trong tài liệu").fill("khó khăn")
    await press(member, "Tìm", within=".reader-side")
    await shown(member, 1)
    await shoot(member, "reader-in-room")
    await press(secretary, "Trang trước")
    await expect(secretary.get_by_text("Trang 2 / 3")).to_be_visible()
    await member.wait_for_timeout(500)
    await expect(member.get_by_text("Trang 1 / 3")).to_be_visible()  # who reads freely is left alone
    await press(member, "Theo người trình bày")
    await shown(member, 2)
    await press(member, "Quay lại")
    await expect(member.get_by_text("Đang theo người trình bày")).to_be_visible()
    assert not desk.faults_of(member) and not desk.faults_of(secretary)


@pytest.mark.timeout(180)
async def test_chair_and_secretary_see_what_was_read_and_everybody_their_own(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    secretary, member = await opened(browser, node, tmp_path)
    await member.wait_for_timeout(2000)  # nobody has read a page in less
    await member.keyboard.press("ArrowRight")
    await shown(member, 2)
    await member.wait_for_timeout(2000)
    await member.keyboard.press("ArrowLeft")
    await shown(member, 1)
    await member.locator("details.menu summary").click()
    await press(member, "Tôi đã đọc đến đâu")
    mine = member.locator("dialog[open] .receipts li")
    await expect(mine).to_have_count(1)
    await expect(mine.get_by_text("2 / 3 trang")).to_be_visible()
    await shoot(member, "receipts-own")
    await press(member, "Đóng", within="dialog[open]")

    await press(secretary, f"Ai đã đọc: {PAPER}")
    dialog = secretary.locator("dialog[open]")
    await expect(dialog.get_by_text("Một phần: 1")).to_be_visible()
    row = dialog.locator("li").filter(has_text="2 / 3 trang")
    await expect(row.get_by_text("Đã xem một phần")).to_be_visible()
    await expect(dialog.locator("li").filter(has_text="Chưa mở lần nào").first).to_be_visible()
    await shoot(secretary, "receipts")
    await press(secretary, "Đóng", within="dialog[open]")
    await press(secretary, f"Thu hồi: {PAPER}")
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Nhầm số liệu")
    await press(secretary, "Thu hồi tài liệu", within=ASKED)
    await expect(member.get_by_text("đã được thu hồi")).to_be_visible()
    await press(secretary, f"Ai đã đọc: {PAPER}")
    await expect(dialog.get_by_text("những người đã mở trước đó")).to_be_visible()
    await expect(dialog.locator("li")).to_have_count(1)
    assert not desk.faults_of(member) and not desk.faults_of(secretary)


@pytest.mark.timeout(240)
async def test_over_a_weak_line_pages_are_turned_as_pictures(browser: Browser, node: Node, tmp_path: Path) -> None:
    secretary, member = await opened(browser, node, tmp_path)
    weak = "Object.defineProperty(navigator, 'connection', { value: { effectiveType: '2g', saveData: false } })"
    await member.add_init_script(weak)
    session = await member.context.new_cdp_session(member)
    line = {"offline": False, "latency": 300, "downloadThroughput": 8_000, "uploadThroughput": 8_000}  # 64 kbit/s
    asked: list[str] = []
    member.on("request", lambda request: asked.append(request.url))
    await member.reload(wait_until="commit")
    await session.send("Network.emulateNetworkConditions", line)
    picture = member.locator(".sheet-picture")
    await expect(picture).to_be_visible(timeout=60_000)
    await expect(member.get_by_text("Đường truyền yếu")).to_be_visible()
    await press(member, "Trang sau")
    await expect(member.locator("bacap-sheet[data-pictured$=':2']")).to_be_visible(timeout=30_000)
    await shoot(member, "reader-thin")
    assert not [url for url in asked if "/papers/" in url and "/api/" not in url and "/sittings/" not in url]
    await session.send("Network.emulateNetworkConditions", line | {"downloadThroughput": -1, "latency": 0})
    await press(member, "Tải bản đầy đủ")
    await shown(member, 2)
    await press(secretary, f"Thu hồi: {PAPER}")
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Nhầm")
    await press(secretary, "Thu hồi tài liệu", within=ASKED)
    await expect(member.get_by_text("đã được thu hồi")).to_be_visible()
    assert (
        await member.evaluate(
            "async (path) => (await fetch(path)).status", f"/api{member.url.split(node.base)[1]}/pages/1/small"
        )
        == 422
    )


@pytest.mark.timeout(180)
async def test_all_papers_are_taken_along_in_one_file(browser: Browser, node: Node, tmp_path: Path) -> None:
    secretary, member = await opened(browser, node, tmp_path)
    await member.goto(member.url.split("/papers/")[0])
    for words, name in (
        ("Tải trọn bộ tài liệu", "Phiên họp về ngân sách.pdf"),
        ("Tải tệp ZIP", "Phiên họp về ngân sách.zip"),
    ):
        async with member.expect_download() as coming:
            await press(member, words)
        download = await coming.value
        assert download.suggested_filename == name
        await download.save_as(tmp_path / name)
    assert len(pypdf.PdfReader(tmp_path / "Phiên họp về ngân sách.pdf").pages) == 3
    await shoot(member, "pack")
    await press(secretary, f"Thu hồi: {PAPER}")
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Nhầm")
    await press(secretary, "Thu hồi tài liệu", within=ASKED)
    await expect(member.get_by_role("button", name="Tải trọn bộ tài liệu")).to_have_count(0)
    assert not desk.faults_of(member)
