"""A signer whose machine has the program that takes whole files (a stand-in for VGCA): the page asks it, it fetches and
brings back, and the page says so. web/static/js/minutes/whole.js, web/guard.py"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.async_api import Browser, expect

from signing import anchors
from tests.kit import vgca
from tests.kit.authority import Office
from tests.kit.vgca import Program

from . import desk
from .desk import press, shoot
from .node import prepare
from .test_token import sittings_with_minutes

pytestmark = pytest.mark.browser


@pytest.mark.timeout(180)
async def test_a_program_on_the_signer_s_machine_signs_the_whole_file(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACAP_VGCA", "true")
    node = await prepare(tmp_path / "data")
    [sitting] = await sittings_with_minutes(node, 1)
    others = Office("Ban Cơ yếu (thử)", datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))
    chain = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (others.root, others.authority.issuing))
    anchors.add(node.settings.folder / "keys" / "trust", "public-service", chain)
    for der in others.trust().lists:
        anchors.add_list(node.settings.folder / "keys" / "trust", der)
    await node.start()
    tls = node.settings.folder / "tls"
    trust = ssl.create_default_context(cafile=str(tls / "ca.crt"))
    program = Program(others, others.holder("Lê Thị Thử Thu"), trust)
    try:
        page = await desk.sign_in(browser, node, "thu-ky", "thuky")
        await page.goto(f"/sittings/{sitting}/sign")
        await expect(page.locator("bacap-sheet canvas")).to_be_visible()
        await press(page, "Ký bằng phần mềm VGCA trên máy này")
        await expect(page.get_by_text("Không thấy phần mềm ký trên máy này.", exact=False)).to_be_visible()
        await shoot(page, "sign-program-none")
        async with vgca.running(program, tls / "node.crt", tls / "node.key"):
            program.field = "chair"  # the signer pressed in the wrong place
            await press(page, "Ký bằng phần mềm VGCA trên máy này")
            await expect(page.get_by_text("Chữ ký không nằm ở đúng ô", exact=False)).to_be_visible(timeout=30_000)
            await shoot(page, "sign-program-no")
            program.field = ""
            await press(page, "Ký bằng phần mềm VGCA trên máy này")
            await expect(page.get_by_text("Đã ký xong.")).to_be_visible(timeout=30_000)
        assert program.asked[0]["DocNumber"] == "01/BB-UBND" and len(program.asked) == 2
    finally:
        await node.stop()
    faults = [fault for fault in desk.faults_of(page) if "8987" not in fault]  # a program that is not there is no fault
    assert faults == []
