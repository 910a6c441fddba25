"""Minutes for a signing program that takes whole files (VGCA, as it was observed): handed over, fetched, brought back.

The program calls by itself, without cookies: what it may do lies in the address alone.
"""

from __future__ import annotations

from typing import cast

import msgspec
from aiohttp import BodyPartReader, web

from meetings.sitting.signatures import SignedField
from store.errors import Fault, Malformed, Refused

from .. import answers, bodies, faults
from ..guard import ANY, Call, Routes
from .minutes import FIELDS

routes = Routes()
PART = "uploadfile"  # as the program names it


@routes.add("POST", "/api/sittings/{sitting}/minutes/handover", "minutes.sign")
async def hand(call: Call) -> answers.Handover:
    """Raises Refused `vgca-off` where the settings do not have it."""
    asked = await call.body(bodies.BeginSignature)
    if asked.field not in FIELDS:
        raise Malformed("body", reason="field")
    given = (call.who, call.param("sitting"), cast("SignedField", asked.field), asked.based_on)
    await call.office.signatures.may(*given)
    if not call.office.settings.vgca:
        raise Refused("vgca-off")
    made = await call.office.handovers.hand(*given)
    base = f"https://{call.request.host}/handover"
    return answers.Handover(
        f"{base}/{made.fetch}/{made.name}", f"{base}/{made.bring}", made.bring, made.symbol, made.day, made.until
    )  # fmt: skip


@routes.add("GET", "/handover/{token}/{name}", "page.see", program=ANY)
async def fetch(call: Call) -> web.Response:
    body, sha256 = await call.office.handovers.fetch(call.param("token"))
    return web.Response(
        body=body, content_type="application/pdf", headers={"Cache-Control": "no-store", "ETag": f'"{sha256}"'}
    )


@routes.add("POST", "/handover/{token}", "page.see", program=ANY)
async def bring(call: Call) -> web.Response:
    """Answers as the program expects: JSON with Status true or false."""
    token = call.param("token")
    try:
        await call.office.handovers.bring(token, await _part(call, await call.office.handovers.largest(token)))
    except Fault as fault:
        told = faults.refusal(fault, call.locale)
        return _told(False, told.text, faults.status_of(fault))
    return _told(True, "", 200)


async def _part(call: Call, largest: int) -> bytes:
    """The file among the parts of the body. Raises Malformed, Refused `too-large`."""
    if call.request.content_type != "multipart/form-data":
        raise Malformed("body", reason="multipart/form-data")
    try:
        async for part in await call.request.multipart():
            if not isinstance(part, BodyPartReader) or part.name != PART:
                continue
            data = bytearray()
            while chunk := await part.read_chunk(1 << 16):
                data += chunk
                if len(data) > largest:
                    raise Refused("too-large", limit=largest // 1_000_000)
            return bytes(data)
    except (ValueError, AssertionError) as error:
        raise Malformed("body", reason="multipart/form-data") from error
    raise Malformed("body", reason=PART)


def _told(done: bool, message: str, status: int) -> web.Response:
    told = {"Status": done, "Message": message, "FileName": "", "FileServer": ""}
    return web.Response(body=msgspec.json.encode(told), content_type="application/json", status=status)
