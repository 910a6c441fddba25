"""Sites that join as any room's browser does: a channel opened with a credential, the sitting watched, an offer that is
answered; then real ICE, DTLS and SRTP, with pictures and sound encoded beforehand."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import aiohttp
import msgspec

from meetings.load.peer import Peer
from store.errors import Unavailable

from .. import wire
from .node import Node

ANSWER_S = 20


class Sites:
    """`join` is what a crowd asks for. Channels stay open until `close`."""

    def __init__(self, node: Node, http: aiohttp.ClientSession) -> None:
        self._node, self._http = node, http
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, number: int, peer: Peer) -> None:
        """Site NUMBER, from 0. Raises Unavailable."""
        base = self._node.base
        socket = await self._http.ws_connect(f"{base}/channel", origin=base, max_msg_size=0)
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._tasks.append(asyncio.create_task(self._hear(socket, peer, answered)))
        for message in (
            wire.Hello(wire.VERSION, self._node.credentials[number]),
            wire.Watch(self._node.sitting, 1_000_000),  # what there is to see, without what led to it
            wire.MediaOffer(str(number), self._node.sitting, peer.offer(), peer.mosaic),
        ):
            await socket.send_str(msgspec.json.encode(message).decode())
        try:
            await peer.connect(await asyncio.wait_for(answered, ANSWER_S))
        except TimeoutError:
            raise Unavailable("media-away") from None

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse, peer: Peer, answered: asyncio.Future[str]) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            told: dict[str, Any] = json.loads(message.data)
            if told["type"] == "media-answer" and not answered.done():
                answered.set_result(told["sdp"])
            elif told["type"] == "media-wanted" and told["name"] == "video":
                peer.top = max(0, told["top"])  # as browsers do: the smallest layer is always sent
            elif told["type"] == "refused" and not answered.done():
                answered.set_exception(Unavailable(told["code"]))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError):
                await task
