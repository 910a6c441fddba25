"""An encoder as a site: WHIP in and WHEP out with aiortc, seen by a wall in Chromium: web.routes.whip."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp
import pytest
from playwright.async_api import Browser

from tests.kit.media import Site, until

from . import desk
from .node import Node
from .test_flow import NAMES
from .test_media import convene

pytestmark = pytest.mark.browser

LUMA, HERTZ = 200, 440


class Http:
    """Plain requests with a bearer token, trusting the node's authority."""

    def __init__(self, node: Node, token: str) -> None:
        trust = ssl.create_default_context(cafile=str(node.settings.folder / "tls" / "ca.crt"))
        self._base = node.base
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trust), headers={"Authorization": f"Bearer {token}"}
        )

    async def ask(self, method: str, path: str, body: str = "", kind: str = "application/sdp") -> tuple[int, str, str]:
        """(status, Location, body)."""
        headers = {"Content-Type": kind} if body else {}
        async with self._session.request(method, self._base + path, data=body or None, headers=headers) as answer:
            return answer.status, answer.headers.get("Location", ""), await answer.text()

    async def close(self) -> None:
        await self._session.close()


@pytest.mark.timeout(180)
async def test_an_encoder_is_a_site_and_a_screen_may_watch_over_http(browser: Browser, node: Node) -> None:
    sitting = await convene(node, "ledgers")
    wall = await desk.open_wall(browser, node, "dc-tinh", "#c02020", 300, (160, 90))
    http = Http(node, node.credentials["dc-vinh-o"][1])
    stranger = Http(node, "no-such-token")
    sender, screen = Site("encoder", LUMA, HERTZ, 0, 0), Site("screen", 0, 0, 1, 2)
    both = Site("both", LUMA, HERTZ)
    try:
        status, place, sdp = await http.ask("POST", f"/whip/{sitting}", await sender.offer())
        assert (status, place) == (201, f"/whip/{sitting}/dc-vinh-o"), sdp
        await sender.accept(sdp)
        status, watching, sdp = await http.ask("POST", f"/whep/{sitting}", await screen.offer())
        assert status == 201, sdp
        await screen.accept(sdp)
        await until(lambda: any(ear.sees(LUMA) for ear in screen.pictures), what="the encoder's picture over WHEP")
        for _ in range(60):
            if NAMES["dc-vinh-o"] in (await wall.evaluate(desk.SEEN))["pictures"]:
                break
            await asyncio.sleep(0.5)
        else:
            raise AssertionError("the wall does not see the encoder")

        assert (await stranger.ask("POST", f"/whip/{sitting}", "v=0"))[0] == 401
        assert (await http.ask("POST", f"/whip/{sitting}", "v=0"))[0] == 400
        assert (await http.ask("POST", f"/whip/{sitting}", "v=0", "text/plain"))[0] == 400
        assert (await http.ask("POST", "/whip/no-such-sitting", "v=0"))[0] in (403, 404)
        assert (await http.ask("DELETE", f"/whip/{sitting}/dc-tinh"))[0] == 403
        assert (await http.ask("POST", f"/whep/{sitting}", await both.offer()))[0] == 403
        for path in (place, watching):
            assert (await http.ask("DELETE", path))[0] == 200
        await until(lambda: all(ear.still for ear in screen.pictures), what="the end of the picture")
    finally:
        for peer in (sender, screen, both):
            await peer.close()
        for one in (http, stranger):
            await one.close()
