"""Days of people around a sitting, in browsers: the approver's, a member's in the room, who has a task, who is asked.

An agenda is submitted, returned, approved; people check in by the code on the wall, write, go aside and come back;
a conclusion becomes a task that is acknowledged, handed down and reported; members answer a ballot at their desks.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.client import Client

from . import desk
from .desk import decide, press, shoot
from .node import LOGINS, PASSWORD, Node
from .test_votes import begin

pytestmark = pytest.mark.browser
ASKED = "dialog[aria-labelledby=ask-title]"  # what is asked, over a panel that is a dialog itself


async def signed_in(browser: Browser, node: Node, *people: str) -> dict[str, Page]:
    return {person: await desk.sign_in(browser, node, person, LOGINS[person]) for person in people}


def no_faults(pages: dict[str, Page]) -> None:
    assert not [fault for page in pages.values() for fault in desk.faults_of(page)]


@pytest.mark.timeout(180)
async def test_an_agenda_is_returned_approved_and_only_then_released(browser: Browser, node: Node) -> None:
    pages = await signed_in(browser, node, "thu-ky", "van-phong")
    secretary, approver = pages["thu-ky"], pages["van-phong"]
    await secretary.get_by_role("link", name="Lập phiên họp").first.click()
    await secretary.get_by_label("Tên phiên họp").fill("Phiên họp chuyên đề")
    await secretary.get_by_label("Địa điểm").fill("Phòng họp số 2")
    await secretary.get_by_label("Người duyệt chương trình").select_option(index=1)
    await secretary.locator("form").get_by_role("button", name="Lập phiên họp").click()
    form = secretary.locator("place-prepare form").filter(has_text="Câu hỏi biểu quyết").last
    await form.get_by_label("Nội dung", exact=True).fill("Quy hoạch")
    await form.get_by_role("button", name="Thêm nội dung").click()
    await expect(secretary.locator(".agenda-item").filter(has_text="Quy hoạch")).to_be_visible()
    await decide_submission(secretary)
    await expect(secretary.get_by_text("Đang chờ duyệt")).to_be_visible()
    await shoot(secretary, "agenda-submitted")
    await approver.goto("/")
    await shoot(approver, "desk-approver")
    await approver.goto(secretary.url)
    await press(approver, "Trả lại")
    await approver.locator("dialog[open] textarea, dialog[open] input").first.fill("Thiếu tài liệu")
    await press(approver, "Trả lại", within="dialog[open]")
    await expect(secretary.get_by_text("Chương trình bị trả lại: Thiếu tài liệu")).to_be_visible()
    await decide_submission(secretary)
    await decide(approver, "Phê duyệt")
    await expect(secretary.get_by_text("Đã duyệt")).to_be_visible()
    await press(secretary, "Phát hành chương trình")
    await secretary.get_by_label("Lý do gửi muộn").fill("Việc gấp")
    await press(secretary, "Phát hành chương trình", within="dialog[open]")
    await expect(secretary.get_by_text("Đã phát hành")).to_be_visible()
    no_faults(pages)


async def decide_submission(secretary: Page) -> None:
    await press(secretary, "Trình duyệt")
    await press(secretary, "Trình duyệt", within="dialog[open]")


@pytest.mark.timeout(240)
async def test_in_the_room_people_check_in_by_the_wall_write_and_go_aside(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    sitting = await begin(node, tmp_path, ("quang-tri", "vinh-o"))
    pages = await signed_in(browser, node, "chu-tich", "tai-chinh", "thu-ky")
    chair, member, secretary = pages.values()
    for page in pages.values():
        await page.goto(f"/sittings/{sitting}")
    wall = await desk.open_wall(browser, node, "dc-vinh-linh", "#20a020", 700, (320, 180))
    await check_in_by_wall(chair, secretary, wall)
    await write(chair, member, secretary)
    await go_aside(chair)
    no_faults(pages)


async def check_in_by_wall(chair: Page, secretary: Page, wall: Page) -> None:
    """The chair has codes asked for; the secretary reads the one on the wall and is here."""
    await press(chair, "Đủ túc số", exact=False)
    await chair.get_by_label("Điểm danh bằng mã").click()
    shown = wall.locator("footer > div").filter(has_text="Mã điểm danh")
    code = (await shown.locator(".value").inner_text()).replace(" ", "")
    await shoot(wall, "wall-code")
    await secretary.get_by_label("Mã trên màn hình phòng họp").fill(f"{(int(code) + 1) % 1_000_000:06d}")
    await press(secretary, "Điểm danh có mặt")
    await expect(secretary.get_by_text("Mã không đúng", exact=False).first).to_be_visible()
    await secretary.get_by_label("Mã trên màn hình phòng họp").fill(code)
    await press(secretary, "Điểm danh có mặt")
    await expect(secretary.get_by_role("button", name="Điểm danh có mặt")).to_have_count(0)
    await shoot(chair, "leading")


async def write(chair: Page, member: Page, secretary: Page) -> None:
    """To everybody; and to the chair alone, which nobody else gets."""
    await press(chair, "Đóng")
    for page in (chair, member, secretary):
        await press(page, "Trao đổi")
    await member.get_by_label("Nội dung", exact=True).fill("Đề nghị bổ sung số liệu năm trước.")
    await press(member, "Gửi")
    for page in (chair, member, secretary):
        await expect(page.get_by_text("Đề nghị bổ sung số liệu năm trước.")).to_be_visible()
    await member.get_by_label("Chỉ gửi chủ tọa").check()
    await member.get_by_label("Nội dung", exact=True).fill("Xin nghỉ năm phút.")
    await press(member, "Gửi")
    await expect(chair.get_by_text("Xin nghỉ năm phút.")).to_be_visible()
    await member.get_by_role("group", name="Biểu cảm").get_by_role("button").first.click()
    await expect(chair.locator("room-chat [role=status]")).to_be_visible()
    await shoot(chair, "chat")
    await expect(secretary.get_by_text("Xin nghỉ năm phút.")).to_have_count(0)


async def go_aside(chair: Page) -> None:
    await press(chair, "Đóng")
    await press(chair, "Đủ túc số", exact=False)
    await press(chair, "Mở phòng hội ý")
    for site in ("Điểm cầu tỉnh", "Điểm cầu xã Vĩnh Ô"):
        await chair.locator(ASKED).get_by_role("checkbox", name=site).check()
    await shoot(chair, "side-room")
    await press(chair, "Mở phòng hội ý", within=ASKED)
    await expect(chair.get_by_role("button", name="Đưa trở lại")).to_be_visible()
    await press(chair, "Đưa trở lại")
    await expect(chair.get_by_role("button", name="Đưa trở lại")).to_have_count(0)


@pytest.mark.timeout(240)
async def test_a_conclusion_becomes_a_task_and_a_ballot_reaches_every_desk(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    sitting = await begin(node, tmp_path)
    chair = Client(node.base, node.settings.folder / "tls" / "ca.crt", tmp_path, "chu-tich-2")
    await chair.sign_in(LOGINS["chu-tich"], PASSWORD, lambda: node.code("chu-tich"))
    await chair.do(sitting, "conclude", item="a", text="Giao rà soát biên chế.")
    await chair.do(sitting, "close")
    await chair.close()
    pages = await signed_in(browser, node, "thu-ky", "tai-chinh")
    secretary, member = pages["thu-ky"], pages["tai-chinh"]
    await give_a_task(secretary, sitting)
    await put_to_members(secretary)
    await answer(member)
    await secretary.reload()
    await secretary.get_by_text("1 / 11 đã cho ý kiến").click()
    await expect(secretary.get_by_text("Đã cho ý kiến", exact=True)).to_be_visible()
    await shoot(secretary, "opinion-answers")
    await press(secretary, "Nhắc", exact=False)
    no_faults(pages)


async def give_a_task(secretary: Page, sitting: str) -> None:
    await secretary.goto(f"/sittings/{sitting}/minutes")
    await press(secretary, "Giao nhiệm vụ từ mục 1")
    form = secretary.locator("dialog[open]")
    await form.get_by_label("Đơn vị chủ trì").select_option(label="Huyện Vĩnh Linh")
    await form.get_by_label("Thời hạn").fill("2027-01-15")
    await shoot(secretary, "give-task")
    await press(secretary, "Giao nhiệm vụ", within="dialog[open]")
    await expect(secretary.get_by_text("Chưa xác nhận", exact=True)).to_be_visible()
    await secretary.get_by_role("link", name="Nhiệm vụ").first.click()
    await press(secretary, "Xác nhận đã nhận")
    await expect(secretary.get_by_text("Đang thực hiện", exact=True)).to_be_visible()
    await press(secretary, "Giao cho cấp dưới")
    await secretary.locator("dialog[open]").get_by_label("Thời hạn").fill("2027-01-10")
    await press(secretary, "Giao cho cấp dưới", within="dialog[open]")
    await expect(secretary.get_by_text("Chưa xác nhận", exact=True)).to_be_visible()
    await shoot(secretary, "tasks")
    await press(secretary, "Báo cáo hoàn thành")
    await secretary.locator("dialog[open] textarea, dialog[open] input").first.fill("Đã rà soát xong.")
    await press(secretary, "Báo cáo hoàn thành", within="dialog[open]")
    await expect(secretary.get_by_text("Đã rà soát xong.")).to_be_visible()


async def put_to_members(secretary: Page) -> None:
    await secretary.get_by_role("link", name="Lấy ý kiến").first.click()
    await press(secretary, "Lấy ý kiến thành viên")
    form = secretary.locator("dialog[open]")
    await form.get_by_label("Việc cần lấy ý kiến").fill("Điều chỉnh lịch tiếp dân")
    await form.get_by_label("Nội dung", exact=True).fill("Chuyển ngày tiếp dân sang thứ Năm.")
    await form.get_by_label("Hạn cho ý kiến").fill("2027-01-10T17:00")
    await shoot(secretary, "put-opinion")
    await press(secretary, "Lấy ý kiến thành viên", within="dialog[open]")
    await expect(secretary.get_by_role("heading", name="Điều chỉnh lịch tiếp dân")).to_be_visible()


async def answer(member: Page) -> None:
    """It waits at the desk; one answers, with a word."""
    await member.goto("/")
    await expect(member.get_by_text("Phiếu lấy ý kiến chờ bạn trả lời")).to_be_visible()
    await shoot(member, "desk-opinion")
    await member.get_by_role("link", name="Cho ý kiến").click()
    await member.get_by_label("Ý kiến góp ý (nếu có)").fill("Nên báo trước cho dân.")
    await press(member, "Tán thành")
    await shoot(member, "answer-opinion")
    await press(member, "Gửi ý kiến", within="dialog[open]")
    await expect(member.get_by_text("Bạn đã chọn: Tán thành")).to_be_visible()
