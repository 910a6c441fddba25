"""Encoders over plain HTTP: who they are, what they may, and bodies however they come: web.routes.whip, web.guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.kit.committee import EAST
from tests.kit.node import Answer, Browser, Node
from tests.meetings.relay import offers
from web.guard import LARGEST_BODY

SDP = {"Content-Type": "application/sdp", "Origin": ""}
WATCHES = offers.small("m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=recvonly", "a=rtpmap:111 opus/48000/2")


async def ask(browser: Browser, method: str, path: str, token: str, body: object = WATCHES, **more: str) -> Answer:
    headers = SDP | {"Authorization": f"Bearer {token}" if token else ""} | more
    return await browser.ask(method, path, data=body, headers=headers)


async def test_who_has_no_credential_of_a_site_is_nobody(node: Node) -> None:
    room, browser = await node.opened(), await node.browser()
    for token in ("x" * 43, "", "   "):
        answer = await ask(browser, "POST", f"/whip/{room.sitting}", token)
        assert (answer.status, answer.code) in ((401, "site-unknown"), (403, "origin")), token


async def test_a_credential_borrows_nobodys_session_and_no_session_is_a_site(node: Node) -> None:
    room = await node.opened()
    chair, credential = await node.signed_in("chair"), await node.enrol("site-east")
    assert (await ask(chair, "GET", "/api/desk", credential, None)).status == 403
    refused = await chair.post(f"/whip/{room.sitting}", data=WATCHES, headers={"Content-Type": "application/sdp"})
    assert (refused.status, refused.code) == (403, "no-right")


async def test_a_revoked_site_is_out(node: Node) -> None:
    room, credential = await node.opened(), await node.enrol("site-east")
    await node.office.people.revoke_site(node.committee.who["technician"], "site-east")
    answer = await ask(await node.browser(), "POST", f"/whep/{room.sitting}", credential)
    assert (answer.status, answer.code) == (401, "site-unknown")


async def test_an_offer_comes_whole_in_however_many_pieces(node: Node) -> None:
    """No relay is behind this node: a whole offer gets as far as there, half of one is no offer."""
    room, credential, browser = await node.opened(), await node.enrol("site-east"), await node.browser()

    async def slowly(text: str) -> AsyncIterator[bytes]:
        for at in range(0, len(text), 40):
            yield text[at : at + 40].encode()
            await asyncio.sleep(0.01)

    answer = await ask(browser, "POST", f"/whep/{room.sitting}", credential, slowly(WATCHES))
    assert (answer.status, answer.code) == (503, "media-away")
    answer = await ask(browser, "POST", f"/whep/{room.sitting}", credential, slowly(WATCHES[:60]))
    assert (answer.status, answer.code) == (400, "sdp")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"v=0", "text/plain", 400, "sdp"),
        (b"\xff\xfe", "application/sdp", 400, "sdp"),
        (b"a" * (LARGEST_BODY + 1), "application/sdp", 413, "body-large"),
        (WATCHES.replace("recvonly", "sendonly"), "application/sdp", 403, "no-right"),
    ],
)
async def test_what_is_no_offer_to_watch_is_refused(
    node: Node, body: bytes | str, kind: str, status: int, code: str
) -> None:
    room, credential, browser = await node.opened(), await node.enrol("site-east"), await node.browser()
    answer = await ask(browser, "POST", f"/whep/{room.sitting}", credential, body, **{"Content-Type": kind})
    assert (answer.status, answer.code) == (status, code)


async def test_a_site_is_where_it_is_invited_and_ends_only_its_own(node: Node) -> None:
    room, credential = await node.opened(await node.planned(units=(EAST,))), await node.enrol("site-east")
    browser = await node.browser()
    uninvited = await node.enrol("site-west")
    answer = await ask(browser, "POST", f"/whip/{room.sitting}", uninvited)
    assert (answer.status, answer.code) == (422, "site-not-invited")
    assert (await ask(browser, "POST", "/whip/none", credential)).status == 404
    answer = await ask(browser, "DELETE", f"/whip/{room.sitting}/site-district", credential, None)
    assert (answer.status, answer.code) == (403, "no-right")
    for way in ("whip", "whep"):
        assert (await ask(browser, "DELETE", f"/{way}/{room.sitting}/site-east", credential, None)).status == 200
