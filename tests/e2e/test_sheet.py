"""A printed sheet under a telephone: its code is proved, with the server and without any network; a forged one is not.
web/static/js/paper-code.js, web/static/js/elements/scan.js, web/static/js/places/verify.js"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import segno
from PIL import Image, ImageFilter
from playwright.async_api import Browser, Page, expect

from meetings.sitting import sheet
from meetings.sitting.state import State
from signing import authority, paper_code
from tests.kit.authority import FONTS, minutes_form
from tests.kit.paper import jpeg, rescanned
from web.signing_desk import open_safe
from web.wiring import open_office

from . import desk
from .conftest import chromium
from .desk import press, shoot
from .node import Node, prepare
from .test_token import sittings_with_minutes

pytestmark = pytest.mark.browser


@pytest.fixture
async def printed(tmp_path: Path) -> AsyncIterator[tuple[Node, bytes]]:
    """A node, and the minutes of a sitting of it as they were printed."""
    node = await prepare(tmp_path / "data")
    [sitting] = await sittings_with_minutes(node, 1)
    async with open_office(node.settings) as office:
        room = await office.rooms.get(sitting)
        pdf = await office.house.blobs.load(room.state.minutes.pdf)
    await node.start()
    yield node, pdf
    await node.stop()


def photograph(pdf: bytes, **how: float) -> dict[str, Any]:
    return {"name": "to-giay.jpg", "mimeType": "image/jpeg", "buffer": jpeg(rescanned(pdf, **how))}  # type: ignore[arg-type]


async def give(page: Page, photo: dict[str, Any]) -> None:
    await page.locator("bacap-scan input[type=file]").set_input_files(photo)  # type: ignore[arg-type]


def code_of(node: Node) -> str:
    """The code of a sheet that this node may have made, of which it knows nothing more."""
    own = open_safe(node.settings).authority.node.key
    form = msgspec.structs.replace(minutes_form(), check_code="K7QM-3XPD", journal=f"s:12:{'ab' * 32}")
    return sheet.code(form, State(id="s"), f"{node.base}/k", own)


def sheet_with(node: Node, change: int | None) -> bytes:
    """Another sheet: its code altered in one byte; or, without CHANGE, signed by a node that nobody knows."""
    from documents import typeset

    own = open_safe(node.settings).authority.node.key
    form = msgspec.structs.replace(minutes_form(), check_code="K7QM-3XPD", journal=f"s:12:{'ab' * 32}")
    strange = ("https://noi-khac.example.vn/k", authority.new_key())
    text = sheet.code(form, State(id="s"), *((f"{node.base}/k", own) if change is not None else strange))
    address, _, coded = text.rpartition("/")
    data = bytearray(paper_code.decode(coded))
    if change is not None:
        data[change] ^= 1
    symbol = sheet.picture(f"{address}/{paper_code.encode(bytes(data))}")
    pdf, _ = typeset.typeset(msgspec.structs.replace(form, check_picture=symbol), FONTS)
    return pdf


@pytest.mark.timeout(240)
async def test_a_printed_and_rescanned_sheet_is_proved_by_its_photograph(
    browser: Browser, printed: tuple[Node, bytes]
) -> None:
    node, pdf = printed
    page = await desk.open_page(browser, node)
    for how in (
        {"degrees": 0.0},
        {"degrees": -7.0, "blur": 1.0},
        {"degrees": 90.0},
        {"dpi": 150, "degrees": 3.0, "blur": 0.7},
    ):
        await page.goto("/verify")
        await give(page, photograph(pdf, **how))
        await expect(page.get_by_text("Mã thật", exact=True)).to_be_visible(timeout=20_000)
        await expect(page.get_by_text("01/BB-UBND").first).to_be_visible()
        await expect(page.get_by_text("Lê Thị Thử Thu; Phạm Thị Thử Lan")).to_be_visible()
        await expect(page.get_by_text("Văn bản đang lưu ở máy chủ đúng là", exact=False)).to_be_visible()
    await shoot(page, "sheet-genuine")
    await give(page, photograph(sheet_with(node, 110)))
    await expect(page.get_by_text("Mã giả", exact=True)).to_be_visible(timeout=20_000)
    await shoot(page, "sheet-forged")
    await give(page, photograph(sheet_with(node, None)))
    await expect(page.get_by_text("Không rõ mã", exact=True)).to_be_visible(timeout=20_000)
    await shoot(page, "sheet-unknown")
    blank = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": jpeg(Image.new("L", (600, 400), 240))}
    await give(page, blank)
    await expect(page.get_by_text("Không thấy mã vuông trong ảnh.", exact=False)).to_be_visible()
    assert desk.faults_of(page) == []


@pytest.mark.timeout(240)
async def test_the_code_is_an_address_that_any_camera_opens(browser: Browser, printed: tuple[Node, bytes]) -> None:
    node, _ = printed
    own = open_safe(node.settings).authority.node.key
    form = msgspec.structs.replace(minutes_form(), check_code="K7QM-3XPD", journal=f"s:12:{'ab' * 32}")
    text = sheet.code(form, State(id="s"), f"{node.base}/k", own)
    page = await desk.open_page(browser, node)
    await page.goto(text)
    await expect(page.get_by_text("Mã là thật", exact=False)).to_be_visible()  # the node of this test has no such file
    await expect(page.get_by_text("Không có văn bản nào", exact=False)).to_be_visible()


@pytest.mark.timeout(240)
async def test_without_a_network_the_code_is_proved_from_what_the_telephone_kept(tmp_path: Path) -> None:
    import base64
    import hashlib

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    node = await prepare(tmp_path / "data")
    [sitting] = await sittings_with_minutes(node, 1)
    async with open_office(node.settings) as office:
        pdf = await office.house.blobs.load((await office.rooms.get(sitting)).state.minutes.pdf)
    await node.start()
    certificate = x509.load_pem_x509_certificate((node.settings.folder / "tls" / "node.crt").read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    try:
        async with chromium(f"--ignore-certificate-errors-spki-list={pin}") as trusting:
            page = await desk.open_page(trusting, node)
            await page.goto("/verify")
            await press(page, "Giữ trang này để kiểm tra khi không có mạng")
            await expect(page.get_by_text("Đã giữ.", exact=False)).to_be_visible(timeout=60_000)
            await page.context.set_offline(True)
            await page.goto("/verify")
            await give(page, photograph(pdf))
            await expect(page.get_by_text("Mã thật", exact=True)).to_be_visible(timeout=20_000)
            await expect(page.get_by_text("Không có mạng: mới xét được mã.", exact=False)).to_be_visible()
            await expect(page.get_by_text("01/BB-UBND").first).to_be_visible()
            await shoot(page, "sheet-offline")
            await give(page, photograph(sheet_with(node, 110)))
            await expect(page.get_by_text("Mã giả", exact=True)).to_be_visible(timeout=20_000)
    finally:
        await node.stop()


@pytest.mark.timeout(240)
async def test_the_camera_finds_it(printed: tuple[Node, bytes], tmp_path: Path) -> None:
    node, _ = printed
    out = io.BytesIO()
    segno.make(code_of(node), error="m", mode="alphanumeric").save(out, kind="png", scale=9, border=4)
    symbol = Image.open(out).convert("L").rotate(6, Image.Resampling.BICUBIC, expand=True, fillcolor=240)
    frame = Image.new("L", (1280, 960), 240)
    frame.paste(symbol.resize((900, 900)), (190, 30))
    film = tmp_path / "film.mjpeg"
    film.write_bytes(jpeg(frame.filter(ImageFilter.GaussianBlur(0.8)), 90) * 30)
    async with chromium(f"--use-file-for-fake-video-capture={film}") as browser:
        page = await desk.open_page(browser, node)
        await page.goto("/verify")
        await press(page, "Quét mã trên tờ giấy")
        await expect(page.get_by_text("Không dùng được", exact=True)).to_be_visible(timeout=30_000)
        await expect(page.locator("bacap-scan video")).to_have_count(0)
