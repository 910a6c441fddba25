"""A stand-in for the signing program that officials use (VGCA Sign Service), which behaves as that was observed: on the
signer's own machine, one JSON message in over a WebSocket, one string out; in between it fetches the file and brings it
back itself, as multipart, without anybody's cookies."""

from __future__ import annotations

import contextlib
import hashlib
import io
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from documents import pictures
from signing import algorithms, pades, timestamp
from signing.authority import Holder
from store.world import VIETNAM

from .authority import FONTS, Office

PORT = 8987


class Program:
    """`field`: which it signs ("" for the one it is told). `change`: what it does to the file it brings back."""

    def __init__(self, office: Office, holder: Holder, trust: ssl.SSLContext) -> None:
        self.office, self.holder, self.trust = office, holder, trust
        self.field = ""
        self.change: Callable[[bytes], bytes] = lambda data: data
        self.stamped = True
        self.asked: list[dict[str, object]] = []
        self.brought: list[tuple[int, dict[str, object]]] = []

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        asked = msgspec.json.decode(await socket.receive_str())
        self.asked.append(asked)
        _, told = await self.act(asked)
        reply = {"Status": 0 if told.get("Status") else 1, "Message": told.get("Message", "")}
        await socket.send_str(msgspec.json.encode(reply).decode())
        await socket.close()
        return socket

    async def act(self, asked: dict[str, object]) -> tuple[int, dict[str, object]]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self.trust)) as http:
            async with http.get(str(asked["FileName"])) as answer:
                data = await answer.read()
                if answer.status != 200:
                    return answer.status, {}
            form = aiohttp.FormData()
            signed = self.change(await self.signed(data, self.field or _field(asked)))
            form.add_field("uploadfile", signed, filename="signed.pdf", content_type="application/pdf")
            async with http.post(str(asked["FileUploadHandler"]), data=form) as answer:
                told = msgspec.json.decode(await answer.read())
                self.brought.append((answer.status, told))
                return answer.status, told

    async def signed(self, data: bytes, field: str) -> bytes:
        file, who, now = io.BytesIO(data), self.office.signatory(self.holder), datetime.now(UTC).replace(microsecond=0)
        picture = pictures.signature("Ký bằng phần mềm", FONTS)
        first = b"/DocMDP" not in data
        pending = await pades.prepare(file, field, who, picture, now.astimezone(VIETNAM), first=first, stamp=8192)
        signature = algorithms.scheme_of(self.holder.key.public_key()).sign(self.holder.key, pending.attributes)
        token = b""
        if self.stamped:
            held = self.office.authority
            digest = hashlib.sha256(signature).digest()
            token = bytes((await timestamp.token(held.timestamp, held.chain, digest, now, 9)).dump())
        await pades.embed(file, pending, who, signature, token)
        return file.getvalue()


def _field(asked: dict[str, object]) -> str:
    data = asked["MetaData"]
    assert isinstance(data, list)
    return str(next(one["Value"] for one in data if one["Key"] == "field"))


@contextlib.asynccontextmanager
async def running(program: Program, certificate: Path, key: Path) -> AsyncIterator[Program]:
    """On the signer's own machine, at the port it has there."""
    application = web.Application()
    application.router.add_get("/{act}", program.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    await web.TCPSite(runner, "127.0.0.1", PORT, ssl_context=context).start()
    try:
        yield program
    finally:
        await runner.cleanup()
