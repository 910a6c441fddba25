"""web.routes.timestamps, web.stamper, web.guard: other programs get timestamps here; and this node gets them elsewhere
where the settings say so."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from aiohttp import web
from asn1crypto import core, tsp

from signing import timestamp
from store.errors import Unavailable
from web.stamper import LARGEST, Stamper

from ..conftest import absent
from ..kit.node import Node, free_port

QUERY = {"Content-Type": "application/timestamp-query"}
DIGEST = hashlib.sha256(b"a report").digest()
NONE = {"Origin": ""}


async def test_a_program_gets_a_token_without_an_account(node: Node) -> None:
    anyone = await node.browser()
    answer = await anyone.ask("POST", "/timestamp", data=timestamp.request(DIGEST, 5), headers=QUERY | NONE)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/timestamp-reply")
    assert timestamp.granted(answer.data, DIGEST, 5)
    for junk in (b"", b"\x30\x80", b"{}", bytes(4096)):
        answer = await anyone.ask("POST", "/timestamp", data=junk, headers=QUERY | NONE)
        assert answer.status == 200
        status = tsp.PKIStatusInfo.load(core.Sequence.load(answer.data)[0].dump())
        assert status["status"].native == "rejection"
    large = await anyone.ask("POST", "/timestamp", data=bytes(4097), headers=QUERY | NONE)
    assert large.status == 413


async def test_openssl_accepts_what_it_gets(node: Node, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        absent("openssl is not installed")
    (tmp_path / "report").write_bytes(b"a report")
    anyone = await node.browser()
    (tmp_path / "ca.pem").write_bytes((await anyone.get("/signing.pem")).data)

    def openssl(*words: str) -> str:
        done = subprocess.run(["openssl", "ts", *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    openssl("-query", "-data", "report", "-sha256", "-cert", "-out", "q")
    answer = await anyone.ask("POST", "/timestamp", data=(tmp_path / "q").read_bytes(), headers=QUERY | NONE)
    (tmp_path / "r").write_bytes(answer.data)
    told = openssl("-verify", "-data", "report", "-in", "r", "-CAfile", "ca.pem", "-untrusted", "ca.pem")
    assert "Verification: OK" in told, told


async def test_pages_of_others_cannot_ask_and_no_other_route_is_opened(node: Node) -> None:
    """Only this route, only this kind of body, and only what no page sends."""
    anyone, request = await node.browser(), timestamp.request(DIGEST, 5)
    for headers in (QUERY | {"Origin": "https://elsewhere.example"}, {"Content-Type": "text/plain"} | NONE, NONE):
        assert (await anyone.ask("POST", "/timestamp", data=request, headers=headers)).status == 403
    chair = await node.signed_in("chair")
    assert (await chair.ask("POST", "/api/session/end", data=b"{}", headers=QUERY | NONE)).status in (403, 404)
    assert (await chair.ask("PUT", "/api/phone", data=b"{}", headers=QUERY | NONE)).status in (403, 404, 405)


async def serving(receiver: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(receiver)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def test_an_authority_elsewhere_is_asked_over_http(node: Node) -> None:
    """Found, refused, too long, somewhere else: only a token over what was sent is one."""
    hows = iter(("good", "long", "broken", "moved"))

    async def answer(request: web.Request) -> web.Response:
        assert request.content_type == "application/timestamp-query"
        how = next(hows)
        if how == "long":
            return web.Response(body=bytes(LARGEST + 1))
        if how == "moved":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        if how == "broken":
            return web.Response(status=500)
        return web.Response(body=await node.office.signing.answer_timestamp(await request.read()))

    application, port = web.Application(), free_port()
    application.router.add_post("/tsa", answer)
    runner = await serving(application, port)
    stamper = Stamper(f"http://127.0.0.1:{port}/tsa")
    try:
        assert timestamp.granted(await stamper.ask(timestamp.request(DIGEST, 3)), DIGEST, 3)
        for _ in ("long", "broken"):
            with pytest.raises(ConnectionError):
                await stamper.ask(timestamp.request(DIGEST, 3))
        with pytest.raises(Unavailable, match="timestamp-away"):
            timestamp.granted(await stamper.ask(timestamp.request(DIGEST, 3)), DIGEST, 3)
    finally:
        await runner.cleanup()
    with pytest.raises(ConnectionError):
        await stamper.ask(timestamp.request(DIGEST, 3))
    await stamper.close()
