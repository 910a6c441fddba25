"""What a signed PDF must look like before any signature in it is even looked at.

Readers repair broken files, each in its own way, and every known attack on PDF signatures lives in that difference
(incremental saving, wrapping, shadow documents). So nothing is repaired here: the file must be parsed as written, end
where its last cross-reference says, hold no form fields but signatures, and be covered revision by revision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from asn1crypto import parser
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

TAIL = re.compile(rb"startxref[\r\n ]+(\d+)[\r\n ]+%%EOF[\r\n ]*\Z")
OURS = ("/ETSI.CAdES.detached", "/ETSI.RFC3161")
ANYONES = (*OURS, "/adbe.pkcs7.detached")  # what other offices' programs write: taken in as a paper, never judged valid
WHOLE = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
HARMLESS = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)


def _fields(held: Any) -> Iterator[DictionaryObject]:
    for entry in held or ():
        field = entry.get_object()
        yield field
        if "/Kids" in field:
            yield from _fields(field["/Kids"])


def flaw_of_file(data: bytes, reader: PdfFileReader) -> str:
    """The first rule the file breaks as a whole, as a code; "" for none."""
    tail = TAIL.search(data[-96:])
    if tail is None or int(tail.group(1)) != reader.last_startxref:
        return "tail"
    if reader.xrefs.hybrid_xrefs_present:
        return "hybrid"
    root = reader.root
    if "/AcroForm" not in root:
        return "no-form"
    form = root["/AcroForm"]
    for field in _fields(form["/Fields"] if "/Fields" in form else ()):  # noqa: SIM401  (`get` follows no references)
        if "/FT" in field and field["/FT"] != "/Sig":
            return "other-field"
    return ""


def flaw_of_signatures(reader: PdfFileReader, kinds: tuple[str, ...]) -> str:
    """The first rule the signatures break together: one value a field, only of KINDS (/SubFilter)."""
    seen: set[object] = set()
    for signature in reader.embedded_signatures:
        value = signature.sig_field.raw_get("/V")
        if not isinstance(value, IndirectObject) or value.idnum in seen:
            return "shared-value"
        seen.add(value.idnum)
        if signature.sig_object.get("/SubFilter") not in kinds:
            return "not-pades"
        flaw = flaw_of_range(signature)
        if flaw:
            return flaw
    return ""


def flaw_of_range(signature: EmbeddedPdfSignature) -> str:
    """/ByteRange must be [0 a b c], ascending, with nothing but /Contents left out."""
    found = signature.sig_object.get("/ByteRange")
    if not isinstance(found, ArrayObject) or len(found) != 4:
        return "byte-range"
    zero, first, second, rest = (int(part) for part in found)
    if zero != 0 or first <= 0 or second <= first or rest <= 0:
        return "byte-range"
    content = bytes(signature.pkcs7_content)
    if second - first != 2 * len(content) + 2:
        return "byte-range"
    return "byte-range" if content[parser.peek(content) :].strip(b"\0") else ""  # what no digest reaches is empty


MOVING = ("/ModDate", "/Producer")  # what every tool writes anew when it adds a revision


def is_weak(certificate: Any) -> bool:
    """RSA below 2048 bits, curves below 256 (Circular 15/2025/TT-BKHCN)."""
    key = certificate.public_key
    if key.algorithm == "ed25519":
        return False  # asn1crypto knows no size of it
    return bool(key.bit_size < (2048 if key.algorithm.startswith("rsa") else 256))


def flaw_of_title(before: Any, now: Any) -> str:
    """The document information may not say anything else than the first signer saw."""

    def said(info: Any) -> dict[str, str]:
        return {str(key): str(info[key]) for key in info or () if key not in MOVING}

    return "" if said(before) == said(now) else "changed"


def flaw_of_change(coverage: SignatureCoverageLevel, modified: ModificationLevel | None, docmdp: bool | None) -> str:
    """What was added behind a signature: only further signatures and their data may be."""
    if coverage not in WHOLE:
        return "coverage"
    if modified is not None and modified not in HARMLESS:
        return "changed"
    return "changed" if docmdp is False else ""
