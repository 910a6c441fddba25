"""A member signs with their own token: the page asks, `bacap agent` on their PC asks for the PIN. And: what one signs
with, by the page; many minutes in one go. web/static/js/places/signature.js, web/static/js/places/sign.js"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from documents import pictures
from meetings.sitting import commands as c
from meetings.sitting.actions import Plan
from signing.tokens import Token
from tests.documents.test_ink import FONTS, photograph
from tests.kit.softhsm import PIN
from web.wiring import open_office

from . import desk
from .desk import press, shoot
from .node import PASSWORD, ROOT, Node, prepare

pytestmark = pytest.mark.browser
PRESENT = ("chu-tich", "pho-chu-tich", "tai-chinh", "noi-vu", "nong-nghiep")


async def sittings_with_minutes(node: Node, count: int) -> list[str]:
    """Sittings of the district that are over, their minutes numbered and ready to be signed."""
    made = []
    async with open_office(node.settings) as office:
        who = {person: await office.accounts.principal(person) for person in (*PRESENT, "thu-ky", "van-thu")}
        for number in range(1, count + 1):
            plan = Plan(
                title=f"Phiên họp thứ {number}", unit="vinh-linh", place="Hội trường", begins=1_795_490_000_000,
                chair="chu-tich", secretary="thu-ky", clerk="van-thu", units=(),
            )  # fmt: skip
            sitting = await office.sittings.plan(who["thu-ky"], plan)
            room = await office.rooms.get(sitting)
            await room.ask(who["thu-ky"], c.AddItem("i1", "Ngân sách"))
            await room.ask(who["thu-ky"], c.Release(3))
            await room.ask(who["chu-tich"], c.Open())
            await room.ask(who["chu-tich"], c.Close())
            for _ in range(500):
                if room.state.minutes.step == "draft":
                    break
                await asyncio.sleep(0.02)
            await room.ask(who["chu-tich"], c.ApproveMinutes(room.state.minutes.version))
            await office.minutes.number(who["van-thu"], sitting)
            made.append(sitting)
    return made


@pytest.fixture
async def prepared(tmp_path: Path) -> AsyncIterator[tuple[Node, list[str]]]:
    node = await prepare(tmp_path / "data")
    sittings = await sittings_with_minutes(node, 2)
    await node.start()
    yield node, sittings
    await node.stop()


class Machine:
    """The member's PC, with `bacap agent` in a window."""

    def __init__(self, node: Node, folder: Path, token: Token) -> None:
        self.node, self.token, self.state = node, token, folder / "agent.json"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        given = [sys.executable, "-m", "web.cli", "agent", "--state", str(self.state), *words]
        return await asyncio.create_subprocess_exec(*given, stdin=pipe, stdout=pipe, cwd=ROOT)

    async def do(self, *words: str, typed: str = "") -> str:
        process = await self.start(*words)
        told, _ = await process.communicate(typed.encode())
        assert process.returncode == 0, told
        return told.decode()

    async def pair(self, code: str) -> None:
        ca = str(self.node.settings.folder / "tls" / "ca.crt")
        given = ("--module", self.token.module, "--token", self.token.label, "--ca", ca)
        await self.do("pair", self.node.base, code, *given)
        await self.do("key", typed=PIN + "\n")

    async def run(self) -> None:
        self.process = await self.start("run")
        assert self.process.stdout is not None
        await self.process.stdout.readline()

    async def told(self, part: str) -> str:
        """What the window shows, up to PART."""
        assert self.process is not None and self.process.stdout is not None
        seen = ""
        while part not in seen:
            seen += (await asyncio.wait_for(self.process.stdout.readline(), 20)).decode()
        return seen

    async def type(self, text: str) -> None:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n")
        await self.process.stdin.drain()

    async def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            await self.process.communicate()


async def issue(page: Page) -> None:
    await press(page, "Tạo chứng thư mới")
    for field in ("Đặt mật khẩu ký số", "Nhập lại lần nữa"):
        await page.locator("dialog[open]").get_by_label(field).fill("khóa của riêng tôi")
    await page.locator("dialog[open] input[name=password]").fill(PASSWORD)
    await press(page, "Tạo chứng thư mới", within="dialog[open]")
    await expect(page.get_by_text("Máy chủ, dưới mật khẩu của bạn").first).to_be_visible()


@pytest.mark.timeout(180)
async def test_a_member_signs_on_a_tablet_with_the_token_in_their_pc(
    browser: Browser, prepared: tuple[Node, list[str]], token: Token, tmp_path: Path
) -> None:
    node, sittings = prepared
    page = await desk.sign_in(browser, node, "thu-ky", "thuky")
    await page.get_by_role("link", name="Lê Thị Thử Thu").click()
    await expect(page.get_by_role("heading", name="Chữ ký của tôi").first).to_be_visible()
    await shoot(page, "signature-none")
    await press(page, "Ghép máy tính của tôi")
    await page.locator("dialog[open] input[name=password]").fill(PASSWORD)
    await press(page, "Ghép máy tính của tôi", within="dialog[open]")
    code = (await page.locator(".pairing-code").inner_text()).strip()
    await shoot(page, "agent-pair")
    machine = Machine(node, tmp_path, token)
    await machine.pair(code)
    await machine.run()
    try:
        await page.goto("/signature")
        await expect(page.get_by_text("Thiết bị của bạn").first).to_be_visible()
        await shoot(page, "signature-token")
        await page.goto(f"/sittings/{sittings[0]}/sign")
        await expect(page.locator("bacap-sheet canvas")).to_be_visible()
        digest = (await page.locator("dd.hash").inner_text()).strip()
        await press(page, "Ký bằng thiết bị của tôi")
        await expect(page.get_by_text("Máy tính của bạn đang hỏi mã PIN")).to_be_visible()
        await shoot(page, "sign-token")
        seen = await machine.told("PIN")
        assert digest in seen and "01/BB-UBND" in seen and "Phiên họp thứ 1" in seen, seen
        await page.reload()  # in the middle: nothing is lost
        await expect(page.get_by_text("Máy tính của bạn đang hỏi mã PIN")).to_be_visible()
        await machine.type(PIN)
        await expect(page.get_by_text("Đã ký xong.")).to_be_visible(timeout=30_000)
        await shoot(page, "sign-token-done")
        await page.get_by_role("link", name="Ký tiếp: Phiên họp thứ 2").click()
        await expect(page.get_by_text("02/BB-UBND").first).to_be_visible()
        await press(page, "Ký bằng thiết bị của tôi")
        await machine.told("PIN")
        await machine.type("")  # no
        await expect(page.get_by_text("Thiết bị chưa ký")).to_be_visible(timeout=30_000)
        await shoot(page, "sign-token-no")
    finally:
        await machine.end()
    assert desk.faults_of(page) == []


@pytest.mark.timeout(180)
async def test_many_minutes_are_signed_in_one_go_with_a_picture_of_one_s_own(
    browser: Browser, prepared: tuple[Node, list[str]], tmp_path: Path
) -> None:
    node, sittings = prepared
    page = await desk.sign_in(browser, node, "thu-ky", "thuky")
    await page.goto("/signature")
    await issue(page)
    await press(page, "Đổi ảnh")
    photo = {"name": "ky.jpg", "mimeType": "image/jpeg", "buffer": photograph(pictures.signature("Thử Thu", FONTS))}
    await page.locator("dialog[open] input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    await press(page, "Tải lên", within="dialog[open]")
    await expect(page.get_by_text("Ảnh bạn đã tải lên, đã tách nền.")).to_be_visible()
    await shoot(page, "signature-picture")
    await page.goto(f"/sittings/{sittings[0]}/sign")
    await expect(page.locator("bacap-sheet canvas")).to_be_visible()
    await page.get_by_label("Mật khẩu ký số của bạn").fill("khóa của riêng tôi")
    await page.get_by_label("Nhớ mật khẩu 10 phút", exact=False).check()
    await press(page, "Ký biên bản")
    await expect(page.get_by_text("Đã ký xong.")).to_be_visible(timeout=30_000)
    await page.get_by_role("link", name="Ký tiếp: Phiên họp thứ 2").click()
    await expect(page.locator("bacap-sheet canvas")).to_be_visible()  # each is shown
    await expect(page.get_by_text("02/BB-UBND").first).to_be_visible()
    await expect(page.get_by_label("Mật khẩu ký số của bạn")).to_have_count(0)
    await shoot(page, "sign-held")
    await press(page, "Ký biên bản")
    await expect(page.get_by_text("Đã ký xong.")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("link", name="Ký tiếp", exact=False)).to_have_count(0)
    await page.reload()
    clerk = await desk.sign_in(browser, node, "van-thu", "vanthu")
    await clerk.goto("/signature")
    await expect(
        clerk.get_by_role("heading", name="Con dấu: Ủy ban nhân dân huyện Vĩnh Linh", exact=False)
    ).to_be_visible()
    await clerk.get_by_text("Cách khác", exact=False).last.click()
    await shoot(clerk, "signature-seal")
    assert desk.faults_of(page) == [] and desk.faults_of(clerk) == []
