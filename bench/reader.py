"""A tablet opens a long scanned paper: when its first page is seen, on a fast line and a slow one, and how pages turn.

The product's own web process and Chromium on one machine; the line is Chromium's own emulation. The application has
been opened before, as on every day but the first; the paper has not.
"""

from __future__ import annotations

import asyncio
import io
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import pypdfium2
from playwright.async_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.crowd import process  # noqa: E402
from bench.papers import long_paper  # noqa: E402
from bench.sitting import install  # noqa: E402
from documents.actions import Papers  # noqa: E402
from documents.workshop import Workshop  # noqa: E402
from meetings.load.rows import Row, run  # noqa: E402
from store.blobs import once  # noqa: E402
from tests.e2e.conftest import chromium  # noqa: E402
from tests.kit.servers import free_port  # noqa: E402
from web import settings, wiring  # noqa: E402

PAGES, RUNS, TURNS = 200, 3, 12
TABLET = {"width": 800, "height": 1280}
FAST = {"offline": False, "latency": 5, "downloadThroughput": 12_500_000, "uploadThroughput": 12_500_000}
SLOW = {"offline": False, "latency": 60, "downloadThroughput": 64_000, "uploadThroughput": 64_000}  # 512 kbit/s
# Go to a paper within the application; ms until its sheet shows page PAGE, as a picture or drawn.
OPEN = """
([path, what]) => new Promise((resolve) => {
  const began = performance.now();
  const watch = new MutationObserver(() => {
    const sheet = document.querySelector("bacap-sheet");
    if (sheet && what.some((name) => sheet.dataset[name]?.endsWith(":1"))) {
      watch.disconnect();
      resolve(performance.now() - began);
    }
  });
  watch.observe(document, { subtree: true, childList: true, attributes: true });
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
})
"""
# Turn to the next page; ms until it is drawn.
TURN = """
(page) => new Promise((resolve) => {
  const sheet = document.querySelector("bacap-sheet");
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (!sheet.dataset.shown.endsWith(`:${page}`)) return;
    watch.disconnect();
    resolve(performance.now() - began);
  });
  watch.observe(sheet, { attributes: true });
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
})
"""


def scanned_paper() -> bytes:
    """A scan of PAGES pages, some 20 MB."""
    document = pypdfium2.PdfDocument(long_paper(PAGES))
    pictures = [document[n].render(scale=1200 / document[n].get_width()).to_pil().convert("L") for n in range(PAGES)]
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], quality=35, resolution=145)
    return out.getvalue()


async def opened(browser: Browser, base: str, token: str, line: dict[str, Any]) -> tuple[Page, Any]:
    context = await browser.new_context(ignore_https_errors=True, viewport=TABLET, base_url=base)
    cookie: Any = {"name": "__Host-session", "value": token, "url": base, "secure": True}
    await context.add_cookies([cookie])
    page = await context.new_page()
    await page.goto("/sittings/none/papers/none")  # the reader was used before; no paper was
    await page.get_by_role("link").first.wait_for()
    await page.goto("/")
    session = await context.new_cdp_session(page)
    await session.send("Network.emulateNetworkConditions", line)
    return page, session


async def timed(page: Page, script: str, given: object) -> float:
    """ms, as the page itself measures it."""
    return float(await asyncio.wait_for(page.evaluate(script, given), 60))


async def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        made = settings.read(None, {}, data=str(data), port=1)
        body = await asyncio.to_thread(scanned_paper)
        async with wiring.open_house(made) as house:
            workshop = Workshop(workers=1)
            examined = await Papers(house.blobs, workshop, settings.FONTS).take_in(once(body), 10**8)
            await workshop.close()
        sittings, _, tokens = await install(data, paper=examined.sha256)
        plain, secure = free_port(), free_port()
        path, base = f"/sittings/{sittings[0]}/papers/p1", f"https://127.0.0.1:{secure}"
        first: dict[str, list[float]] = {"fast": [], "slow": []}
        turns: list[float] = []
        async with process("--office", str(data), str(plain), str(secure)), chromium() as browser:
            warm, _ = await opened(browser, base, tokens["voter0"], FAST)
            await timed(warm, OPEN, [path, ["shown"]])  # pictures are made ahead, when a paper comes
            for number in range(RUNS):
                for line, conditions in (("fast", FAST), ("slow", SLOW)):
                    page, session = await opened(browser, base, tokens[f"voter{number + 1}"], conditions)
                    first[line].append(await timed(page, OPEN, [path, ["pictured", "shown"]]))
                    await session.detach()
                    await page.context.close()
            await warm.wait_for_timeout(5000)  # until all of it has come
            for number in range(2, 2 + TURNS):
                turns.append(await timed(warm, TURN, number))
                await warm.wait_for_timeout(700)
    size = len(body) / 1e6
    return [
        Row(f"{PAGES} pages, {size:.0f} MB: first page, fast", statistics.median(first["fast"]), "ms", None, 1000,
            (min(first["fast"]), max(first["fast"]))),
        Row("the same at 512 kbit/s", statistics.median(first["slow"]), "ms", None, 4000,
            (min(first["slow"]), max(first["slow"]))),
        Row("a page turned, the paper being here", statistics.median(turns), "ms", None, 100, (min(turns), max(turns))),
    ]  # fmt: skip


if __name__ == "__main__":
    run(__doc__, measure)
