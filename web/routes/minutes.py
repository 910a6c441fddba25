"""Minutes: text, number, signing, the file; and the public check of any signed file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Literal, cast

from meetings.sitting import narrative
from meetings.sitting.minute_book import Checked
from store.errors import Malformed, Refused, Unavailable

from .. import bodies, links
from ..guard import Call, Routes

routes = Routes()

LARGEST_CHECKED = 50 * 1_000_000
SignedField = Literal["secretary", "chair", "seal"]
FIELDS = ("secretary", "chair", "seal")
MOST_WAITING = 16
_public, _waiting = asyncio.Semaphore(1), 0


@routes.add("GET", "/api/sittings/{sitting}/minutes", "minutes.read")
async def read(call: Call) -> bodies.Minutes:
    text, version = await call.office.minutes.text(call.who, call.param("sitting"))
    return bodies.Minutes(version, text)


@routes.add("PUT", "/api/sittings/{sitting}/minutes", "minutes.edit")
async def save(call: Call) -> bodies.Minutes:
    asked = await call.body(bodies.SaveMinutesText)
    written = narrative.tidied(asked.text)
    version = await call.office.minutes.save(call.who, call.param("sitting"), written, asked.based_on)
    return bodies.Minutes(version, written)


@routes.add("POST", "/api/sittings/{sitting}/minutes/number", "minutes.number")
async def number(call: Call) -> None:
    await call.office.minutes.number(call.who, call.param("sitting"))


@routes.add("GET", "/api/sittings/{sitting}/minutes/file", "minutes.see")
async def file(call: Call) -> bodies.Link:
    """A short-lived address of the newest file."""
    sha256, name = await call.office.minutes.pdf(call.who, call.param("sitting"))
    return bodies.Link(links.make(call.office.link_key, sha256, name), sha256)


@routes.add("GET", "/api/sittings/{sitting}/minutes/signer", "minutes.sign")
async def signer(call: Call) -> bodies.Signer:
    """Is it my turn, for which field, and have I a certificate?"""
    field, serial = await call.office.minutes.signer(call.who, call.param("sitting"))
    return bodies.Signer(field or "", serial)


def _field(value: str) -> SignedField:
    if value not in FIELDS:
        raise Malformed("body", reason="field")
    return cast("SignedField", value)


@routes.add("POST", "/api/sittings/{sitting}/minutes/certificate", "minutes.sign")
async def make_certificate(call: Call) -> None:
    """The holder's first key, under a passphrase only they know."""
    asked = await call.body(bodies.NewCertificate)
    await call.office.minutes.make_certificate(call.who, call.param("sitting"), _field(asked.field), asked.passphrase)


@routes.add("POST", "/api/sittings/{sitting}/minutes/signature", "minutes.sign")
async def sign(call: Call) -> None:
    asked = await call.body(bodies.Sign)
    await call.office.minutes.sign(
        call.who, call.param("sitting"), _field(asked.field), asked.based_on, asked.passphrase
    )


# ── the public check ──


@contextlib.asynccontextmanager
async def _one_at_a_time() -> AsyncIterator[None]:
    """Anyone may ask for a check, and each takes a worker of the workshop: so the public has one, and a short queue.
    Raises Unavailable `busy-checking`."""
    global _waiting
    if _waiting >= MOST_WAITING:
        raise Unavailable("busy-checking")
    _waiting += 1
    try:
        async with _public:
            yield
    finally:
        _waiting -= 1


@routes.add("POST", "/api/verify", "signature.verify")
async def verify(call: Call) -> bodies.Checked:
    """The body is the file."""
    data = bytearray()
    async for chunk in call.request.content.iter_chunked(256 * 1024):
        data += chunk
        if len(data) > LARGEST_CHECKED:
            raise Refused("too-large", limit=LARGEST_CHECKED // 1_000_000)
    async with _one_at_a_time():
        return _told(await call.office.minutes.check(bytes(data)))


@routes.add("GET", "/api/verify/{code}", "signature.verify")
async def verify_code(call: Call) -> bodies.Checked:
    async with _one_at_a_time():
        return _told(await call.office.minutes.check_code(call.param("code")))


def _told(checked: Checked) -> bodies.Checked:
    report = checked.report
    signatures = tuple(
        bodies.CheckedSignature(s.field, s.signer, s.organization, s.title, s.at, s.state, s.reason)
        for s in report.signatures
    )
    return bodies.Checked(
        report.state, report.reason, signatures, report.sha256, checked.journal, checked.symbol, checked.subject,
        checked.agency,
    )  # fmt: skip
