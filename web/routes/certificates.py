"""Certificates of this node, as a technician sees them: names, dates, what to do."""

from __future__ import annotations

from .. import answers
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/certificates", "certificate.see")
async def certificates(call: Call) -> list[answers.CertificateRow]:
    return call.office.certificates()
