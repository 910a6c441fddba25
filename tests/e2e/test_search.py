"""A member finds a page again: without marks, in quotation marks, and lands on it in the reader."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.kit.files import sheet

from . import desk
from .desk import press, shoot
from .node import LOGINS, Node
from .test_intake import ASKED, offer, released

pytestmark = pytest.mark.browser
BODY = "Mở đầu\n#pagebreak()\nPhân bổ kinh phí sửa chữa đường giao thông nông thôn ở các xã."


@pytest.mark.timeout(180)
async def test_a_page_is_found_and_opened(browser: Browser, node: Node, tmp_path: Path) -> None:
    secretary, _ = await released(browser, node, tmp_path)
    member = await desk.sign_in(browser, node, "tai-chinh", LOGINS["tai-chinh"])
    await offer(secretary, "Tờ trình kinh phí.pdf", sheet(BODY))
    await press(secretary, "Không mật, gửi lên", within=ASKED)
    await expect(secretary.get_by_role("link", name="Tờ trình kinh phí")).to_be_visible()
    await member.get_by_role("link", name="Tìm kiếm").first.click()
    await member.get_by_label("Từ cần tìm").fill('duong "giao thong nong thon"')
    for _ in range(20):  # the index follows a moment behind
        await press(member, "Tìm")
        with contextlib.suppress(AssertionError):
            await expect(member.get_by_text("Tìm thấy 1")).to_be_visible(timeout=1000)
            break
    await expect(member.get_by_text("Tìm thấy 1")).to_be_visible()
    await expect(member.locator("mark").first).to_have_text("đường")
    await shoot(member, "search")
    await member.get_by_label("Từ cần tìm").fill('"giao thông đường"')
    await press(member, "Tìm")
    await expect(member.get_by_text("Tìm thấy 0")).to_be_visible()
    await member.go_back()
    await expect(member.get_by_text("Tìm thấy 1")).to_be_visible()
    await member.get_by_role("link", name="Tờ trình kinh phí").click()
    await expect(member.locator(".sheet-words").get_by_text("Phân bổ kinh phí")).to_be_visible()
    await expect(member.get_by_text("Trang 2 / 2")).to_be_visible()
    await shoot(member, "found-page")
    assert not desk.faults_of(member)
