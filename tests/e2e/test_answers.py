"""Days of those who are asked: to come, to send somebody, to name their people, to comment on the draft.

A member begs off and another sends a substitute; a paper is for some people only; where there are two tiers a province
convenes its communes in one stroke, a commune names who comes and comments on what is written of it.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from meetings.people.model import Membership, Person, PersonId, UnitId
from tests.kit.client import Client
from web.demo import people as cast
from web.demo import tree

from . import desk
from .desk import press, shoot
from .node import LOGINS, PASSWORD, Node, prepare
from .test_flow import paper

pytestmark = pytest.mark.browser
BEGINS = 1_895_490_000_000  # far enough for any notice
ASKED = "dialog[aria-labelledby=ask-title]"


async def client_of(node: Node, folder: Path, person: str) -> Client:
    client = Client(node.base, node.settings.folder / "tls" / "ca.crt", folder, person)
    await client.sign_in(node.logins[person], PASSWORD, lambda: node.code(person) if node.secrets[person] else "")
    return client


def no_faults(*pages: Page) -> None:
    assert not [fault for page in pages for fault in desk.faults_of(page)]


# ── a member who cannot come ──


@pytest.mark.timeout(240)
async def test_one_begs_off_one_sends_somebody_and_a_paper_is_for_some(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    office = await client_of(node, tmp_path, "thu-ky")
    sitting = str(uuid.uuid4())
    await office.call("POST", "/api/sittings", {
        "id": sitting, "title": "Phiên họp thường kỳ", "unit": "vinh-linh", "place": "Phòng 1", "begins": BEGINS,
        "chair": "chu-tich", "secretary": "thu-ky", "clerk": "van-thu",
    })  # fmt: skip
    await office.do(sitting, "add-item", item="a", title="Công tác cán bộ")
    secretary = await desk.open_page(browser, node, cookies=office.cookies)
    await put_for_some(secretary, sitting)
    await office.call("POST", f"/api/sittings/{sitting}/release", {})
    finance, home = [await desk.sign_in(browser, node, who, LOGINS[who]) for who in ("tai-chinh", "noi-vu")]
    await beg_off(finance, sitting)
    await send_somebody(home, sitting)
    chair = await desk.sign_in(browser, node, "chu-tich", LOGINS["chu-tich"])
    await answer_absence(chair, sitting)
    await expect(finance.get_by_text("Chủ tọa đồng ý để bạn vắng mặt")).to_be_visible()
    await expect(finance.get_by_text("chỉ gửi một số người")).to_be_visible()
    await expect(home.get_by_role("link", name="Hồ sơ nhân sự")).to_have_count(0)
    await expect(secretary.get_by_text("2 / 10")).to_be_visible()
    await press(secretary, "Nhắc người chưa trả lời")
    await expect(secretary.get_by_text("Đã nhắc.")).to_be_visible()
    await shoot(secretary, "prepare-replies")
    await office.close()
    no_faults(secretary, finance, home, chair)


async def put_for_some(secretary: Page, sitting: str) -> None:
    """First for whom, then the file; then one reader more."""
    await secretary.goto(f"/sittings/{sitting}/prepare")
    await press(secretary, "Thêm tài liệu chỉ cho một số người")
    await secretary.locator(ASKED).get_by_role("checkbox", name="Nguyễn Thị Thử Hạnh").check()
    await shoot(secretary, "paper-readers")
    async with secretary.expect_file_chooser() as chosen:
        await press(secretary, "Chọn tệp", within=ASKED)
    file: Any = {"name": "Hồ sơ nhân sự.pdf", "mimeType": "application/pdf", "buffer": paper(2, "Hồ sơ")}
    await (await chosen.value).set_files(file)
    await press(secretary, "Không mật, gửi lên", within=ASKED)
    await expect(secretary.get_by_text("Chỉ 1 người đọc")).to_be_visible()
    await press(secretary, "Người đọc của “Hồ sơ nhân sự”")
    await expect(secretary.locator(ASKED).get_by_role("checkbox", name="Nguyễn Thị Thử Hạnh")).to_be_checked()
    await secretary.locator(ASKED).get_by_role("checkbox", name="Lê Văn Thử Thành").check()
    await press(secretary, "Xong", within=ASKED)
    await expect(secretary.get_by_text("Chỉ 2 người đọc")).to_be_visible()


async def beg_off(member: Page, sitting: str) -> None:
    await member.goto(f"/sittings/{sitting}")
    await press(member, "Xin vắng")
    await member.locator(ASKED).get_by_label("Lý do").fill("Đi công tác tỉnh")
    await press(member, "Xin vắng", within=ASKED)
    await expect(member.locator(ASKED)).to_have_count(0)
    await expect(member.get_by_role("button", name="Xin vắng")).to_have_attribute("aria-pressed", "true")
    await shoot(member, "reply-absent")


async def send_somebody(member: Page, sitting: str) -> None:
    await member.goto(f"/sittings/{sitting}")
    await press(member, "Cử người dự thay")
    await expect(member.locator(ASKED)).to_contain_text("không biểu quyết và không tính vào túc số")
    await member.locator(ASKED).get_by_label("Người dự thay").select_option(index=0)
    await shoot(member, "reply-substitute")
    await press(member, "Cử người dự thay", within=ASKED)
    await expect(member.get_by_text("Người dự thay: ")).to_be_visible()


async def answer_absence(chair: Page, sitting: str) -> None:
    await expect(chair.get_by_text("Xin vắng mặt", exact=False).first).to_be_visible()
    await chair.goto(f"/sittings/{sitting}/prepare")
    row = chair.locator("prepare-replies li").filter(has_text="Nguyễn Thị Thử Hạnh")
    await expect(row).to_contain_text("Lý do: Đi công tác tỉnh")
    await shoot(chair, "absence-asked")
    await row.get_by_role("button", name="Đồng ý cho vắng").click()
    await expect(row.get_by_text("Được vắng")).to_be_visible()


# ── two tiers ──

COMMUNES = ("vinh-o", "vinh-son")
PROVINCIAL = (
    ("tinh-thu-ky", "Trần Thị Thử Chép", "secretary", "Chánh Văn phòng UBND tỉnh", False),
    ("tinh-van-thu", "Võ Văn Thử Dấu", "clerk", "Văn thư UBND tỉnh", False),
    ("tinh-so", "Hồ Thị Thử Sở", "member", "Giám đốc Sở Nội vụ", True),
)
TWO_TIER_LOGINS = {
    "tinh-thu-ky": "tinhthuky", "pct-tinh": "tinhchutich", "vinh-o-chu-tich": "vinho",
    "vinh-o-pho-chu-tich": "vinhopho",
}  # fmt: skip


@pytest.fixture
async def two_tiers(tmp_path: Path) -> AsyncIterator[Node]:
    """A province right above its communes, as since July 2025."""
    units = [unit for unit in tree.units() if unit.id == tree.PROVINCE]
    for unit in tree.units():
        if unit.id in COMMUNES:
            units.append(replace(unit, tier=2, parent=tree.PROVINCE, valid_from="2025-07-01"))
    people = [pair for pair in cast.people(tree.units()) if pair[1].unit in (tree.PROVINCE, *COMMUNES)]
    for key, name, role, office, counted in PROVINCIAL:
        member = Membership(f"o-{key}", PersonId(key), UnitId(tree.PROVINCE), role, office, counted)  # type: ignore[arg-type]
        people.append((Person(PersonId(key), name, "ba"), member))
    made = await prepare(tmp_path / "data", units, people, TWO_TIER_LOGINS)
    await made.start()
    yield made
    await made.stop()


@pytest.mark.timeout(300)
async def test_where_there_are_two_tiers_a_commune_names_its_people_and_comments_on_the_draft(
    browser: Browser, two_tiers: Node, tmp_path: Path
) -> None:
    node = two_tiers
    office = await client_of(node, tmp_path, "tinh-thu-ky")
    secretary = await desk.open_page(browser, node, cookies=office.cookies)
    sitting, item = await convene(secretary)
    commune = await desk.sign_in(browser, node, "vinh-o-chu-tich", "vinho")
    deputy = await name_people(commune, node, browser, sitting)
    await expect(secretary.get_by_text("Đã cử 2 người")).to_be_visible()
    await shoot(secretary, "convened")
    chair = await client_of(node, tmp_path, "pct-tinh")
    await hold(chair, sitting, item)
    await comment(secretary, deputy, sitting)
    for client in (office, chair):
        await client.close()
    no_faults(secretary, commune, deputy)


async def convene(secretary: Page) -> tuple[str, str]:
    """All communes in one stroke; they name who comes. No tier between, so nobody forwards."""
    await secretary.goto("/plan")
    await secretary.get_by_label("Tên phiên họp").fill("Hội nghị giao ban với các xã")
    await secretary.get_by_label("Địa điểm").fill("Hội trường UBND tỉnh")
    await press(secretary, "Tất cả 2 đơn vị thuộc Tỉnh Quảng Trị")
    await secretary.get_by_label("Các đơn vị tự cử người dự họp").check()
    await expect(secretary.get_by_text("Chuyển qua đơn vị trung gian")).to_have_count(0)
    await shoot(secretary, "plan-two-tiers")
    await secretary.locator("form").get_by_role("button", name="Lập phiên họp").click()
    form = secretary.locator("place-prepare form").filter(has_text="Câu hỏi biểu quyết").last
    await form.get_by_label("Nội dung", exact=True).fill("Giải ngân vốn")
    await form.get_by_label("Câu hỏi biểu quyết").fill("Thông qua kế hoạch?")
    await form.get_by_role("button", name="Thêm nội dung").click()
    await expect(secretary.locator(".agenda-item").filter(has_text="Giải ngân vốn")).to_be_visible()
    await press(secretary, "Phát hành chương trình")
    await secretary.get_by_label("Lý do gửi muộn").fill("Việc gấp")
    await press(secretary, "Phát hành chương trình", within="dialog[open]")
    await expect(secretary.get_by_text("Đã phát hành")).to_be_visible()
    item = await secretary.locator(".agenda-item").first.get_attribute("data-item")
    assert item
    return secretary.url.split("/")[-2], item


async def name_people(commune: Page, node: Node, browser: Browser, sitting: str) -> Page:
    """The head of the commune says who comes; they see the sitting at once."""
    await commune.goto("/")
    await expect(commune.get_by_text("Triệu tập đến đơn vị")).to_be_visible()
    await shoot(commune, "desk-called")
    await press(commune, "Cử người dự họp")
    for office in ("Phó Chủ tịch UBND", "Ủy viên UBND"):
        await commune.locator(ASKED).locator("label").filter(has_text=office).first.click()
    await shoot(commune, "name-people")
    await press(commune, "Cử người dự họp", within=ASKED)
    await expect(commune.locator(ASKED)).to_have_count(0)
    deputy = await desk.sign_in(browser, node, "vinh-o-pho-chu-tich", "vinhopho")
    await expect(deputy.get_by_text("Hội nghị giao ban với các xã").first).to_be_visible()
    await deputy.goto(f"/sittings/{sitting}")
    await press(deputy, "Dự trực tuyến")
    await expect(deputy.get_by_role("button", name="Dự trực tuyến")).to_have_attribute("aria-pressed", "true")
    return deputy


async def hold(chair: Client, sitting: str, item: str) -> None:
    """Open, vote, conclude, close: what the flow test presses, asked here through the channel."""
    await chair.do(sitting, "open")
    for person, site in (("pct-tinh", "dc-tinh"), ("tinh-so", "dc-tinh"), ("vinh-o-pho-chu-tich", "dc-vinh-o")):
        await chair.do(sitting, "check-in", person=person, site=site)
    await chair.do(sitting, "open-item", item=item)
    ballot = str(uuid.uuid4())
    await chair.do(sitting, "open-vote", ballot=ballot, item=item)
    await chair.do(sitting, "cast", ballot=ballot, choices=["for"])
    await chair.do(sitting, "record-vote", ballot=ballot, person="tinh-so", choices=["for"])
    await chair.do(sitting, "close-vote", ballot=ballot)
    await chair.do(sitting, "conclude", item=item, text="Giao các xã giải ngân trước quý ba.")
    await chair.do(sitting, "close")


async def comment(secretary: Page, deputy: Page, sitting: str) -> None:
    """The draft is shown to who was there; one comments, the secretary says why not, takes up the next, and saves."""
    await secretary.goto(f"/sittings/{sitting}/minutes")
    await press(secretary, "Lấy ý kiến người dự họp")
    await deputy.goto(f"/sittings/{sitting}/minutes")
    for text in ("Ghi rõ mốc 30 tháng 9.", "Thêm số vốn của xã."):
        await deputy.get_by_label("Góp ý của bạn").fill(text)
        await press(deputy, "Gửi góp ý")
        await expect(secretary.get_by_text(text)).to_be_visible()
    await shoot(deputy, "comment")
    first = secretary.locator("minutes-comments li").filter(has_text="Thêm số vốn của xã.")
    await first.get_by_role("button", name="Không tiếp thu").click()
    await secretary.locator(ASKED).get_by_label("Lý do").fill("Đã có trong phụ lục")
    await press(secretary, "Không tiếp thu", within=ASKED)
    second = secretary.locator("minutes-comments li").filter(has_text="Ghi rõ mốc")
    await second.get_by_role("button", name="Tiếp thu", exact=True).click()
    await expect(deputy.get_by_text("Đã tiếp thu")).to_be_visible()
    await expect(deputy.get_by_text("Trả lời: Đã có trong phụ lục")).to_be_visible()
    course = secretary.locator("textarea[name=course]")
    await course.fill((await course.input_value()).replace("quý ba", "30 tháng 9"))
    await press(secretary, "Lưu biên bản")
    await expect(deputy.get_by_text("trước 30 tháng 9").first).to_be_visible()
    await shoot(secretary, "comments")
