"""Papers as their secretary sends them up and their readers lose them: over a line that breaks, with a stamp that stops
them, replaced and recalled under the eyes of a member on a tablet.
"""

from __future__ import annotations

import random
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.client import Client
from tests.kit.files import docx, sheet, stamp
from tests.kit.pdfs import page as page_of
from tests.kit.pdfs import pdf, stream
from tests.kit.tcpline import thin_line

from . import desk
from .desk import press, shoot
from .node import LOGINS, PASSWORD, Node

pytestmark = pytest.mark.browser
ASKED = "dialog[aria-labelledby=ask-title]"


async def released(browser: Browser, node: Node, folder: Path, base: str = "") -> tuple[Page, str]:
    """A sitting that was released, before the secretary who keeps its papers; BASE: another way to the node."""
    client, sitting = Client(node.base, node.settings.folder / "tls" / "ca.crt", folder, "thu-ky"), str(uuid.uuid4())
    await client.sign_in(LOGINS["thu-ky"], PASSWORD, lambda: node.code("thu-ky"))
    await client.call("POST", "/api/sittings", {
        "id": sitting, "title": "Phiên họp về ngân sách", "unit": "vinh-linh", "place": "Phòng 1",
        "begins": 1_795_490_000_000, "chair": "chu-tich", "secretary": "thu-ky", "clerk": "van-thu",
    })  # fmt: skip
    await client.do(sitting, "add-item", item="a", title="Ngân sách")
    await client.call("POST", f"/api/sittings/{sitting}/release", {"reason": "Thử"})
    page = await desk.open_page(browser, node, cookies=client.cookies, base=base)
    await client.close()
    await page.goto(f"/sittings/{sitting}/prepare")
    return page, sitting


def heavy(megabytes: int) -> bytes:
    """A PDF that does not fold: noise in a stream beside its page."""
    return pdf(
        page_of(b"", b"/Resources << /XObject << /X 5 0 R >> >>", stream(random.Random(5).randbytes(megabytes * 10**6)))
    )


async def offer(secretary: Page, name: str, data: bytes) -> None:
    file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    await secretary.locator(".agenda-item").first.locator("input[type=file]").set_input_files(file)


@pytest.mark.timeout(180)
async def test_an_upload_goes_on_after_the_line_was_cut(browser: Browser, node: Node, tmp_path: Path) -> None:
    size = 5
    async with thin_line(node.settings.port) as line:
        secretary, _ = await released(browser, node, tmp_path, f"https://localhost:{line.port}")
        line.pace, before = 1_000_000, line.carried
        await offer(secretary, "Phụ lục bản đồ.pdf", heavy(size))
        await expect(secretary.locator(ASKED)).to_contain_text("Phụ lục bản đồ.pdf")
        await shoot(secretary, "intake-declare")
        await press(secretary, "Không mật, gửi lên", within=ASKED)
        sending = secretary.get_by_text("Đang gửi “Phụ lục bản đồ”")
        await expect(sending).to_be_visible()
        await line.until(before + 2_000_000)
        line.cut()
        await secretary.wait_for_timeout(2500)
        await expect(secretary.get_by_text("Mất đường truyền, chờ để gửi tiếp “Phụ lục bản đồ”")).to_be_visible()
        await shoot(secretary, "intake-cut")
        line.mend()
        await expect(secretary.get_by_role("link", name="Phụ lục bản đồ")).to_be_visible(timeout=60_000)
        assert line.carried - before < size * 1_000_000 * 1.3, "what had come was not sent again"
    assert not desk.faults_of(secretary)


@pytest.mark.timeout(180)
async def test_a_stamp_stops_a_file_until_a_person_answers(browser: Browser, node: Node, tmp_path: Path) -> None:
    secretary, _ = await released(browser, node, tmp_path)
    for answer in ("Thôi", "Tôi xác nhận không mật"):
        await offer(secretary, "Báo cáo.pdf", sheet(stamp("KHẨN", width=20) + "\n\nTỐI MẬT"))
        await press(secretary, "Không mật, gửi lên", within=ASKED)
        await expect(secretary.locator(ASKED)).to_contain_text("TỐI MẬT")
        await shoot(secretary, "intake-stamp")
        await press(secretary, answer, within=ASKED)
        if answer == "Thôi":
            await expect(secretary.get_by_text("Đã xóa “Báo cáo”")).to_be_visible()
            await expect(secretary.get_by_role("link", name="Báo cáo")).to_have_count(0)
    await expect(secretary.get_by_role("link", name="Báo cáo")).to_be_visible()
    await expect(secretary.get_by_text("người gửi xác nhận không mật")).to_be_visible()
    await offer(secretary, "Công văn.docx", docx("Kính gửi Ủy ban nhân dân"))
    await press(secretary, "Không mật, gửi lên", within=ASKED)
    await expect(secretary.get_by_text("“Công văn” đã được chuyển sang PDF")).to_be_visible(timeout=60_000)
    await offer(secretary, "Lạ.exe", b"MZ" + bytes(2000))
    await press(secretary, "Không mật, gửi lên", within=ASKED)
    await expect(secretary.get_by_text("Không nhận “Lạ”: Không nhận loại tệp này.")).to_be_visible()
    await press(secretary, "Tài liệu mật: phát giấy")
    await press(secretary, "Đưa vào chương trình", within=ASKED)
    await expect(secretary.get_by_text("Tài liệu phát giấy tại phòng họp")).to_be_visible()
    await shoot(secretary, "intake-papers")
    await press(secretary, "Gỡ “Tài liệu phát giấy tại phòng họp”")
    await press(secretary, "Bỏ", within=ASKED)
    await expect(secretary.get_by_text("Tài liệu phát giấy tại phòng họp")).to_have_count(0)
    assert not desk.faults_of(secretary)


@pytest.mark.timeout(180)
async def test_a_paper_is_replaced_and_recalled_under_a_reader_s_eyes(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    secretary, sitting = await released(browser, node, tmp_path)
    member = await desk.sign_in(browser, node, "tai-chinh", LOGINS["tai-chinh"])
    await offer(secretary, "Dự thảo.pdf", sheet("Bản một"))
    await press(secretary, "Không mật, gửi lên", within=ASKED)
    await expect(secretary.get_by_role("link", name="Dự thảo")).to_be_visible()
    await member.goto(f"/sittings/{sitting}")
    await member.get_by_role("link", name="Dự thảo").click()
    await expect(member.locator(".sheet-words").get_by_text("Bản một")).to_be_visible()
    async with secretary.expect_file_chooser() as chosen:
        await press(secretary, "Thay bản mới: Dự thảo")
    file: Any = {"name": "Dự thảo 2.pdf", "mimeType": "application/pdf", "buffer": sheet("Bản hai")}
    await (await chosen.value).set_files(file)
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Sửa biểu 2")
    await shoot(secretary, "replace")
    await press(secretary, "Không mật, thay bản mới", within=ASKED)
    await expect(secretary.get_by_text("bản thứ 2")).to_be_visible()
    await expect(member.locator(".sheet-words").get_by_text("Bản hai")).to_be_visible()
    await press(secretary, "Xem thay đổi: Dự thảo")
    await expect(secretary.locator("dialog[open] del")).to_have_text("một")
    await expect(secretary.locator("dialog[open] ins")).to_have_text("hai")
    await shoot(secretary, "changes")
    await press(secretary, "Đóng", within="dialog[open]")
    await press(secretary, "Thu hồi: Dự thảo")
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Nhầm số liệu")
    await shoot(secretary, "recall")
    await press(secretary, "Thu hồi tài liệu", within=ASKED)
    await expect(member.get_by_text("vừa được thu hồi: Nhầm số liệu")).to_be_visible()
    await expect(member.locator(".sheet-words").get_by_text("Bản hai")).to_have_count(0)
    await shoot(member, "recalled-in-room")
    await shoot(secretary, "recalled-at-desk")
    await member.goto("/")
    await expect(member.get_by_text("Tài liệu đã thu hồi: Dự thảo. Nhầm số liệu")).to_be_visible()
    assert not desk.faults_of(secretary) and not desk.faults_of(member)
