"""The agent: on a member's own machine, beside their token. It dials out to the server, is told what waits for this
member's signature, looks for itself whether that is what it says, asks for the PIN, and sends the signature back.

The page never speaks to it: tablets sign this way too, while the agent runs on the member's PC. It trusts the server
with nothing but the journey: what a token signs is read first (signing/attributes.py), byte for byte.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec

from meetings.signatories.agents import Paired
from meetings.signatories.kit import proof_text
from meetings.sitting.signatures import Job
from signing import algorithms, attributes, revisions
from signing.tokens import Token
from store.errors import Denied, Fault, Refused, Unavailable
from store.files import write_durably
from store.world import System

from . import answers

T = TypeVar("T")

TRIES = 3  # at a PIN, for one signature: most tokens lock at five or ten
WAIT = aiohttp.ClientTimeout(total=60)
LARGEST = 600 * 1024 * 1024
AGAIN_S = 5.0


class Settled(msgspec.Struct, frozen=True):
    """What an agent keeps between its starts: where, with which token; `ca`: PEM of the server's authority, "" for the
    system's own; `token`: what the server knows it by."""

    server: str
    token: str
    name: str
    module: str
    label: str = ""
    ca: str = ""


def read(path: Path) -> Settled:
    """Raises Refused `agent-unpaired`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settled)
    except (OSError, msgspec.DecodeError) as error:
        raise Refused("agent-unpaired") from error


def write(path: Path, settled: Settled) -> None:
    write_durably(path, msgspec.json.format(msgspec.json.encode(settled)), private=True)


class Server:
    """The server as its agent knows it."""

    def __init__(self, base: str, ca: str, token: str = "") -> None:
        self._base = base.rstrip("/")
        self._tls = ssl.create_default_context(cadata=ca or None)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        """Raises Refused or Denied in the server's own words, Unavailable `server-away`."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=WAIT, headers=self._headers)
        try:
            request = self._session.request(
                method, self._base + path, json=body, ssl=self._tls, allow_redirects=False
            )  # fmt: skip
            async with request as answer:
                data = bytearray()
                async for chunk in answer.content.iter_any():
                    data += chunk
                    if len(data) > LARGEST:
                        raise Unavailable("server-away", reason="size")
                if answer.status >= 300:
                    raise _fault(answer.status, bytes(data))
                return bytes(data)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("server-away", reason=type(error).__name__) from error

    async def pair(self, code: str, name: str) -> Paired:
        answer = await self._ask("POST", "/api/agents/pairing", {"code": code, "name": name})
        return msgspec.json.decode(answer, type=Paired)

    async def itself(self) -> answers.AgentSelf:
        return msgspec.json.decode(await self._ask("GET", "/api/agent"), type=answers.AgentSelf)

    async def offer(self, certificates: list[tuple[bytes, bytes]]) -> None:
        held = [
            {"certificate": base64.b64encode(der).decode(), "proof": base64.b64encode(proof).decode()}
            for der, proof in certificates
        ]
        await self._ask("POST", "/api/agent/certificates", {"certificates": held})

    async def certify(self, public: bytes, proof: bytes) -> bytes:
        given = {"public": base64.b64encode(public).decode(), "proof": base64.b64encode(proof).decode()}
        answer = await self._ask("POST", "/api/agent/key", given)
        return msgspec.json.decode(answer, type=answers.TokenCertificate).certificate

    async def job(self) -> Job | None:
        answer = await self._ask("GET", "/api/agent/job")
        return msgspec.json.decode(answer, type=Job) if answer else None

    async def file(self, step: str) -> bytes:
        return await self._ask("GET", f"/api/agent/jobs/{step}/file")

    async def give(self, step: str, signature: bytes) -> None:
        given = {"signature": base64.b64encode(signature).decode()}
        await self._ask("POST", f"/api/agent/jobs/{step}/signature", given)

    async def decline(self, step: str) -> None:
        await self._ask("POST", f"/api/agent/jobs/{step}/refusal", {})


def _fault(status: int, data: bytes) -> Fault:
    """The server's refusal, as one of ours."""
    try:
        told = msgspec.json.decode(data)
        code, params = str(told["code"]), dict(told.get("params") or {})
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        code, params = "server-away", {"reason": str(status)}
    return (Denied if status in (401, 403) else Refused)(code, **params)


class Agent:
    """`ask`: shows a job and asks for the PIN, "" for no; `say`: a code of what happened, with what fills its words."""

    def __init__(
        self, server: Server, token: Token, ask: Callable[[Job], str], say: Callable[..., None]
    ) -> None:  # fmt: skip
        self._server = server
        self._token = token
        self._ask = ask
        self._say = say

    async def make_key(self, pin: str) -> None:
        """A new key in the token, and a certificate of the server's own authority for it."""
        told = await self._server.itself()
        name = System().random(8)
        public = await asyncio.to_thread(self._token.new_key, pin, name)
        proof = await asyncio.to_thread(self._token.sign_by_name, name, pin, proof_text(told.person, public))
        certificate = await self._server.certify(public, proof)
        await asyncio.to_thread(self._token.keep, certificate, pin, name)

    async def present(self, pin: Callable[[], str]) -> str:
        """Make the token's certificates known, unless one of them is already; the member's name. PIN is asked for once,
        to show that their keys are there."""
        told = await self._server.itself()
        held = await asyncio.to_thread(self._token.certificates)
        if not set(told.certificates) & set(held):
            word = await asyncio.to_thread(pin)
            offered = [(der, await self._proof(told.person, der, word)) for der in held]
            await self._server.offer([(der, proof) for der, proof in offered if proof])
        return told.name

    async def _proof(self, person: str, der: bytes, pin: str) -> bytes:
        """That the key of a certificate is there; nothing for one whose is not, as of an authority above. Raises
        Refused `pin-wrong`, `pin-locked`."""
        try:
            scheme, text = algorithms.scheme_of_certificate(der), proof_text(person, der)
            return await asyncio.to_thread(self._token.sign, der, pin, text, scheme)
        except Refused as refusal:
            if refusal.code in ("pin-wrong", "pin-locked"):
                raise
            return b""

    async def serve(self) -> None:
        """Until it is ended, or cut off (Denied)."""
        while True:
            try:
                job = await self._server.job()
                if job is not None:
                    await self.handle(job)
            except Unavailable as fault:
                self._say(f"refused.{fault.code}", **fault.params)
                await asyncio.sleep(AGAIN_S)
            except Refused as refusal:
                self._say(f"refused.{refusal.code}", **refusal.params)

    async def handle(self, job: Job) -> None:
        """One job: looked at, shown, signed or declined."""
        prepared = await self._server.file(job.step)
        try:
            digest = attributes.digest_in(job.attributes, job.certificate)
            hole = (job.start, job.end)
            if not attributes.is_over(digest, job.digest, prepared, hole, job.shown, job.size):
                raise Refused("attributes-strange")
            if not await asyncio.to_thread(revisions.fills, prepared, job.size, job.field, hole):
                raise Refused("attributes-strange")  # what comes behind could paint over what was shown
        except Refused:
            await self._server.decline(job.step)
            raise
        signature = await self._signature(job)
        if signature is None:
            await self._server.decline(job.step)
            self._say("agent.declined")
            return
        await self._server.give(job.step, signature)
        self._say("agent.signed", symbol=job.symbol)

    async def _signature(self, job: Job) -> bytes | None:
        scheme = algorithms.scheme_of_certificate(job.certificate)
        for left in range(TRIES - 1, -1, -1):
            pin = await asyncio.to_thread(self._ask, job)
            if not pin:
                return None
            try:
                return await asyncio.to_thread(self._token.sign, job.certificate, pin, job.attributes, scheme)
            except Refused as refusal:
                if refusal.code != "pin-wrong" or not left:
                    with contextlib.suppress(Fault):
                        await self._server.decline(job.step)
                    raise
                self._say("agent.pin-wrong", left=left)
        return None
