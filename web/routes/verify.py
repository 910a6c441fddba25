"""The public check of any signed file, and of the file a printed code stands for."""

from __future__ import annotations

import asyncio
import base64
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from meetings.sitting.minute_book import Checked
from signing.authority import organization_of
from store.errors import Refused

from .. import answers
from ..guard import Call, Routes

routes = Routes()

LARGEST_CHECKED = 50 * 1_000_000


@routes.add("POST", "/api/verify", "signature.verify")
async def verify(call: Call) -> answers.Checked:
    """The body is the file. It waits on disk for its turn."""
    queue = call.office.checks
    with queue.place(call.source), tempfile.TemporaryFile() as file:
        size = 0
        async for chunk in call.chunks():
            size += len(chunk)
            if size > LARGEST_CHECKED:
                raise Refused("too-large", limit=LARGEST_CHECKED // 1_000_000)
            await asyncio.to_thread(file.write, chunk)
        async with queue.turn:
            file.seek(0)
            return _told(await call.office.minutes.check(await asyncio.to_thread(file.read)))


@routes.add("GET", "/api/verify/{code}", "signature.verify")
async def verify_code(call: Call) -> answers.Checked:
    queue = call.office.checks
    with queue.place(call.source):
        async with queue.turn:
            return _told(await call.office.minutes.check_code(call.param("code")))


@routes.add("GET", "/api/paper-keys", "signature.verify")
async def paper_keys(call: Call) -> list[answers.PaperKey]:
    """Which keys sign the codes on paper here: kept by a telephone, they prove one without a network."""
    return [_key(one) for one in await call.office.signing.node_certificates()]


def _key(one: x509.Certificate) -> answers.PaperKey:
    spki = one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    begins, ends = (int(at.timestamp() * 1000) for at in (one.not_valid_before_utc, one.not_valid_after_utc))
    return answers.PaperKey(base64.b64encode(spki).decode(), organization_of(one), begins, ends)


def _told(checked: Checked) -> answers.Checked:
    report = checked.report
    return answers.Checked(
        report.state, report.reason, report.signatures, report.stamps, report.revisions, report.until, report.sha256,
        checked.journal, checked.symbol, checked.subject, checked.agency, checked.lines, checked.digest,
    )  # fmt: skip
