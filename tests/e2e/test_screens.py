"""Every place as people see it: no forgotten text, nothing a screen reader stumbles on, nothing lost when small.

A demonstration is built once, and each of its places is opened under the pseudo-locale, in both themes and three sizes.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.kit.servers import free_port
from web import settings as settings_
from web.assets import developer_modules

from . import desk
from .node import ROOT, Node

pytestmark = pytest.mark.browser

SIZES = {"tablet": (1280, 800), "upright": (800, 1280), "phone": (390, 844)}
PLACES: dict[str, tuple[str, str]] = {  # place -> (who, address; {s} is the sitting, {p} a paper)
    "sign-in": ("", "/sign-in"), "verify": ("", "/verify"), "walls": ("", "/wall"),
    "desk": ("chu-tich", "/"), "room": ("chu-tich", "/sittings/{s}"), "member": ("tai-chinh", "/sittings/{s}"),
    "reader": ("tai-chinh", "/sittings/{s}/papers/{p}"), "plan": ("thu-ky", "/plan"),
    "prepare": ("thu-ky", "/sittings/{s}/prepare"), "minutes": ("thu-ky", "/sittings/{s}/minutes"),
    "sign": ("thu-ky", "/sittings/{s}/sign"), "sites": ("ky-thuat", "/administration"),
    "check": ("tai-chinh", "/check"), "signature": ("van-thu", "/signature"),
    "rehearsal": ("thu-ky", "/sittings/{s}/rehearsal"),
    "rehearsals": ("ky-thuat", "/administration/rehearsals"),
    "search": ("tai-chinh", "/search?q=ngan+sach"),
    "register": ("van-thu", "/register"), "tasks": ("thu-ky", "/tasks"), "opinions": ("thu-ky", "/opinions"),
    "rules": ("chu-tich", "/administration/rules"),
    "units": ("ky-thuat", "/administration/units"), "certificates": ("ky-thuat", "/administration/certificates"),
    "integrations": ("ky-thuat", "/administration/integrations"),
    "tablets": ("ky-thuat", "/administration/tablets"), "offline": ("tai-chinh", "/offline"),
    "acts": ("ky-thuat", "/administration/acts"), "styleguide": ("ky-thuat", "/styleguide"),
}  # fmt: skip

# How many answers a page is waiting for.
COUNTED = """
(() => {
  const real = window.fetch;
  window.waiting = 0;
  window.fetch = (...given) => {
    window.waiting++;
    return real(...given).finally(() => window.waiting--);
  };
})();
"""

# Until the page waits for nothing and nothing has changed on it for a while.
QUIET = """
() => new Promise((resolve) => {
  let changed = performance.now();
  const seen = new MutationObserver(() => (changed = performance.now()));
  seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const began = changed;
  const look = setInterval(() => {
    const now = performance.now();
    if ((window.waiting || now - changed < 120) && now - began < 3000) return;
    clearInterval(look);
    seen.disconnect();
    resolve();
  }, 20);
})
"""

# Texts with a letter that stand outside the marks of the pseudo-locale.
BARE = r"""
() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const own = "script, style, noscript, .hash, option[value=vi], option[value=en], .brand, [data-own-words]";
  const inside = (node) => Boolean(node?.closest(own));
  let open = 0;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.textContent;
    let bare = "";
    for (const char of text) {
      if (char === "⟦") open++;
      else if (char === "⟧") open--;
      else if (!open) bare += char;
    }
    if (/\p{L}{2,}/u.test(bare) && !inside(node.parentElement)) found.push(bare.trim().slice(0, 80));
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], img[alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const text = one.getAttribute(name) ?? "";
      const foreign = /\p{L}{2,}/u.test(text) && !text.includes("⟦");
      if (foreign && !one.matches("canvas, video, option, [role=region], figure") && !inside(one))
        found.push(`${name}=${text.slice(0, 60)}`);
    }
  return found;
}
"""


@pytest.fixture
async def demonstration(tmp_path: Path) -> AsyncIterator[Node]:
    """The demonstration as `bacap demo` makes it."""
    node = Node(settings_.read(None, {}, data=str(tmp_path / "demo"), port=free_port(), demonstration=True))
    node.settings.folder.mkdir(parents=True)
    log = (node.settings.folder / "node.log").open("ab")
    words = [sys.executable, "-m", "web.cli", "--data", node.settings.data, "demo", "--port", str(node.settings.port)]
    node.process = await asyncio.create_subprocess_exec(*words, stdout=log, stderr=log, cwd=ROOT, env=dict(os.environ))
    for _ in range(300):
        if (node.settings.folder / "tls" / "ca.crt").exists():
            break
        await asyncio.sleep(0.1)
    await node.ready()
    yield node
    await node.stop()
    log.close()


async def enter(browser: Browser, node: Node, person: str, **more: object) -> Page:
    page = await desk.open_page(browser, node, **more)  # type: ignore[arg-type]
    await page.goto("/verify")
    if person:
        status = await page.evaluate(
            """async (person) => (await fetch('/api/demonstration/session', {
              method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({ person }),
            })).status""",
            person,
        )
        assert status == 204
    return page


async def address_of(browser: Browser, node: Node) -> dict[str, str]:
    """The sitting under way and one of its papers."""
    page = await enter(browser, node, "tai-chinh")
    sitting = await page.evaluate("async () => (await (await fetch('/api/desk')).json()).sittings[0].id")
    await page.goto(f"/sittings/{sitting}")
    link = page.locator("a.paper-link").first
    await link.wait_for()
    paper = str(await link.get_attribute("href")).rsplit("/", 1)[1]
    await page.context.close()
    return {"s": sitting, "p": paper}


async def settle(page: Page, address: str) -> None:
    await page.goto(address)
    await desk.until_true(page, "() => document.querySelector('bacap-app')?.shown?.isUpdatePending === false")
    await page.evaluate(QUIET)


async def bare_texts(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(BARE)
    return [f"bare: {text}" for text in found if not re.fullmatch(r"[\w.:-]+|.*kbit/s", text)] + desk.faults_of(page)


async def axe_faults(page: Page, axe: str) -> list[str]:
    """Serious and critical faults in both themes."""
    await page.add_script_tag(content=axe)
    faults = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        result = await page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        faults += [
            f"axe {scheme} {one['id']}: {one['nodes'][0]['html'][:160]}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical")
        ]
    return faults


async def too_wide(page: Page, place: str) -> list[str]:
    """No place scrolls sideways at any size, nor at 200 % text; pictures are taken on the way."""
    faults = []
    await page.emulate_media(color_scheme="light")
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(QUIET)
        await desk.shoot(page, f"{place}-{size}")
        for scale in (200, 100):
            await page.evaluate("(scale) => { document.documentElement.style.fontSize = `${scale}%`; }", scale)
            wide = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            if wide > 1:
                faults.append(f"{size} at {scale} %: {wide} px too wide")
    return faults


@pytest.mark.timeout(300)
async def test_every_place(browser: Browser, demonstration: Node) -> None:
    known = await address_of(browser, demonstration)
    axe = (developer_modules() / "axe-core" / "axe.min.js").read_text()
    people: dict[tuple[str, str], Page] = {}
    faults: dict[str, list[str]] = {}
    for place, (person, address) in PLACES.items():
        for locale in ("qps", "vi"):
            if (person, locale) not in people:
                page = people[person, locale] = await enter(
                    browser, demonstration, person, bypass_csp=True, reduced_motion="reduce"
                )
                cookie = {"name": "locale", "value": locale, "url": demonstration.base}
                await page.add_init_script(COUNTED)
                await page.context.add_cookies([cookie])  # type: ignore[list-item]
            page = people[person, locale]
            await page.set_viewport_size({"width": 1280, "height": 800})
            await settle(page, address.format(**known))
            found = (
                await bare_texts(page) if locale == "qps" else await axe_faults(page, axe) + await too_wide(page, place)
            )
            if found:
                faults[f"{place} {locale}"] = found
    assert not faults
