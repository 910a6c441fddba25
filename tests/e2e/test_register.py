"""The records clerk keeps the registers: what goes out, what comes in, certified copies.
web/static/js/places/register.js, web/static/js/register/entry.js
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.files import sheet, stamp

from . import desk
from .desk import press, shoot
from .node import LOGINS, PASSWORD, Node
from .test_intake import ASKED

pytestmark = pytest.mark.browser
FILE = {"name": "van-ban.pdf", "mimeType": "application/pdf"}


async def fill(page: Page, **given: str) -> None:
    """Fields of the dialog, by what they are called."""
    for label, value in given.items():
        await page.locator(ASKED).get_by_label(label.replace("_", " "), exact=True).fill(value)


@pytest.mark.timeout(120)
async def test_a_technician_lets_a_program_in_and_withdraws_it(browser: Browser, node: Node) -> None:
    """web/static/js/administration/integrations.js"""
    technician = await desk.sign_in(browser, node, "ky-thuat", LOGINS["ky-thuat"])
    await technician.goto("/administration/integrations")
    await press(technician, "Thêm phần mềm kết nối")
    asked = technician.locator(ASKED)
    await asked.get_by_label("Tên phần mềm").fill("Cổng thông tin")
    await asked.get_by_label("Xem cây đơn vị của cả hệ thống").check()
    await press(technician, "Thêm phần mềm kết nối", within=ASKED)
    shown = technician.get_by_role("dialog").filter(has_text="Mã kết nối")
    token = await shown.locator(".hash").inner_text()
    await shoot(technician, "integration-token")
    await press(technician, "Đóng", within="dialog[open]")
    read = """(token) => fetch("/api/tree", { headers: { Authorization: `Bearer ${token}` } })
      .then((answer) => answer.status)"""
    assert token.startswith("bacap_") and await technician.evaluate(read, token) == 200
    row = technician.get_by_role("listitem").filter(has_text="Cổng thông tin")
    await press(technician, "Báo sự kiện")
    await asked.get_by_label("Địa chỉ nhận").fill("https://evil.example/x")
    await press(technician, "Báo sự kiện", within=ASKED)
    await expect(asked.get_by_role("alert")).to_contain_text("evil.example")  # the settings name no such host
    await press(technician, "Thôi", within=ASKED)
    await row.get_by_role("button", name="Thu hồi mã").click()
    await press(technician, "Thu hồi mã", within=ASKED)
    await expect(row.get_by_text("Đã thu hồi")).to_be_visible()
    assert await technician.evaluate(read, token) == 401


@pytest.mark.timeout(180)
async def test_a_clerk_keeps_the_registers(browser: Browser, node: Node) -> None:
    clerk = await desk.sign_in(browser, node, "van-thu", LOGINS["van-thu"])
    asked = clerk.locator(ASKED)
    await clerk.goto("/register")
    await press(clerk, "Đăng ký văn bản đi")
    await asked.get_by_label("Loại văn bản").select_option("BC")
    await fill(clerk, Trích_yếu="Về kết quả thu ngân sách")
    await asked.get_by_label("Độ khẩn").select_option("urgent")
    await asked.get_by_label("Nơi nhận").fill("UBND tỉnh Thử Nghiệm\nLưu: VT")
    await asked.get_by_label("Tệp văn bản").set_input_files({**FILE, "buffer": sheet("Báo cáo thu ngân sách")})
    await shoot(clerk, "register-issue")
    await press(clerk, "Đăng ký văn bản đi", within=ASKED)
    await expect(asked.get_by_role("alert")).to_contain_text("bí mật")  # not said yet
    await asked.get_by_label("Tôi xác nhận").check()
    await press(clerk, "Đăng ký văn bản đi", within=ASKED)
    row = clerk.get_by_role("listitem").filter(has_text="01/BC-UBND")
    await expect(row).to_contain_text("Về kết quả thu ngân sách")
    await expect(row).to_contain_text("UBND tỉnh Thử Nghiệm; Lưu: VT")
    await expect(row.get_by_text("Khẩn", exact=True)).to_be_visible()

    await clerk.get_by_role("tab", name="Văn bản đến").click()
    await press(clerk, "Vào sổ văn bản đến")
    today = datetime.now(UTC).date().isoformat()
    given = {
        "Cơ quan gửi": "Sở Tài chính",
        "Số, ký hiệu": "45/STC-NS",
        "Ngày văn bản": today,
        "Trích yếu": "Giao dự toán",
    }
    for label, value in given.items():
        await asked.get_by_label(label, exact=True).fill(value)
    await asked.get_by_label("Chuyển cho").fill("Phòng Tài chính")
    stamped = sheet(stamp("MẬT"))
    await asked.get_by_label("Tệp văn bản").set_input_files({**FILE, "buffer": stamped})
    await asked.get_by_label("Tôi xác nhận").check()
    await press(clerk, "Vào sổ văn bản đến", within=ASKED)
    await expect(clerk.get_by_role("heading", name="dấu")).to_be_visible()  # a stamp of secrecy is asked about
    await clerk.locator("dialog[open]").last.get_by_role("button", name="Thôi").click()
    await asked.get_by_label("Tệp văn bản").set_input_files({**FILE, "buffer": sheet("Giao dự toán năm")})
    await press(clerk, "Vào sổ văn bản đến", within=ASKED)
    row = clerk.get_by_role("listitem").filter(has_text="45/STC-NS")
    await expect(row).to_contain_text("Phòng Tài chính")

    await row.get_by_role("button", name="Sao văn bản").click()
    await asked.get_by_label("Hình thức sao").select_option("SY")
    await press(clerk, "Sao văn bản", within=ASKED)
    await clerk.get_by_role("tab", name="Văn bản đi").click()
    copied = clerk.get_by_role("listitem").filter(has_text="01/SY-UBND")
    await expect(copied).to_contain_text("45/STC-NS")
    await shoot(clerk, "register")
    await clerk.get_by_label("Tìm trong sổ").fill("thu ngan sach")  # without marks
    await expect(copied).to_have_count(0)
    await clerk.get_by_label("Tìm trong sổ").fill("")
    await copied.get_by_role("button", name="Hủy số").click()
    await asked.get_by_label("Lý do").fill("Sao nhầm")
    await press(clerk, "Hủy số", within=ASKED)
    await expect(copied.get_by_text("Không dùng")).to_be_visible()
    assert not desk.faults_of(clerk)


@pytest.mark.timeout(180)
async def test_a_clerk_adds_a_file_that_the_agency_signs(browser: Browser, node: Node) -> None:
    clerk = await desk.sign_in(browser, node, "van-thu", LOGINS["van-thu"])
    asked, word = clerk.locator(ASKED), "khóa của con dấu"
    await clerk.goto("/register")
    await press(clerk, "Đăng ký văn bản đi")
    await fill(clerk, Trích_yếu="Về việc giao dự toán")
    await asked.get_by_label("Tệp văn bản").set_input_files({**FILE, "buffer": sheet("Giao dự toán năm")})
    await asked.get_by_label("Tôi xác nhận").check()
    await press(clerk, "Đăng ký văn bản đi", within=ASKED)
    row = clerk.get_by_role("listitem").filter(has_text="Về việc giao dự toán")
    await row.get_by_role("button", name="Tệp kèm theo").click()
    await expect(clerk.get_by_role("dialog")).to_contain_text("Chưa có chứng thư số của con dấu")
    await clerk.get_by_role("dialog").get_by_role("link").click()

    await clerk.get_by_role("button", name="Tạo chứng thư mới").last.click()  # of the seal
    for field in ("Đặt mật khẩu ký số", "Nhập lại lần nữa"):
        await asked.get_by_label(field).fill(word)
    await asked.locator("input[name=password]").fill(PASSWORD)
    await press(clerk, "Tạo chứng thư mới", within=ASKED)
    await expect(asked).to_have_count(0)

    await clerk.goto("/register")
    await row.get_by_role("button", name="Tệp kèm theo").click()
    await asked.get_by_label("Tên tệp kèm theo").fill("Phụ lục số liệu")
    await asked.get_by_label("Tệp cần đính kèm").set_input_files({**FILE, "buffer": sheet("Bảng số liệu")})
    await asked.get_by_label("Tôi xác nhận").check()
    await asked.get_by_label("Mật khẩu ký số của con dấu").fill("một câu khác")
    await shoot(clerk, "register-annex")
    await press(clerk, "Ký và đính kèm", within=ASKED)
    await expect(asked.get_by_role("alert")).not_to_be_empty()
    await asked.get_by_label("Mật khẩu ký số của con dấu").fill(word)
    await press(clerk, "Ký và đính kèm", within=ASKED)
    added = row.get_by_role("button", name="Phụ lục số liệu")
    await expect(added).to_be_visible()
    await row.get_by_role("button", name="Sao văn bản").click()
    await asked.get_by_label("Mật khẩu ký số của con dấu").fill(word)
    await shoot(clerk, "register-copy")
    await press(clerk, "Sao văn bản", within=ASKED)
    await expect(clerk.get_by_role("listitem").filter(has_text="/SY-")).to_be_visible()
    await shoot(clerk, "register-annexed")
    assert not desk.faults_of(clerk)
