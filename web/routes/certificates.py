"""Certificates of this node, of people and of seals: names, dates, what to do; and for everyone, what one has to know
to judge what was signed with them."""

from __future__ import annotations

from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding

from meetings.people.certificates import IssuedRow
from store.errors import Missing

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/certificates", "certificate.see")
async def certificates(call: Call) -> list[answers.CertificateRow]:
    return call.office.node_certificates()


@routes.add("GET", "/api/certificates/issued", "certificate.revoke")
async def issued(call: Call) -> list[IssuedRow]:
    """Of people and seals."""
    return await call.office.certificates.issued(call.who)


@routes.add("POST", "/api/certificates/{serial}/revocation", "certificate.revoke")
async def revoke(call: Call) -> None:
    reason = (await call.body(bodies.Reason)).reason
    await call.office.certificates.revoke(call.who, call.param("serial"), reason)


@routes.add("GET", "/signing.pem", "page.see")
async def authority(call: Call) -> web.Response:
    """The authority's certificates, for `bacap verify --trust` and other programs."""
    held = call.office.signing.safe.authority
    body = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (held.root, *held.issuers))
    return web.Response(body=body, content_type="application/x-pem-file")


@routes.add("GET", "/signing/{list}.crl", "page.see")
async def revocation_list(call: Call) -> web.Response:
    """A revocation list, new at every asking, good for a week: 0 the root's, 1 the issuing authority's, then older
    ones'."""
    lists, asked = (await call.office.signing.trust()).lists, call.param("list")
    if not asked.isdigit() or int(asked) >= len(lists):
        raise Missing("no-such-file")
    return web.Response(body=lists[int(asked)], content_type="application/pkix-crl")
