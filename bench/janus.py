"""Debian's Janus beside the relay in one bench: started for the run, one room, spoken to over its REST."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from meetings.load.peer import Peer

HOW = "Janus is absent. On Debian: apt install --no-install-recommends janus"
ROOM = 7
MAIN = """
general: {{ debug_level = 1, event_loops = 1, server_name = "bench" }}
nat: {{ ice_lite = true, ice_enforce_list = "{host}" }}
media: {{ rtp_port_range = "20000-40000" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
loggers: {{ disable = "libjanus_jsonlog.so" }}
events: {{ broadcast = false }}
"""
HTTP = (
    'general: {{ json = "compact", base_path = "/janus", http = true, port = {port}, ip = "127.0.0.1", https = false }}'
)
OTHERS = (
    "audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming", "textroom", "videocall",
    "voicemail",
)  # fmt: skip
PUBLISHING = {
    "request": "create", "room": ROOM, "publishers": 3, "bitrate": 20_000_000, "audiocodec": "opus",
    "videocodec": "vp8", "bitrate_cap": False, "fir_freq": 0, "require_pvtid": False, "videoorient_ext": False,
    "transport_wide_cc_ext": False,
}  # fmt: skip


@contextlib.asynccontextmanager
async def running(host: str, port: int, pin: list[str]) -> AsyncIterator[int]:
    """A Janus with one event loop, its REST on loopback PORT; yields its process id."""
    folder = Path(tempfile.mkdtemp(prefix="bacap-janus-"))
    plugins = ",".join(f"libjanus_{name}.so" for name in OTHERS)
    transports = ",".join(f"libjanus_{name}.so" for name in ("mqtt", "nanomsg", "pfunix", "rabbitmq", "websockets"))
    main = MAIN.format(host=host, plugins=plugins, transports=transports)
    (folder / "janus.jcfg").write_text(main)
    (folder / "janus.transport.http.jcfg").write_text(HTTP.format(port=port))
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
    with (folder / "log").open("w") as log:
        words = [*pin, "janus", "-F", str(folder), "-o"]
        process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)
    try:
        async with aiohttp.ClientSession() as http:
            for _ in range(100):
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"http://127.0.0.1:{port}/janus/info") as answer:
                        if answer.status == 200:
                            break
                await asyncio.sleep(0.1)
            else:
                raise RuntimeError((folder / "log").read_text()[-2000:])
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


class Door:
    """How peers get in: the first creates the room and publishes, the others watch it."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/janus"
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._feed = 0
        self._stays: list[asyncio.Task[None]] = []

    async def close(self) -> None:
        for task in self._stays:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._http.close()

    async def join(self, number: int, peer: Peer) -> None:
        session = await self._post("", janus="create")
        path = f"/{session['data']['id']}"
        handle = await self._post(path, janus="attach", plugin="janus.plugin.videoroom")
        plugin = f"{path}/{handle['data']['id']}"
        self._stays.append(asyncio.create_task(self._stay(path)))
        if peer.voice is not None:
            await self._post(plugin, janus="message", body=PUBLISHING)
            await self._post(plugin, janus="message", body={"request": "join", "ptype": "publisher", "room": ROOM})
            self._feed = (await self._event(path))["plugindata"]["data"]["id"]
            offer = {"type": "offer", "sdp": peer.offer()}
            await self._post(plugin, janus="message", body={"request": "publish"}, jsep=offer)
            await peer.connect((await self._event(path))["jsep"]["sdp"])
            return
        watch = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": self._feed}]}
        await self._post(plugin, janus="message", body=watch)
        offered = (await self._event(path))["jsep"]["sdp"]
        answer = {"type": "answer", "sdp": peer.answer(offered)}
        await self._post(plugin, janus="message", body={"request": "start"}, jsep=answer)
        await peer.connect(offered)

    async def _post(self, path: str, **body: Any) -> Any:
        async with self._http.post(self._base + path, json=body | {"transaction": secrets.token_hex(6)}) as answer:
            return await answer.json()

    async def _event(self, path: str) -> Any:
        while True:
            async with self._http.get(f"{self._base}{path}?maxev=1") as answer:
                event = await answer.json()
            if event.get("janus") == "event":
                if "error" in event.get("plugindata", {}).get("data", {}):
                    raise RuntimeError(event)
                return event

    async def _stay(self, path: str) -> None:
        while True:
            await asyncio.sleep(25)
            await self._post(path, janus="keepalive")
