"""Agents: paired by their person in the browser, then asking for what waits for that person's token (docs/agent.md)."""

from __future__ import annotations

import asyncio

from aiohttp import web

from meetings.signatories.agents import Paired, Pairing
from meetings.signatories.records import Agent
from meetings.sitting.signatures import Job

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()
WAIT_S, LOOK_S = 25.0, 1.0  # an agent's question stays open so long, and is looked at so often


@routes.add("GET", "/api/agents", "signature.keep")
async def mine(call: Call) -> list[Agent]:
    return await call.office.agents.mine(call.who)


@routes.add("POST", "/api/agents/code", "signature.keep")
async def invite(call: Call) -> Pairing:
    """A code that pairs one agent with me."""
    await call.office.accounts.confirm(call.who, (await call.body(bodies.Confirmed)).password, call.source)
    return await call.office.agents.invite(call.who)


@routes.add("DELETE", "/api/agents/{agent}", "signature.keep")
async def end(call: Call) -> None:
    await call.office.agents.end(call.who, call.param("agent"))


@routes.add("POST", "/api/agents/pairing", "agent.pair", program="application/json")
async def pair(call: Call) -> Paired:
    """Guesses are throttled."""
    asked = await call.body(bodies.PairAgent)
    return await call.office.agents.pair(asked.code, asked.name, call.source)


@routes.add("GET", "/api/agent", "agent.serve")
async def itself(call: Call) -> answers.AgentSelf:
    told, held = await call.office.kits.person(call.who.id), await call.office.kits.own_tokens(call.who.id)
    return answers.AgentSelf(call.who.id, told.name, call.who.name, held)


@routes.add("POST", "/api/agent/certificates", "agent.serve")
async def offer(call: Call) -> None:
    """Those in the token: the holder's own among them is the one they sign with from now on."""
    asked = await call.body(bodies.TokenCertificates)
    await call.office.kits.accept(call.who.id, [(one.certificate, one.proof) for one in asked.certificates])


@routes.add("POST", "/api/agent/key", "agent.serve")
async def certify(call: Call) -> answers.TokenCertificate:
    """A certificate of our own authority for a key made in the token."""
    asked = await call.body(bodies.TokenKey)
    await call.office.agents.demand_new(call.who)
    return answers.TokenCertificate(await call.office.kits.certify(call.who.id, asked.public, asked.proof))


@routes.add("GET", "/api/agent/job", "agent.serve")
async def job(call: Call) -> Job | None:
    """What waits for my person's token; the answer comes when there is something, or empty after a while."""
    until = asyncio.get_running_loop().time() + WAIT_S
    while True:
        found = await call.office.signatures.job(call.who.id)
        if found is not None or asyncio.get_running_loop().time() >= until:
            return found
        await asyncio.sleep(LOOK_S)


@routes.add("GET", "/api/agent/jobs/{step}/file", "agent.serve")
async def file(call: Call) -> web.Response:
    """The prepared file, whose digest is to be signed."""
    body = await call.office.signatures.prepared(call.who.id, call.param("step"))
    return web.Response(body=body, content_type="application/pdf")


@routes.add("POST", "/api/agent/jobs/{step}/signature", "agent.serve")
async def give(call: Call) -> None:
    asked = await call.body(bodies.GivenSignature)
    await call.office.signatures.give(call.who.id, call.param("step"), asked.signature)


@routes.add("POST", "/api/agent/jobs/{step}/refusal", "agent.serve")
async def decline(call: Call) -> None:
    await call.office.signatures.decline(call.who.id, call.param("step"))
