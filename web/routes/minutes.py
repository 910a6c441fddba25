"""Minutes: text, number, signing, the file."""

from __future__ import annotations

from typing import cast

import msgspec
from aiohttp import web

from meetings.sitting import narrative
from meetings.sitting.signatures import SignedField, Turn
from store.errors import Malformed

from .. import answers, bodies, links
from ..guard import Call, Routes

routes = Routes()

FIELDS = ("secretary", "chair", "seal")


@routes.add("GET", "/api/sittings/{sitting}/minutes", "minutes.comment")
async def read(call: Call) -> answers.Minutes:
    """For who writes it; and for who was there, while it is open to comments."""
    text, version = await call.office.minutes.text(call.who, call.param("sitting"))
    return answers.Minutes(version, text)


@routes.add("PUT", "/api/sittings/{sitting}/minutes", "minutes.edit")
async def save(call: Call) -> answers.Minutes:
    asked = await call.body(bodies.SaveMinutesText)
    written = narrative.tidied(asked.text)
    version = await call.office.minutes.save(call.who, call.param("sitting"), written, asked.based_on)
    return answers.Minutes(version, written)


@routes.add("POST", "/api/sittings/{sitting}/minutes/number", "minutes.number")
async def number(call: Call) -> None:
    asked = await call.body(bodies.NumberMinutes) if call.request.can_read_body else bodies.NumberMinutes()
    await call.office.minutes.number(call.who, call.param("sitting"), asked.signer)


@routes.add("GET", "/api/sittings/{sitting}/minutes/file", "minutes.see")
async def file(call: Call) -> answers.Link:
    """A short-lived address of the newest file."""
    sha256, name = await call.office.minutes.pdf(call.who, call.param("sitting"))
    if call.request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":  # no link on another's page did it
        await call.office.circulation.opened(call.who, call.param("sitting"))
    return answers.Link(links.make(call.office.link_key, sha256, name), sha256)


@routes.add("GET", "/api/sittings/{sitting}/minutes/receipts.zip", "minutes.read")
async def receipts(call: Call) -> web.Response:
    """Who was sent the minutes, opened and confirmed them: each receipt signed, and the register that lists them."""
    body = await call.office.circulation.register(call.who, call.param("sitting"))
    headers = {"Content-Disposition": 'attachment; filename="bien-nhan.zip"'}
    return web.Response(body=body, content_type="application/zip", headers=headers)


@routes.add("GET", "/api/sittings/{sitting}/minutes/signer", "minutes.sign")
async def signer(call: Call) -> Turn:
    """Is it my turn, for which field, with which key, and does one wait already?"""
    turn = await call.office.signatures.turn(call.who, call.param("sitting"))
    if not (turn.field and call.office.settings.vgca) or turn.waits:
        return turn
    until = await call.office.handovers.until(call.who, call.param("sitting"))
    return msgspec.structs.replace(turn, whole=True, waits="program" if until else "", ends=until)


def _field(value: str) -> SignedField:
    if value not in FIELDS:
        raise Malformed("body", reason="field")
    return cast("SignedField", value)


@routes.add("POST", "/api/sittings/{sitting}/minutes/certificate", "minutes.sign")
async def make_certificate(call: Call) -> None:
    """The holder's first key, under a passphrase only they know."""
    asked, act = await call.body(bodies.NewCertificate), call.office.signatures.make_certificate
    await act(call.who, call.param("sitting"), _field(asked.field), asked.passphrase)


@routes.add("POST", "/api/sittings/{sitting}/minutes/signature", "minutes.sign")
async def sign(call: Call) -> None:
    asked, act = await call.body(bodies.Sign), call.office.signatures.sign
    await act(call.who, call.param("sitting"), _field(asked.field), asked.based_on, asked.passphrase)


@routes.add("POST", "/api/sittings/{sitting}/minutes/token", "minutes.sign")
async def ask_token(call: Call) -> Turn:
    """Ask my own token, through my agent; it has until `ends`."""
    asked, act = await call.body(bodies.BeginSignature), call.office.signatures.begin
    return await act(call.who, call.param("sitting"), _field(asked.field), asked.based_on)


@routes.add("DELETE", "/api/sittings/{sitting}/minutes/token", "minutes.sign")
async def withdraw(call: Call) -> None:
    """Nor to wait for a program that signs whole files."""
    await call.office.signatures.withdraw(call.who, call.param("sitting"))
    await call.office.handovers.withdraw(call.who, call.param("sitting"))


@routes.add("POST", "/api/sittings/{sitting}/minutes/refusal", "minutes.sign")
async def refuse(call: Call) -> None:
    """Not to sign, and why: the number is void, and the text goes back to the secretary."""
    asked, act = await call.body(bodies.RefuseSignature), call.office.signatures.refuse
    await act(call.who, call.param("sitting"), _field(asked.field), asked.based_on, asked.reason)
