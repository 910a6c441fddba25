"""A person's client without a browser: signs in, sends commands until they are acknowledged, keeps a fsynced ledger.

After any cut it connects again and sends the same command under the same id. It is what a browser's protocol.js does,
in the language of the tests, so that faults can be injected by the hundred.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
import secrets
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from .ledger import Ledger

RETRY_S = 0.05
TRIES = 8000  # of RETRY_S: more than six minutes


class Refused(Exception):
    """The node said no, with a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Client:
    def __init__(self, base: str, ca: Path, folder: Path, name: str) -> None:
        self._base = base
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(ca))),
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Origin": base},
            timeout=aiohttp.ClientTimeout(total=20),
        )  # fmt: skip
        self.ledger = Ledger(folder, name)
        self._ids = (f"k-{name}-{secrets.token_hex(4)}-{number}" for number in itertools.count(1))
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def close(self) -> None:
        if self.socket is not None:
            await self.socket.close()
        await self._http.close()
        self.ledger.close()

    @property
    def cookies(self) -> dict[str, str]:
        """By which a browser goes on as the same person."""
        return {cookie.key: cookie.value for cookie in self._http.cookie_jar}

    # ── HTTP ──

    async def call(self, method: str, path: str, body: Any = None, data: bytes | None = None) -> Any:
        """Until it is answered. Raises Refused."""
        for _ in range(TRIES):
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                given = {"data": io.BytesIO(data)} if data is not None else {"json": body} if body is not None else {}
                async with self._http.request(method, f"{self._base}{path}", **given) as answer:
                    raw = await answer.read()
                    if answer.status < 300:
                        return json.loads(raw) if raw else None
                    told = json.loads(raw)
                    if answer.status not in (500, 503):
                        raise Refused(told.get("code", str(answer.status)))
            await asyncio.sleep(RETRY_S)
        raise TimeoutError(path)

    async def sign_in(self, login: str, password: str, code: Callable[[], str]) -> None:
        """A code is good once: where its answer was lost, the next one is waited for."""
        while True:
            try:
                await self.call("POST", "/api/session", {"login": login, "password": password, "code": code()})
                return
            except Refused as refusal:
                if refusal.code not in ("code-wrong", "too-many-tries"):
                    raise
                await asyncio.sleep(1)

    # ── the channel ──

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        socket = await self._http.ws_connect(f"{self._base}/channel")
        await socket.send_json({"type": "hello", "v": 1, "site": ""})
        self.socket = socket
        return socket

    async def do(self, sitting: str, kind: str, **fields: Any) -> int:
        """A command, until it is acknowledged; returns its seq. Attempt and receipt are on disk. Raises Refused."""
        number = next(self._ids)
        message = {"type": "do", "id": number, "sitting": sitting, "seen": 0, "command": {"kind": kind, **fields}}
        self.ledger.attempt(number)
        for _ in range(TRIES):
            try:
                socket = self.socket if self.socket is not None and not self.socket.closed else await self._connect()
                await socket.send_json(message)
                answer = await self._answer(socket, number)
            except (aiohttp.ClientError, OSError, TimeoutError, ConnectionError):
                self.socket = None
                await asyncio.sleep(RETRY_S)
                continue
            if answer["type"] == "done":
                if answer["seq"]:
                    self.ledger.acknowledged(number, answer["seq"])
                return int(answer["seq"])
            if answer["code"] not in ("busy", "internal", "lease-lost", "store-busy"):
                raise Refused(answer["code"])
            await asyncio.sleep(RETRY_S)
        raise TimeoutError(kind)

    async def address(self, sitting: str) -> str:
        """Where the first paper of a sitting is fetched; good for a while."""
        socket = await self._connect()
        await socket.send_json({"type": "watch", "sitting": sitting, "after": 0})
        async with asyncio.timeout(10):
            async for message in socket:
                told = json.loads(message.data)
                if told["type"] == "told":
                    [paper, *_] = [one for item in told["parts"]["agenda"] for one in item["papers"]]
                    await socket.send_json({"type": "fetch", "id": "f", "sitting": sitting, "paper": paper["id"]})
                elif told["type"] == "fetched":
                    return str(told["url"])
        raise ConnectionError("the socket closed")

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, number: str) -> dict[str, Any]:
        async with asyncio.timeout(10):
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    told: dict[str, Any] = json.loads(message.data)
                    if told.get("id") == number and told["type"] in ("done", "refused"):
                        return told
        raise ConnectionError("the socket closed")
