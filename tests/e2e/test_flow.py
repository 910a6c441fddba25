"""The main job in real browsers: from the invitation to signed, circulated minutes, by pressing what people press.

One Chromium, separate contexts for secretary, chair, member, clerk and three rooms; every step is an event of the
sitting's journal. Screenshots go where TEST_PICTURES says (docs/pictures when they are renewed).
"""

from __future__ import annotations

import asyncio
import io
import zipfile

import pypdf
import pytest
from playwright.async_api import Browser, Page, expect

from meetings.sitting.rooms import Rooms  # noqa: F401  (the rooms that this test drives from outside)
from store import journal
from store.chain import Head
from web.wiring import open_house

from . import desk
from .desk import decide, press, shoot
from .node import LOGINS, Node

pytestmark = pytest.mark.browser

ROOMS = {"dc-tinh": ("#c02020", 440), "dc-vinh-linh": ("#20a020", 700), "dc-vinh-o": ("#2030d0", 1100)}
NAMES = {"dc-tinh": "Điểm cầu tỉnh", "dc-vinh-linh": "Điểm cầu Vĩnh Linh", "dc-vinh-o": "Điểm cầu xã Vĩnh Ô"}


def paper(pages: int, title: str) -> bytes:
    """An ordinary PDF of PAGES pages."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


async def plan(secretary: Page) -> str:
    """Plan, add and order items, upload a paper, release; returns the sitting's id."""
    await secretary.get_by_role("link", name="Lập phiên họp").first.click()
    await secretary.get_by_label("Tên phiên họp").fill("Phiên họp thường kỳ tháng 11")
    await secretary.get_by_label("Địa điểm").fill("Phòng họp số 1")
    await press(secretary, "Tất cả 18 đơn vị thuộc Huyện Vĩnh Linh")
    await secretary.get_by_label("Tỉnh Quảng Trị").check()
    await expect(secretary.get_by_text("Đã chọn 19 đơn vị")).to_be_visible()
    await shoot(secretary, "plan")
    await secretary.locator("form").get_by_role("button", name="Lập phiên họp").click()
    await expect(secretary.get_by_role("heading", name="Phiên họp thường kỳ tháng 11")).to_be_visible()
    for title, question in (("Ý kiến khác", ""), ("Phân bổ ngân sách", "Thông qua phương án phân bổ?")):
        form = secretary.locator("place-prepare form").filter(has_text="Câu hỏi biểu quyết").last
        await form.get_by_label("Nội dung", exact=True).fill(title)
        await form.get_by_label("Câu hỏi biểu quyết").fill(question)
        await form.get_by_role("button", name="Thêm nội dung").click()
        await expect(secretary.locator(".agenda-item").filter(has_text=title)).to_be_visible()
    await press(secretary, "Chuyển “Phân bổ ngân sách” lên")
    await expect(secretary.locator(".agenda-item").first).to_contain_text("Phân bổ ngân sách")
    file = {"name": "Tờ trình 214.pdf", "mimeType": "application/pdf", "buffer": paper(3, "Tờ trình")}
    await secretary.locator(".agenda-item").first.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await press(secretary, "Không mật, gửi lên", within="dialog[open]")
    await expect(secretary.get_by_role("link", name="Tờ trình 214")).to_be_visible()
    await shoot(secretary, "prepare")
    await press(secretary, "Phát hành chương trình")
    await secretary.get_by_label("Lý do gửi muộn").fill("Việc cần giải quyết ngay")
    await shoot(secretary, "release")
    await press(secretary, "Phát hành chương trình", within="dialog[open]")
    await expect(secretary.get_by_text("Đã phát hành")).to_be_visible()
    await expect(secretary.get_by_role("button", name="Giấy mời số 01/GM-UBND")).to_be_visible()
    return secretary.url.split("/")[-2]


async def read_before(member: Page) -> None:
    """An invited person sees the sitting on the desk and reads the paper."""
    await member.goto("/")
    await expect(member.get_by_text("Bạn được mời dự họp")).to_be_visible()
    await shoot(member, "desk-invited")
    await member.get_by_role("link", name="Xem phiên họp").click()
    await expect(member.get_by_text("Bạn có dự phiên họp này không?")).to_be_visible()
    await shoot(member, "invited")
    await press(member, "Dự trực tiếp")
    await expect(member.get_by_role("button", name="Dự trực tiếp")).to_have_attribute("aria-pressed", "true")
    await member.get_by_role("link", name="Tờ trình 214").click()
    await expect(member.locator("bacap-sheet canvas")).to_be_visible()
    await expect(member.get_by_text("Trang 1 / 3")).to_be_visible()


async def open_and_join(browser: Browser, node: Node, chair: Page) -> dict[str, Page]:
    """The chair opens; three rooms join, see and hear each other through the relay."""
    await chair.goto("/")
    await chair.get_by_role("link", name="Xem phiên họp").click()
    await decide(chair, "Khai mạc")
    walls = {}
    for site, (colour, tone) in ROOMS.items():
        walls[site] = await desk.open_wall(browser, node, site, colour, tone, (320, 180))
    for site, wall in walls.items():
        await sees_and_hears(wall, {other for other in ROOMS if other != site})
    return walls


def is_of(colour: list[int], site: str) -> bool:
    """Is the strongest of red, green and blue the one of this room's camera?"""
    return colour.index(max(colour)) == list(ROOMS).index(site)


async def sees_and_hears(wall: Page, others: set[str]) -> None:
    """Wait until WALL shows each of OTHERS in its own colour and hears each one's own tone."""
    seen: dict[str, object] = {}
    for _ in range(40):
        seen = await wall.evaluate(desk.SEEN)
        found = seen["pictures"]
        assert isinstance(found, dict)
        right = all(NAMES[site] in found and is_of(found[NAMES[site]], site) for site in others)
        heard = seen["voices"]
        assert isinstance(heard, list)
        tones = all(any(abs(tone - ROOMS[site][1]) < 15 for tone in heard) for site in others)
        if right and tones:
            return
        await asyncio.sleep(0.5)
    raise AssertionError(seen)


async def check_in(page: Page, where: str) -> None:
    await page.get_by_label("Bạn đang dự họp ở đâu?").select_option(label=where)
    await press(page, "Điểm danh có mặt")


async def attend(secretary: Page, chair: Page, member: Page) -> None:
    """People check in; the secretary checks in others; quorum is persons present of persons entitled."""
    for page in (chair, member):
        await check_in(page, NAMES["dc-vinh-linh"])
    await secretary.goto(secretary.url.replace("/prepare", ""))
    await check_in(secretary, NAMES["dc-vinh-linh"])
    await expect(secretary.get_by_text("Chưa đủ túc số: 2 trên 11, cần 8")).to_be_visible()
    await press(secretary, "Chưa đủ túc số", exact=False)
    for name in ("Hoàng Văn Thử Nội", "Võ Văn Thử Ruộng", "Đặng Thị Thử Ca", "Bùi Thị Thử Học", "Đỗ Văn Thử Luật",
                 "Ngô Văn Thử Tra", "Lê Văn Thử Thành"):  # fmt: skip
        row = secretary.locator("dialog li").filter(has_text=name)
        await row.get_by_role("button", name="Điểm danh").click()
        await expect(row.get_by_text("Có mặt từ")).to_be_visible()
    await shoot(secretary, "attendance")
    await press(secretary, "Đóng")
    await expect(chair.get_by_text("Đủ túc số: 9 trên 11 thành viên")).to_be_visible()


async def follow(secretary: Page, member: Page, wall: Page) -> None:
    """Every screen follows the item and the page."""
    await press(secretary, "Chuyển sang nội dung này")
    for page in (member, secretary):
        await expect(page.locator("bacap-sheet canvas")).to_be_visible()
    await press(secretary, "Trang sau")
    await expect(member.get_by_text("Trang 2 / 3")).to_be_visible()
    await expect(wall.locator("bacap-sheet[data-shown$=':2']")).to_be_visible()


async def give_the_floor(member: Page, chair: Page, walls: dict[str, Page]) -> None:
    """A member asks, the chair gives; the speaker's room takes the stage everywhere."""
    await press(member, "Xin phát biểu")
    await press(chair, "Mời phát biểu")
    await expect(member.get_by_text("Bạn đang phát biểu")).to_be_visible()
    for site, wall in walls.items():
        await expect(wall.locator("bacap-tile.stage")).to_contain_text("Nguyễn Thị Thử Hạnh")
        if site != "dc-vinh-linh":
            for _ in range(40):
                seen = await wall.evaluate(desk.SEEN)
                stage = seen["pictures"].get("Nguyễn Thị Thử Hạnh")
                if stage and is_of(stage, "dc-vinh-linh"):
                    break
                await asyncio.sleep(0.25)
            else:
                raise AssertionError(seen)
    await shoot(walls["dc-vinh-o"], "wall")
    await shoot(chair, "room-chair")
    await press(member, "Phát biểu xong")


async def vote(chair: Page, member: Page) -> None:
    """An open vote on everyone's own screen; closed by the chair, counted by rule."""
    await press(chair, "Mở biểu quyết")
    await press(chair, "Mở biểu quyết", within="dialog[open]")
    for page in (member, chair):
        await expect(page.get_by_text("Thông qua phương án phân bổ?").first).to_be_visible()
    await shoot(member, "vote")
    await press(member, "Tán thành")
    await expect(member.get_by_text("Bạn đã chọn: Tán thành")).to_be_visible()
    await press(member, "Không tán thành")
    await expect(member.get_by_text("Bạn đã chọn: Không tán thành")).to_be_visible()
    await press(chair, "Tán thành")
    await expect(chair.get_by_text("Đã gửi 2 · có mặt 9 / 11")).to_be_visible()
    await decide(chair, "Kết thúc biểu quyết")
    await expect(
        member.get_by_text("Tán thành 1 trên tổng số 11 thành viên. Cần ít nhất 6 trên 11 thành viên.")
    ).to_be_visible()
    await expect(member.get_by_text("Không được thông qua")).to_be_visible()


async def conclude_and_close(chair: Page) -> None:
    await press(chair, "Kết luận")
    await chair.locator("dialog[open] textarea").fill("Giao Phòng Tài chính hoàn thiện phương án.")
    await press(chair, "Kết luận", within="dialog[open]")
    await expect(chair.get_by_text("Giao Phòng Tài chính hoàn thiện phương án.")).to_be_visible()
    await decide(chair, "Bế mạc")
    await expect(chair.get_by_text("Phiên họp đã bế mạc.")).to_be_visible()


async def write_minutes(secretary: Page, chair: Page, clerk: Page, sitting: str) -> None:
    """The draft is there at once; edited, approved, numbered."""
    await secretary.goto(f"/sittings/{sitting}/minutes")
    course = secretary.get_by_label("Nội dung (theo diễn biến cuộc họp)")
    await expect(course).to_have_value(lambda_pattern("Biểu quyết công khai"))
    await course.fill(await course.input_value() + "\nCác thành viên thống nhất.")
    await press(secretary, "Lưu biên bản")
    await expect(secretary.get_by_text("Đã lưu bản thứ 2.")).to_be_visible()
    await shoot(secretary, "minutes")
    await chair.goto(f"/sittings/{sitting}/minutes")
    await expect(chair.get_by_text("Các thành viên thống nhất.")).to_be_visible()
    await decide(chair, "Duyệt biên bản")
    await clerk.goto(f"/sittings/{sitting}/minutes")
    await decide(clerk, "Cấp số và lập văn bản")
    await expect(clerk.get_by_text("01/BB-UBND").first).to_be_visible()


def lambda_pattern(text: str) -> object:
    import re

    return re.compile(re.escape(text))


async def sign(page: Page, sitting: str, act: str, picture: str) -> None:
    await page.goto(f"/sittings/{sitting}/sign")
    await expect(page.locator("bacap-sheet canvas")).to_be_visible()
    await page.get_by_label("Đặt mật khẩu ký số").fill("khóa của riêng tôi")
    await page.get_by_label("Nhập lại lần nữa").fill("khóa của riêng tôi")
    await shoot(page, picture)
    await press(page, act)
    await expect(page.get_by_text("Đã ký xong.")).to_be_visible(timeout=30_000)


async def refuse(secretary: Page, chair: Page, clerk: Page, sitting: str) -> None:
    """The chair does not sign what the secretary signed: void, mended, approved again, under the next number."""
    await chair.goto(f"/sittings/{sitting}/sign")
    await expect(chair.locator("bacap-sheet canvas")).to_be_visible()
    await press(chair, "Không ký, trả lại")
    await chair.locator("dialog[open] textarea").fill("Thiếu ý kiến của Phòng Tài chính.")
    await shoot(chair, "sign-refuse")
    await press(chair, "Không ký, trả lại", within="dialog[open]")
    await expect(chair.get_by_text("Phạm Thị Thử Lan không ký, trả lại:")).to_be_visible()
    await secretary.goto(f"/sittings/{sitting}/minutes")
    await expect(secretary.get_by_text("Thiếu ý kiến của Phòng Tài chính.")).to_be_visible()
    await shoot(secretary, "minutes-refused")
    course = secretary.get_by_label("Nội dung (theo diễn biến cuộc họp)")
    await course.fill(await course.input_value() + "\nPhòng Tài chính nhất trí.")
    await press(secretary, "Lưu biên bản")
    await expect(secretary.get_by_text("Đã lưu bản thứ 3.")).to_be_visible()
    await expect(chair.get_by_text("Phòng Tài chính nhất trí.")).to_be_visible()
    await decide(chair, "Duyệt biên bản")
    await clerk.goto(f"/sittings/{sitting}/minutes")
    await decide(clerk, "Cấp số và lập văn bản")
    await expect(clerk.get_by_text("02/BB-UBND").first).to_be_visible()


async def sign_again(page: Page, sitting: str) -> None:
    await page.goto(f"/sittings/{sitting}/sign")
    await page.get_by_label("Mật khẩu ký số của bạn").fill("khóa của riêng tôi")
    await press(page, "Ký biên bản")
    await expect(page.get_by_text("Đã ký xong.")).to_be_visible(timeout=30_000)


async def download(page: Page, sitting: str) -> bytes:
    got = await page.evaluate(
        """async (sitting) => {
          const link = await (await fetch(`/api/sittings/${sitting}/minutes/file`)).json();
          return [...new Uint8Array(await (await fetch(link.url)).arrayBuffer())];
        }""",
        sitting,
    )
    return bytes(got)


async def check_in_public(browser: Browser, node: Node, signed: bytes) -> None:
    """Anyone may check: valid with signers and times; one changed byte is not, and says why."""
    page = await desk.open_page(browser, node)
    await page.goto("/verify")
    chosen = page.locator(".drop input[type=file]")
    file = {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": signed}
    await chosen.set_input_files(file)  # type: ignore[arg-type]
    await expect(page.locator(".verdict-large")).to_have_text("Hợp lệ")
    for name in ("Lê Thị Thử Thu", "Phạm Thị Thử Lan", "Ủy ban nhân dân huyện Vĩnh Linh"):
        await expect(page.get_by_text(name).first).to_be_visible()
    await expect(page.get_by_text("khớp với mã in trong văn bản")).to_be_visible()
    await shoot(page, "verify")
    await page.get_by_text("Chi tiết kiểm tra").click()
    await expect(page.get_by_text("Ô chữ ký hoặc dữ liệu kiểm tra").first).to_be_visible()
    await page.locator("details").scroll_into_view_if_needed()
    await shoot(page, "verify-details")
    changed = bytearray(signed)
    at = signed.index(b"stream") + 40
    changed[at] ^= 1
    await chosen.set_input_files({**file, "buffer": bytes(changed)})  # type: ignore[arg-type]
    await expect(page.locator(".verdict-large")).to_have_text("Không hợp lệ")
    await expect(page.locator("place-verify .note.seal").first).to_be_visible()
    await shoot(page, "verify-changed")
    await chosen.set_input_files({**file, "buffer": paper(1, "Tờ trình")})  # type: ignore[arg-type]
    await expect(page.locator(".verdict-large")).to_have_text("Không xác định được")
    await shoot(page, "verify-cannot-tell")


async def circulate(clerk: Page, member: Page, sitting: str) -> None:
    await clerk.goto(f"/sittings/{sitting}/minutes")
    await decide(clerk, "Phát hành tới nơi nhận")
    await member.goto("/")
    await expect(member.get_by_text("Biên bản chờ xác nhận đã nhận")).to_be_visible()
    await shoot(member, "desk")
    await member.get_by_role("link", name="Xem và xác nhận").click()
    await press(member, "Xác nhận đã nhận")
    await expect(clerk.get_by_text("Đã nhận 1 /", exact=False)).to_be_visible()


async def revoke(technician: Page, clerk: Page) -> None:
    """The chair's key got out: revoked with a reason, for good; what was signed stays valid. web.routes.certificates"""
    await expect(clerk.get_by_text("Đã đóng dấu thời gian lưu trữ")).to_be_visible()
    await shoot(clerk, "minutes-proved")
    await technician.goto("/administration/certificates")
    await press(technician, "Thu hồi: Phạm Thị Thử Lan")
    await technician.locator("dialog[open]").get_by_label("Lý do").select_option("key-compromise")
    await shoot(technician, "revoke")
    await press(technician, "Thu hồi", within="dialog[open]")
    await expect(technician.get_by_text("Đã thu hồi", exact=False).first).to_be_visible()
    await shoot(technician, "certificates-issued")


async def hand_over(clerk: Page) -> None:
    """To the archive: the last thing that is done to a sitting. web/static/js/minutes/archive.js"""
    await press(clerk, "Nộp lưu trữ")
    await clerk.locator("dialog[open]").get_by_label("Thời hạn bảo quản").select_option("permanent")
    await shoot(clerk, "archive-term")
    await press(clerk, "Nộp lưu trữ", within="dialog[open]")
    await expect(clerk.get_by_text("Đã nộp lưu trữ", exact=False)).to_be_visible(timeout=30_000)
    async with clerk.expect_download() as coming:
        await clerk.get_by_role("link", name="Tải gói lưu trữ").click()
    with zipfile.ZipFile(await (await coming.value).path()) as package:
        assert {"metadata.json", "SHA256SUMS"} <= set(package.namelist())
    await shoot(clerk, "archived")


async def story(node: Node, sitting: str) -> list[str]:
    async with open_house(node.settings) as house:
        assert isinstance(await house.read(journal.verify, sitting), Head)
        return [event.kind for event in await house.read(lambda conn: list(journal.walk(conn, sitting)))]


@pytest.mark.timeout(240)
async def test_a_sitting_from_invitation_to_signed_minutes(browser: Browser, node: Node) -> None:
    secretary = await desk.sign_in(browser, node, "thu-ky", "thuky")
    chair = await desk.sign_in(browser, node, "chu-tich", "chutich")
    member = await desk.sign_in(browser, node, "tai-chinh", "taichinh")
    clerk = await desk.sign_in(browser, node, "van-thu", "vanthu")
    sitting = await plan(secretary)
    await read_before(member)
    walls = await open_and_join(browser, node, chair)
    await attend(secretary, chair, member)
    await follow(secretary, member, walls["dc-vinh-o"])
    await give_the_floor(member, chair, walls)
    await vote(chair, member)
    await conclude_and_close(chair)
    for wall in walls.values():
        await wall.context.close()
    await write_minutes(secretary, chair, clerk, sitting)
    await sign(secretary, sitting, "Ký biên bản", "sign")
    await refuse(secretary, chair, clerk, sitting)
    await sign_again(secretary, sitting)
    await sign(chair, sitting, "Ký biên bản", "sign-chair")
    await sign(clerk, sitting, "Đóng dấu cơ quan", "seal")
    signed = await download(clerk, sitting)
    if (folder := desk.pictures()) is not None:
        (folder / "minutes.pdf").write_bytes(signed)
    await check_in_public(browser, node, signed)
    await circulate(clerk, member, sitting)
    technician = await desk.sign_in(browser, node, "ky-thuat", LOGINS["ky-thuat"])
    await revoke(technician, clerk)
    await hand_over(clerk)
    for page in (secretary, chair, member, clerk, technician):
        assert desk.faults_of(page) == []
    await node.stop()
    kinds = await story(node, sitting)
    for kind in (
        "planned", "item-added", "item-moved", "paper-attached", "released", "opened", "site-joined", "checked-in",
        "item-opened", "page-shown", "floor-asked", "floor-given", "floor-ended", "vote-opened", "vote-cast",
        "vote-closed", "concluded", "closed", "minutes-saved", "minutes-approved", "minutes-numbered",
        "minutes-typeset", "minutes-signed", "minutes-refused", "minutes-preserved",
        "circulated", "acknowledged", "archived",
    ):  # fmt: skip
        assert kind in kinds, kind
