"""Long-term proof in a PDF (PAdES B-LT and B-LTA, ETSI EN 319 142-1, 5.4 and 5.5).

What a verifier will need when certificates have run out goes into the file itself, issued after the signatures, and an
archive timestamp over all of it proves that it was there. Both come in one revision; before the timestamp's certificate
runs out, one more is laid over it. Reserve, let the timestamp authority answer, fill: as with signatures.
"""

from __future__ import annotations

from typing import IO

from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PreparedByteRangeDigest
from pyhanko.sign.validation import DocumentSecurityStore

from .model import Evidence, Pending
from .pades import CHUNK
from .signer import parsed

DIGEST = "sha256"
NAME = "bacap-stamp-"


def enclose(file: IO[bytes], evidence: Evidence) -> None:
    """Level B-LT: the evidence alone, in a revision of its own."""
    writer = IncrementalPdfFileWriter(file)
    _supply(writer, evidence)
    writer.write_in_place()  # type: ignore[no-untyped-call]


def reserve(file: IO[bytes], evidence: Evidence, stamp: int) -> Pending:
    """The evidence, and the place for an archive timestamp of up to STAMP bytes over the whole file."""
    writer = IncrementalPdfFileWriter(file)
    _supply(writer, evidence)
    taken = sum(name.startswith(NAME) for name, _, _ in enumerate_sig_fields(writer))
    name = f"{NAME}{taken + 1}"
    embedder = PdfCMSEmbedder(new_field_spec=SigFieldSpec(name)).write_cms(name, writer)
    next(embedder)
    place = DocumentTimestamp(bytes_reserved=2 * stamp)  # type: ignore[no-untyped-call]
    embedder.send(SigObjSetup(sig_placeholder=place))
    made, _ = embedder.send(SigIOSetup(md_algorithm=DIGEST, in_place=True, chunk_size=CHUNK))
    return Pending(name, made.document_digest, made.reserved_region_start, made.reserved_region_end, b"")


def fill(file: IO[bytes], pending: Pending, stamp: bytes) -> None:
    """Level B-LTA. STAMP: a token over the pending digest, DER."""
    PreparedByteRangeDigest(pending.digest, pending.start, pending.end).fill_with_cms(file, stamp)


def _supply(writer: IncrementalPdfFileWriter, evidence: Evidence) -> None:
    certificates = [parsed(der) for der in evidence.certificates]
    lists = [asn1_crl.CertificateList.load(der) for der in evidence.lists]
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=certificates, crls=lists)
