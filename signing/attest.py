"""What the node itself states, signed by its own certificate: detached CAdES with a timestamp, over bytes beside it.

Receipts, registers of them, the sums of an evidence package. Judged by the same trust as signed documents; as whoever
judges may be offline years later, revocation lists count that were issued behind the signature, however old they are by
now, and so long as the timestamp authority's certificate lasts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from asn1crypto import cms
from cryptography import x509
from msgspec.structs import replace
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import (
    async_validate_detached_cms,
    extract_certs_for_validation,
    extract_tst_data_iter,
)
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from . import evidence, strict
from .authority import Holder, is_node
from .evidence import TOLERANCE, Listed, Store, certificates_of
from .model import Signature, Trust
from .signer import HeldKey
from .verify import MISREAD, SUBJECT

Stamp = Callable[[bytes], Awaitable[bytes]]  # a digest to a token, DER


class Asked(TimeStamper):
    """Timestamps as pyHanko asks for them, from wherever ours come."""

    def __init__(self, stamp: Stamp) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stamp = stamp

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(await self._stamp(message_digest))


async def attest(node: Holder, chain: tuple[bytes, ...], data: bytes, stamp: Stamp) -> bytes:
    """NODE's signature over DATA, DER, with the chain above it. Raises what STAMP raises."""
    signer = HeldKey(node, chain)
    digest = hashlib.new(signer.scheme.digest, data).digest()
    made = await signer.async_sign(digest, signer.scheme.digest, timestamper=Asked(stamp), is_pdf_sig=False)
    return bytes(made.dump())


async def judge(signature: bytes, data: bytes, trust: Trust, now: datetime) -> Signature:
    """Is SIGNATURE one over DATA that TRUST leads to? Never raises for anything that is in either."""
    wrong = Signature("", "", "", "", 0, "not-valid", "unreadable", "", "B-B", (), None, 0)
    try:
        return await _judged(signature, data, trust, now, wrong)
    except (PathBuildingError, PathValidationError):
        return replace(wrong, reason="untrusted")
    except MISREAD:
        return wrong
    except Exception as error:  # hostile bytes: never valid, and never a crash
        return replace(wrong, reason=f"unreadable-{type(error).__name__}")


async def _judged(raw: bytes, data: bytes, trust: Trust, now: datetime, wrong: Signature) -> Signature:
    signed = cms.ContentInfo.load(raw, strict=True)["content"]
    if len(signed["signer_infos"]) != 1 or signed["encap_content_info"]["content"].native is not None:
        return wrong
    certificate = extract_certs_for_validation(signed).signer_cert
    subject = certificate.subject.native
    signer, organization, title = (str(subject.get(part, "")) for part in SUBJECT)
    made = replace(
        wrong, signer=signer, organization=organization, title=title, serial=f"{certificate.serial_number:x}"
    )  # fmt: skip
    tokens = list(extract_tst_data_iter(signed["signer_infos"][0], signed=False))
    if not is_node(x509.load_der_x509_certificate(certificate.dump())):
        return replace(made, reason="purpose")
    if len(tokens) != 1:
        return replace(made, reason="no-timestamp" if not tokens else "strict-timestamps")
    at: datetime = tokens[0]["encap_content_info"]["content"].parsed["gen_time"].native
    made = replace(made, at=int(at.timestamp() * 1000))
    lists = tuple(Listed.of(der) for der in trust.lists)
    context = evidence.context(trust, Store(), lists, at, past=True)
    status = await async_validate_detached_cms(
        data, signed, context, evidence.context(trust, Store(), lists, at, past=True)
    )
    return _told(made, status, lists, trust, at, now)


def _told(
    made: Signature, status: Any, lists: tuple[Listed, ...], trust: Trust, at: datetime, now: datetime
) -> Signature:
    if not status.intact:
        return replace(made, reason="changed-bytes")
    if not status.valid:
        return replace(made, reason="broken")
    path = certificates_of(status.validation_path)
    if status.revoked or evidence.revoked_by(path, lists, at):
        return replace(made, reason="revoked")
    if not status.trusted or not path or strict.is_weak(path[0]):
        return replace(made, reason="untrusted")
    stamp = status.timestamp_validity
    stampers = certificates_of(stamp.validation_path) if stamp is not None else []
    if stamp is None or not (stamp.intact and stamp.valid and stamp.trusted) or at > now + TOLERANCE:
        return replace(made, reason="timestamp")
    until = min(one.not_valid_after for one in (*path[1:], *stampers))
    ended = until < now - TOLERANCE
    return replace(
        made, state="cannot-tell" if ended else "valid", reason="expired" if ended else "", level="B-T",
        path=tuple(str(one.subject.native.get("common_name", "")) for one in path),
        trust=trust.kind_of(path[-1].dump()), until=int(until.timestamp() * 1000),
    )  # fmt: skip
