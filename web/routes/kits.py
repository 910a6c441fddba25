"""What one signs with: certificates, requests, pictures; `me`, or a unit whose seal one keeps."""

from __future__ import annotations

from aiohttp import web

from documents.ink import LARGEST
from meetings.signatories.kit import Kit
from meetings.signatories.records import Picture

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/kits", "signature.keep")
async def mine(call: Call) -> list[Kit]:
    return await call.office.kits.mine(call.who)


@routes.add("POST", "/api/kits/{holder}/certificate", "signature.keep")
async def issue(call: Call) -> None:
    """By our own authority, with a key under a passphrase."""
    asked = await call.body(bodies.Passphrase)
    await call.office.accounts.confirm(call.who, asked.password, call.source)
    await call.office.kits.issue(call.who, call.param("holder"), asked.passphrase)


@routes.add("POST", "/api/kits/{holder}/pkcs12", "signature.keep")
async def bring(call: Call) -> None:
    """Key and certificate that one has from another authority."""
    asked = await call.body(bodies.Pkcs12)
    await call.office.accounts.confirm(call.who, asked.password, call.source)
    await call.office.kits.bring(call.who, call.param("holder"), asked.file, asked.opens, asked.passphrase)


@routes.add("POST", "/api/kits/{holder}/request", "signature.keep")
async def ask(call: Call) -> answers.CertificateRequest:
    """To another authority; its answer comes below."""
    asked = await call.body(bodies.Passphrase)
    await call.office.accounts.confirm(call.who, asked.password, call.source)
    return answers.CertificateRequest(await call.office.kits.ask(call.who, call.param("holder"), asked.passphrase))


@routes.add("POST", "/api/kits/{holder}/answer", "signature.keep")
async def answer(call: Call) -> None:
    await call.office.kits.answer(call.who, call.param("holder"), (await call.body(bodies.CertificateFile)).file)


@routes.add("POST", "/api/kits/{holder}/token", "signature.keep")
async def on_server(call: Call) -> None:
    """A seal's key in the node's own token."""
    await call.office.kits.on_server(call.who, call.param("holder"))


@routes.add("POST", "/api/kits/{holder}/end", "signature.keep")
async def give_up(call: Call) -> None:
    """Revoke the certificate, to have another."""
    asked = await call.body(bodies.GiveUp)
    await call.office.accounts.confirm(call.who, asked.password, call.source)
    await call.office.kits.give_up(call.who, call.param("holder"), asked.reason)


@routes.add("GET", "/api/kits/{holder}/picture.png", "signature.keep")
async def picture(call: Call) -> web.Response:
    """As it goes on a page."""
    return web.Response(body=await call.office.kits.shown(call.who, call.param("holder")), content_type="image/png")


@routes.add("POST", "/api/kits/{holder}/picture", "signature.keep")
async def put_picture(call: Call) -> Picture:
    """A scan or photograph; `mm` of the query: how wide a seal is."""
    data = bytes(await call.raw(LARGEST))
    return await call.office.kits.put_picture(call.who, call.param("holder"), data, call.number("mm"))


@routes.add("DELETE", "/api/kits/{holder}/picture", "signature.keep")
async def drop_picture(call: Call) -> None:
    await call.office.kits.drop_picture(call.who, call.param("holder"))
