"""Is a signed PDF what its signers signed? Bytes and trust in, a report out: valid, not valid, or cannot tell.

Nothing is fetched from anywhere. Revocation lists are required, the timestamp is required, and any surprise while
reading means not valid. Reasons are codes; the words are put in at the edge.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.general import SigningError, find_unique_cms_attribute
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from . import (
    asn1,  # noqa: F401  (a file may choose the length that stalls: the correction comes first)
    strict,
)
from .model import Report, Signature, State, Trust

TOLERANCE = timedelta(seconds=60)
MISREAD = (
    PdfError, SigningError, SignatureValidationError, PathBuildingError, PathValidationError, ValueError, KeyError,
    TypeError, AttributeError, IndexError, RecursionError, OverflowError, NotImplementedError, AssertionError,
)  # fmt: skip


async def verify(data: bytes, trust: Trust, now: datetime) -> Report:
    """Judge DATA. Never raises for anything that is in DATA."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        if not reader.embedded_signatures:
            return Report("cannot-tell", "no-signature")
        flaw = strict.flaw_of_file(data, reader) or strict.flaw_of_signatures(reader, strict.OURS)
        if flaw:
            return Report("not-valid", f"strict-{flaw}")
        info = _first_info(reader)
        newest = reader.trailer["/Info"] if "/Info" in reader.trailer else None  # noqa: SIM401  (it has no `get`)
        flaw = strict.flaw_of_title(info, newest)
        if flaw:
            return Report("not-valid", f"strict-{flaw}")
        keywords = _keywords(info)
        found = [await _one(embedded, trust, now) for embedded in reader.embedded_regular_signatures]
    except MISREAD:
        return Report("not-valid", "unreadable")
    except Exception as error:  # a library's own surprise about hostile bytes: never valid, and never a crash
        return Report("not-valid", f"unreadable-{type(error).__name__}")
    worst = next((one for one in found if one.state == "not-valid"), None) or next(
        (one for one in found if one.state == "cannot-tell"), None
    )
    if not found:
        return Report("cannot-tell", "no-signature")
    return Report(worst.state if worst else "valid", worst.reason if worst else "", tuple(found), keywords)


def shape(data: bytes) -> str:
    """The first rule a file bearing anyone's signatures breaks in its form alone; "" for none. Trust is not asked."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        flaw = strict.flaw_of_file(data, reader) or strict.flaw_of_signatures(reader, strict.ANYONES)
        if flaw:
            return flaw
        for embedded in reader.embedded_signatures:
            embedded.compute_integrity_info()
            found = embedded.diff_result
            modified = found.modification_level if isinstance(found, DiffResult) else ModificationLevel.OTHER
            docmdp = embedded.summarise_integrity_info()["docmdp_ok"]
            flaw = strict.flaw_of_change(embedded.coverage, modified, docmdp)
            if flaw:
                return flaw
        for embedded in reader.embedded_regular_signatures:
            digest = find_unique_cms_attribute(embedded.signer_info["signed_attrs"], "message_digest").native
            if digest != embedded.compute_digest():
                return "digest"
        return ""
    except Exception:  # hostile bytes: whatever a library makes of them, they are not of the right shape
        return "unreadable"


def _first_info(reader: PdfFileReader) -> Any:
    """The document information as the first signer saw it: a later revision may have changed what stands there now."""
    old = reader.get_historical_resolver(reader.embedded_signatures[0].signed_revision)
    if "/Info" not in old.trailer_view:
        return None
    info = old.trailer_view.raw_get("/Info")
    return old.get_object(info.reference) if isinstance(info, IndirectObject) else info


def _keywords(info: Any) -> tuple[str, ...]:
    text = str((info or {}).get("/Keywords", ""))
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _context(trust: Trust, now: datetime) -> ValidationContext:
    load = asn1_x509.Certificate.load
    return ValidationContext(
        trust_roots=[load(der) for der in trust.anchors], other_certs=[load(der) for der in trust.between],
        crls=[asn1_crl.CertificateList.load(der) for der in trust.lists], moment=now, allow_fetching=False,
        revocation_mode="require", time_tolerance=TOLERANCE, weak_hash_algos={"md2", "md5", "sha1"},
    )  # fmt: skip


async def _one(embedded: EmbeddedPdfSignature, trust: Trust, now: datetime) -> Signature:
    name = str(embedded.field_name)  # pyHanko has its own kind of string
    certificate = embedded.signer_cert
    subject = certificate.subject.native
    who = (
        str(subject.get("common_name", "")), str(subject.get("organization_name", "")), str(subject.get("title", "")),
    )  # fmt: skip
    serial = f"{certificate.serial_number:x}"
    try:
        status = await async_validate_pdf_signature(
            embedded, _context(trust, now), ts_validation_context=_context(trust, now)
        )
    except (PathBuildingError, PathValidationError):
        return Signature(name, *who, 0, "not-valid", "untrusted", serial)
    state, reason = _judge(status, now)
    stamp = status.timestamp_validity
    at = int(stamp.timestamp.timestamp() * 1000) if stamp is not None else 0
    return Signature(name, *who, at, state, reason, serial)


def _judge(status: PdfSignatureStatus, now: datetime) -> tuple[State, str]:
    """One signature's state and reason, the gravest reason first."""
    if not status.intact:
        return "not-valid", "changed-bytes"
    if not status.valid:
        return "not-valid", "broken"
    flaw = strict.flaw_of_change(
        status.coverage or SignatureCoverageLevel.UNCLEAR, status.modification_level, status.docmdp_ok
    )
    if flaw:
        return "not-valid", f"strict-{flaw}"
    if status.revoked:
        return "not-valid", "revoked"
    stamp = status.timestamp_validity
    if stamp is None:
        return ("cannot-tell", "no-timestamp") if status.trusted else ("not-valid", "untrusted")
    if not status.signing_cert.not_valid_before - TOLERANCE <= stamp.timestamp <= now + TOLERANCE:
        return "not-valid", "timestamp"
    if strict.is_weak(status.signing_cert):
        return "not-valid", "untrusted"
    if not status.trusted:
        return "not-valid", "untrusted"
    if not (stamp.intact and stamp.valid and stamp.trusted):
        return "not-valid", "timestamp"
    return "valid", ""
