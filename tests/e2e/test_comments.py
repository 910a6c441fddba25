"""A member comments on a paper, the secretary answers, and everybody who reads the paper sees both.
web/static/js/reader/comments.js
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from . import desk
from .desk import press, shoot
from .node import LOGINS, Node
from .test_reading import opened, shown, words_of

pytestmark = pytest.mark.browser
SIDE = ".reader-side"
# The first words of the page that hold GIVEN, marked as a finger would.
SELECT = """(given) => {
  const spans = [...document.querySelectorAll(".sheet-words span")];
  getSelection().selectAllChildren(spans.find((span) => span.textContent.includes(given)));
}"""


@pytest.mark.timeout(180)
async def test_a_comment_is_made_answered_and_seen_by_whoever_reads_the_paper(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    secretary, member = await opened(browser, node, tmp_path)
    other = await desk.sign_in(browser, node, "noi-vu", LOGINS["noi-vu"])
    await other.goto(member.url)
    await shown(other, 1)
    await press(other, "Ý kiến góp ý")
    await expect(other.locator(SIDE).get_by_text("Chưa có ý kiến nào.")).to_be_visible()
    await expect(words_of(member).get_by_text("Hạ tầng giao thông")).to_be_visible()
    await press(member, "Ý kiến góp ý")
    await expect(member.get_by_text("Mọi người được xem tài liệu này đều thấy góp ý")).to_be_visible()
    await member.evaluate(SELECT, "Hạ tầng giao thông")
    await expect(member.locator(f"{SIDE} blockquote").get_by_text("Hạ tầng giao thông")).to_be_visible()
    await member.get_by_label("Góp ý của bạn: Trang 1").fill("Đề nghị nêu rõ số ki-lô-mét đường hư hỏng.")
    await shoot(member, "reader-comment")
    await member.keyboard.press("Escape")
    await member.get_by_role("button", name="Trang sau").click()  # what was begun stays what it is about
    await shown(member, 2)
    await expect(member.get_by_role("button", name="Chuyển góp ý sang trang 2")).to_be_visible()
    await member.reload()
    await press(member, "Ý kiến góp ý")
    await expect(member.get_by_label("Góp ý của bạn: Trang 1")).to_have_value(
        "Đề nghị nêu rõ số ki-lô-mét đường hư hỏng."
    )
    await press(member, "Gửi góp ý", within=SIDE)
    row = other.locator(".comments > li")
    await expect(row).to_contain_text("Đề nghị nêu rõ")  # by itself
    await expect(row).to_contain_text("Hạ tầng giao thông")
    await expect(row.get_by_text("Chờ xử lý")).to_be_visible()
    await expect(row.get_by_role("button")).to_have_text(["Trang 1"])  # not theirs to answer, nor to withdraw

    await secretary.goto(secretary.url.replace("/prepare", ""))
    await expect(secretary.get_by_text("1 góp ý")).to_be_visible()
    await secretary.goto(member.url)
    await shown(secretary, 1)
    await press(secretary, "Ý kiến góp ý (1)")
    await press(secretary, "Không tiếp thu, giải trình", within=SIDE)
    await secretary.get_by_label("Nội dung giải trình").fill("Số liệu có ở phụ lục 2.")
    await press(secretary, "Gửi giải trình", within="dialog")
    await expect(row.get_by_text("trả lời: Số liệu có ở phụ lục 2.")).to_be_visible()
    await expect(member.get_by_text("trả lời: Số liệu có ở phụ lục 2.")).to_be_visible()
    await shoot(member, "reader-comments")

    await member.get_by_label("Góp ý cho cả tài liệu").check()
    await member.get_by_label("Góp ý của bạn: Cả tài liệu").fill("Nhất trí.")
    await press(member, "Gửi góp ý", within=SIDE)
    await expect(row).to_have_count(2)
    await press(member, "Rút lại", within=SIDE)
    await press(member, "Rút lại", within="dialog")
    await expect(row).to_have_count(1)
    await member.goto("/")
    await expect(member.get_by_text("Ý kiến góp ý của bạn đã được trả lời: Tờ trình kinh phí")).to_be_visible()
    assert not [fault for page in (secretary, member, other) for fault in desk.faults_of(page)]
