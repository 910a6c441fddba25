"""Votes as people hold them in browsers: a roll call, a secret ballot that a crash makes void, names to choose from.

Five members sit at their own tablets, the secretary puts down what is said in the room, a wall shows what goes on.
"""

from __future__ import annotations

import os
import re
import signal
import uuid
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kit.client import Client

from . import desk
from .desk import decide, press, shoot
from .node import LOGINS, PASSWORD, Node
from .test_kills import MEMBERS

pytestmark = pytest.mark.browser
VOTERS = ("chu-tich", "pho-chu-tich", "tai-chinh", "noi-vu", "nong-nghiep")


async def begin(node: Node, folder: Path, units: tuple[str, ...] = ()) -> str:
    """A sitting under way on its only item, nine members checked in; through the channel, as screens do it."""
    people = {}
    for person in ("thu-ky", "chu-tich"):
        client = people[person] = Client(node.base, node.settings.folder / "tls" / "ca.crt", folder, person)
        await client.sign_in(LOGINS[person], PASSWORD, lambda person=person: node.code(person))  # type: ignore[misc]
    secretary, chair, sitting = people["thu-ky"], people["chu-tich"], str(uuid.uuid4())
    await secretary.call("POST", "/api/sittings", {
        "id": sitting, "title": "Phiên họp về nhân sự", "unit": "vinh-linh", "place": "Phòng 1",
        "begins": 1_795_490_000_000, "chair": "chu-tich", "secretary": "thu-ky", "clerk": "van-thu",
        "units": units,
    })  # fmt: skip
    await secretary.do(sitting, "add-item", item="a", title="Nhân sự", question="Đồng ý đề nghị của Phòng Nội vụ?")
    await secretary.call("POST", f"/api/sittings/{sitting}/release", {"reason": "Thử"})
    await chair.do(sitting, "open")
    for person in ("chu-tich", *MEMBERS[:8]):
        await chair.do(sitting, "check-in", person=person, site="dc-vinh-linh")
    await chair.do(sitting, "open-item", item="a")
    for client in people.values():
        await client.close()
    return sitting


async def put(chair: Page, way: str, options: str = "", seats: str = "", held: bool = False) -> None:
    await press(chair, "Mở biểu quyết")
    dialog = chair.locator("dialog[open]")
    await dialog.get_by_role("radio", name=way).check()
    if options or held:
        await dialog.get_by_text("bầu người hoặc chọn phương án").click()
        await dialog.get_by_label("Tên người hoặc phương án").fill(options)
        await dialog.get_by_label("Được chọn nhiều nhất").fill(seats or "1")
        if held:
            await dialog.get_by_label("Chưa cho xem kết quả").check()
    if options:
        await shoot(chair, "put-to-the-vote")
    await press(chair, "Mở biểu quyết", within="dialog[open]")


async def secretly(page: Page, choice: str) -> None:
    await press(page, choice)
    await press(page, "Gửi phiếu")
    await press(page, "Gửi phiếu", within="dialog[open]")
    await expect(page.get_by_text("Phiếu của bạn đã vào hòm phiếu.")).to_be_visible()
    await expect(page.get_by_text("Biên nhận số")).to_be_visible()


async def roll_call(chair: Page, secretary: Page, wall: Page) -> None:
    """The secretary puts down each answer; who is called is on the wall; the chair comes last and presses herself."""
    await put(chair, "Gọi tên từng người")
    for number in range(8):
        await expect(secretary.locator("room-roll")).to_contain_text("Mời biểu quyết:")
        called = await secretary.locator("room-roll .strong").inner_text()
        await expect(wall.get_by_text(f"Mời biểu quyết: {called}")).to_be_visible()
        if number == 2:
            await shoot(secretary, "roll-call")
            await shoot(wall, "roll-call-wall")
            await press(secretary, "Không trả lời")
        else:
            await press(secretary, "Tán thành", within="room-roll")
        await expect(secretary.locator("room-roll")).not_to_contain_text(called)
    await expect(chair.get_by_text("Mời bạn biểu quyết.")).to_be_visible()
    await press(chair, "Không tán thành")
    await decide(chair, "Kết thúc biểu quyết")
    await expect(chair.get_by_text("Tán thành 7 trên tổng số 11 thành viên.")).to_be_visible()


async def secret_and_killed(pages: dict[str, Page], node: Node) -> None:
    """The web process dies in mid-vote: every screen says so, and nothing of the first try is counted in the second."""
    chair = pages["chu-tich"]
    await put(chair, "Bỏ phiếu kín")
    await expect(pages["tai-chinh"].get_by_text("Không ai, kể cả người quản trị hệ thống")).to_be_visible()
    await shoot(pages["tai-chinh"], "secret-ballot")
    await secretly(pages["tai-chinh"], "Tán thành")
    await secretly(pages["noi-vu"], "Không tán thành")
    await decide(chair, "Kết thúc biểu quyết")
    await expect(chair.get_by_text("Mới có 2 phiếu, cần ít nhất 5")).to_be_visible()
    await press(chair, "Thôi")
    os.kill(node.child("web"), signal.SIGKILL)
    for page in pages.values():
        await expect(page.get_by_text("Do sự cố kỹ thuật, phiếu kín bị mất")).to_be_visible(timeout=30_000)
    await shoot(pages["tai-chinh"], "secret-void")
    for page in pages.values():
        await press(page, "Đóng", within="room-vote")
    await put(chair, "Bỏ phiếu kín")
    for person in VOTERS:
        await secretly(pages[person], "Không tán thành" if person == "noi-vu" else "Tán thành")
    await shoot(pages["tai-chinh"], "secret-sent")
    await pages["tai-chinh"].reload()
    await expect(pages["tai-chinh"].get_by_text("Phiếu của bạn đã vào hòm phiếu.")).to_be_visible()
    await decide(chair, "Kết thúc biểu quyết")
    await expect(pages["noi-vu"].get_by_text("Tán thành 4 trên tổng số 11 thành viên.")).to_be_visible()


async def names_held_back(pages: dict[str, Page], wall: Page) -> None:
    """Two of three by name; nobody sees what came out until the chair shows it."""
    chair = pages["chu-tich"]
    await put(chair, "Biểu quyết công khai", "Ông Nguyễn Thử A\nBà Trần Thử B\nÔng Lê Thử C", "2", held=True)
    for person in VOTERS:
        page = pages[person]
        await press(page, "Bà Trần Thử B")
        await press(page, "Ông Nguyễn Thử A")
        await press(page, "Gửi phiếu")
        await expect(page.get_by_text("Bạn đã chọn: Ông Nguyễn Thử A, Bà Trần Thử B")).to_be_visible()
    await decide(chair, "Kết thúc biểu quyết")
    for page in (pages["noi-vu"], chair):
        await expect(page.get_by_text("Kết quả được công bố khi cả loạt")).to_be_visible()
    await expect(wall.get_by_text("Đã kết thúc biểu quyết")).to_be_visible()
    await press(chair, "Công bố kết quả")
    await expect(pages["noi-vu"].get_by_text("Chưa chọn được.")).to_be_visible()  # five of eleven are no majority
    await expect(wall.get_by_text("Bà Trần Thử B")).to_be_visible()
    await shoot(wall, "elected-wall")
    await shoot(chair, "elected")


@pytest.mark.timeout(300)
async def test_votes_of_every_way(browser: Browser, node: Node, tmp_path: Path) -> None:
    limits = Path(f"/proc/{node.child('web')}/limits").read_text()
    assert re.search(r"core file size +0 +0 ", limits), "a crash would leave secret ballots on disk"
    sitting = await begin(node, tmp_path)
    pages = {person: await desk.sign_in(browser, node, person, LOGINS[person]) for person in (*VOTERS, "thu-ky")}
    for page in pages.values():
        await page.goto(f"/sittings/{sitting}")
    wall = await desk.open_wall(browser, node, "dc-vinh-linh", "#20a020", 700, (320, 180))
    await roll_call(pages["chu-tich"], pages["thu-ky"], wall)
    for page in pages.values():
        await press(page, "Đóng", within="room-vote")
    await secret_and_killed(pages, node)
    await names_held_back(pages, wall)
    assert not [fault for page in (*pages.values(), wall) for fault in desk.faults_of(page)]
