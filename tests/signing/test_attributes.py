"""signing.attributes: a token is given nothing to sign but a signature in its own name over the file that was shown."""

from __future__ import annotations

import asyncio
import hashlib
import io
from typing import Any

import pytest
from asn1crypto import algos, cms, core, tsp

from signing import attributes, pades
from signing.model import Pending
from store.errors import Refused
from store.world import VIETNAM

from ..kit.authority import NOW, STAMP, Office


def prepared(office: Office, pdf: bytes) -> tuple[bytes, Pending]:
    file, who = io.BytesIO(pdf), office.signatory(office.holders["secretary"])
    given = (file, "secretary", who, office.picture("secretary"), NOW.astimezone(VIETNAM))
    made = asyncio.run(pades.prepare(*given, first=True, stamp=STAMP))
    return file.getvalue(), made


def test_what_our_own_server_prepares_is_fit_to_sign(office: Office, laid: bytes) -> None:
    file, pending = prepared(office, laid)
    digest = attributes.digest_in(pending.attributes, office.holders["secretary"].der)
    assert digest == pending.digest
    shown, hole = hashlib.sha256(laid).hexdigest(), (pending.start, pending.end)
    assert attributes.is_over(digest, "sha256", file, hole, shown, len(laid))


def named(certificate: bytes, times: int = 1) -> tsp.SigningCertificateV2:
    one = {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": hashlib.sha256(certificate).digest()}
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(one)] * times})


def attribute(kind: str, *values: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": values})


def test_anything_else_is_not_signed(office: Office, laid: bytes) -> None:
    mine, others = office.holders["secretary"].der, office.holders["chair"].der
    _, pending = prepared(office, laid)
    content, digest = attribute("content_type", "data"), attribute("message_digest", bytes(32))
    name = attribute("signing_certificate_v2", named(mine))
    when = attribute("signing_time", cms.Time({"utc_time": NOW}))
    wrong = {
        "another's certificate": pending.attributes,
        "nothing": b"",
        "a digest alone": hashlib.sha256(b"x").digest(),
        "text": b"I owe you a million",
        "without a name": cms.CMSAttributes([content, digest]).dump(),
        "a time of the signer's": cms.CMSAttributes([content, digest, name, when]).dump(),
        "two digests": cms.CMSAttributes([content, attribute("message_digest", bytes(32), bytes(32)), name]).dump(),
        "two names": cms.CMSAttributes([content, digest, attribute("signing_certificate_v2", named(mine, 2))]).dump(),
        "another content": cms.CMSAttributes([attribute("content_type", "signed_data"), digest, name]).dump(),
        "more behind it": cms.CMSAttributes([content, digest, name]).dump() + b"\0",
        "too long": pending.attributes + bytes(attributes.LONGEST),
        "of TLS": b"\x20" * 64 + b"TLS 1.3, client CertificateVerify\0" + bytes(32),
        "a certificate to be": core.OctetString(b"a certificate to be").dump(),
        "algorithms": algos.DigestAlgorithm({"algorithm": "sha256"}).dump(),
    }
    for what, given in wrong.items():
        holder = others if what == "another's certificate" else mine
        with pytest.raises(Refused, match="attributes-strange"):
            attributes.digest_in(given, holder)
            pytest.fail(what)


def test_another_file_than_the_one_shown_is_noticed(office: Office, laid: bytes) -> None:
    file, pending = prepared(office, laid)
    shown, size, hole = hashlib.sha256(laid).hexdigest(), len(laid), (pending.start, pending.end)
    other = bytearray(file)
    other[len(laid) // 2] ^= 1  # in what was shown
    behind = bytearray(file)
    behind[-20] ^= 1  # in what the signature adds
    cases: list[tuple[bytes, tuple[int, int], str, int]] = [
        (bytes(other), hole, shown, size),
        (bytes(behind), hole, shown, size),
        (file, hole, hashlib.sha256(b"another").hexdigest(), size),
        (file, hole, shown, size - 1),
        (file, (0, pending.end), shown, size),
        (file, (pending.start, len(file) + 9), shown, size),
        (file, (pending.end, pending.start), shown, size),
        (file, hole, hashlib.sha256(b"").hexdigest(), 0),
        (b"", hole, shown, size),
    ]
    for case in cases:
        assert not attributes.is_over(pending.digest, "sha256", *case)
    assert not attributes.is_over(bytes(32), "sha256", file, hole, shown, size)
