"""A technician rings the sites of a coming sitting; each tries its things, and every fault is told where it is.

web/static/js/trial.js, web/static/js/places/rehearsal.js, web/static/js/places/wall.js, web.trials
"""

from __future__ import annotations

import asyncio
import io

import pytest
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader

from tests.kit.link import Link, Weather
from web.assets import developer_modules

from . import desk
from .node import LOGINS, Node
from .test_flow import NAMES
from .test_media import convene, released, signed_in
from .test_screens import axe_faults, too_wide

pytestmark = pytest.mark.browser

WRONG_CLOCK = "{ const now = Date.now.bind(Date); Date.now = () => now() + 3600e3; }"
NO_CAMERA = """{
  const all = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.video) throw new DOMException("", "NotFoundError");
    return all(wanted);
  };
}"""


def row_of(site: str) -> str:
    return f"place-rehearsal li[data-site={site}]"


async def steps(page: Page, wanted: dict[str, str], seconds: float = 60) -> None:
    """Wait until each of these sites has come so far."""
    for site, step in wanted.items():
        await expect(page.locator(row_of(site))).to_have_attribute("data-step", step, timeout=seconds * 1000)


@pytest.mark.timeout(240)
async def test_every_fault_of_a_site_is_told_before_the_day(browser: Browser, trusting: Browser, node: Node) -> None:
    sitting = await convene(node, "ledgers", opened=False)
    port = node.settings.port
    technician = await desk.sign_in(
        browser, node, "ky-thuat", LOGINS["ky-thuat"], bypass_csp=True, reduced_motion="reduce"
    )
    await technician.get_by_role("link", name="Quản trị").click()
    await technician.get_by_role("link", name="Diễn tập", exact=True).click()
    await technician.get_by_role("link", name="Xem các điểm cầu").click()
    await steps(technician, dict.fromkeys(NAMES, "unasked"))
    well = await desk.open_wall(trusting, node, "dc-tinh", "#206020", 440, (640, 360))
    bad = await desk.open_wall(browser, node, "dc-vinh-linh", "#000", 0, (640, 360), (WRONG_CLOCK,))
    await desk.press(technician, "Gọi tất cả điểm cầu")
    for wall in (well, bad):
        await expect(wall.get_by_text("thử điểm cầu này")).to_be_visible()
    await expect(well.get_by_text("Đang đo đường truyền")).to_be_visible()
    await desk.shoot(well, "wall-rehearsal")
    await steps(technician, {"dc-tinh": "good", "dc-vinh-linh": "bad", "dc-vinh-o": "away"})
    faults = technician.locator(row_of("dc-vinh-linh"))
    for text in ("Hình tối đen", "Micro không có tiếng nào", "Đồng hồ sai 60 phút", "chưa tin chứng thư"):
        await expect(faults.get_by_text(text)).to_be_visible()
    axe = (developer_modules() / "axe-core" / "axe.min.js").read_text()
    assert not await axe_faults(technician, axe) + await too_wide(technician, "rehearsal-told")

    host = "127.0.0.2"  # switched on late, over a thin line, without a camera, and nobody has pressed anything there
    async with Link(("127.0.0.1", port), Weather(), Weather(rate=300), 7, host) as link:
        through = desk.through(f" 127.0.0.1 {port} typ", f" {host} {port} typ")
        late = await desk.open_wall(
            browser, node, "dc-vinh-o", "#602020", 440, (640, 360), (NO_CAMERA, through), started=False
        )
        await steps(technician, {"dc-vinh-o": "bad"})
        assert link.wires
        faults = technician.locator(row_of("dc-vinh-o"))
        for _ in range(2):  # a machine that is slow itself may send less than the line carries
            if await faults.get_by_text("chọn mức đường truyền thấp hơn").count():
                break
            await desk.press(technician, "Thử lại: Điểm cầu xã Vĩnh Ô")
            await expect(technician.locator(row_of("dc-vinh-o"))).not_to_have_attribute("data-step", "bad")
            await steps(technician, {"dc-vinh-o": "bad"})
        await desk.shoot(late, "wall-told")
    for text in ("Không thấy camera", "chọn mức đường truyền thấp hơn"):
        await expect(faults.get_by_text(text)).to_be_visible()
    await faults.get_by_label("Đường truyền của điểm cầu", exact=False).select_option(
        label="64 kbit/s: tiếng và tài liệu"
    )
    await expect(faults.get_by_text("chọn mức đường truyền thấp hơn")).to_be_hidden()

    answer = await technician.request.get(f"/api/sittings/{sitting}/rehearsal.pdf")
    text = PdfReader(io.BytesIO(await answer.body())).pages[0].extract_text().replace("\n", " ")
    assert all(name in text for name in NAMES.values()) and "Hình tối đen" in text and "NGƯỜI KIỂM TRA" in text
    if (folder := desk.pictures()) is not None:
        await asyncio.to_thread((folder / "readiness.pdf").write_bytes, await answer.body())
    for page in (technician, well, bad, late):
        assert not desk.faults_of(page)


@pytest.mark.timeout(120)
async def test_a_sitting_that_is_on_comes_before_any_rehearsal(browser: Browser, node: Node) -> None:
    people = await signed_in(node, "ledgers")
    secretary = people["thu-ky"]
    first = await released(secretary, "Phiên họp sáng")
    wall = await desk.open_wall(browser, node, "dc-tinh", "#206020", 440, (640, 360))
    await secretary.do(first, "ring-sites")
    await expect(wall.get_by_text("thử điểm cầu này")).to_be_visible()
    await people["chu-tich"].do(first, "open")
    await expect(wall.locator(".wall > footer")).to_be_visible()  # in the midst of the check
    await expect(wall.get_by_text("thử điểm cầu này")).to_be_hidden()

    second = await released(secretary, "Phiên họp chiều")
    await secretary.do(second, "ring-sites")
    await wall.reload()
    await desk.press(wall, "Bắt đầu")
    await expect(wall.locator(".wall > footer")).to_be_visible()
    for _ in range(14):  # two looks at what there is
        assert await wall.evaluate("() => document.querySelector('place-wall').checking") is None
        await asyncio.sleep(0.5)
    await people["chu-tich"].do(first, "close")
    await expect(wall.get_by_text("thử điểm cầu này")).to_be_visible()
    for client in people.values():
        await client.close()
    assert not desk.faults_of(wall)


@pytest.mark.timeout(120)
async def test_what_could_not_be_judged_is_not_called_good(browser: Browser, node: Node) -> None:
    """And with the line gone, the camera is looked at all the same."""
    await convene(node, "ledgers", opened=False)
    nowhere = desk.through("a=candidate", "a=x-candidate")
    wall = await desk.open_wall(browser, node, "dc-tinh", "#206020", 440, (640, 360), (nowhere,), started=False)
    await desk.press(wall, "Thử thiết bị")
    await wall.route("**/api/check", lambda route: route.abort())
    await desk.press(wall, "Bắt đầu thử")
    await expect(wall.get_by_text("Chưa thử được.")).to_be_visible(timeout=40_000)
    await expect(wall.get_by_text("Mọi thứ đều tốt")).to_be_hidden()
    await wall.unroute("**/api/check")
    await desk.press(wall, "Bắt đầu thử")
    for text in ("Có hình", "chưa đo được tiếng", "Không nối được hình và tiếng"):
        await expect(wall.get_by_text(text)).to_be_visible(timeout=40_000)
    await desk.press(wall, "Quay lại")
    await expect(wall.get_by_role("button", name="Bắt đầu")).to_be_visible()


@pytest.mark.timeout(120)
async def test_a_person_tries_camera_and_line_before_joining(trusting: Browser, node: Node) -> None:
    member = await desk.sign_in(trusting, node, "tai-chinh", LOGINS["tai-chinh"])
    await member.get_by_role("link", name="Thử thiết bị").click()
    await desk.press(member, "Bắt đầu thử")
    await expect(member.get_by_text("Hình mà người khác sẽ thấy")).to_be_visible()
    await desk.until_true(member, "() => document.querySelector('bacap-check video')?.videoWidth > 0")
    await desk.shoot(member, "check-running")
    await expect(member.get_by_role("button", name="Thử lại")).to_be_visible(timeout=30_000)
    found = await member.locator("bacap-check li").all_inner_texts()
    assert len(found) == 5 and all("Tốt" in one for one in found), found
    await desk.shoot(member, "check")
    assert not desk.faults_of(member)
