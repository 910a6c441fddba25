"""Signatures in a PDF by the PAdES baseline (ETSI EN 319 142-1), in steps that may lie days apart.

`lay` puts every signature field in before the first signature. `prepare` reserves the place, draws the picture and
returns what is to be signed; the key holder signs it, wherever the key is; `embed` puts signature and timestamp in.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from PIL import Image
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from . import asn1  # noqa: F401  (the correction must be in place before anything is encoded)
from .model import Field, Pending, Signatory
from .timestamp import Given

RESERVED = 24_000  # hex digits kept free for the CMS object: P-256 with a timestamp takes about 12,000
DIGEST = "sha256"
WHOLE = layout.SimpleBoxLayoutRule(
    layout.AxisAlignment.ALIGN_MID,
    layout.AxisAlignment.ALIGN_MID,
    margins=layout.Margins.uniform(0),  # type: ignore[no-untyped-call]
)


def lay(pdf: bytes, wanted: Iterable[Field]) -> bytes:
    """PDF with all signature fields, empty. Fields added after a first signature would break it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for field in wanted:
        left, bottom, right, top = (round(side) for side in field.box)
        spec = SigFieldSpec(field.name, on_page=field.page - 1, box=(left, bottom, right, top))
        fields.append_signature_field(writer, spec)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _signer(who: Signatory, value: bytes | int) -> ExternalSigner:
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register_multiple([asn1_x509.Certificate.load(der) for der in who.chain])
    certificate = asn1_x509.Certificate.load(who.certificate)
    return ExternalSigner(certificate, registry, signature_value=value, embed_roots=False)


async def prepare(
    pdf: bytes, field: str, who: Signatory, picture: bytes, at: datetime, *, first: bool
) -> tuple[bytes, Pending]:
    """PDF with the place for FIELD reserved and PICTURE (PNG) drawn, and what is to be signed. AT: with its zone.

    The FIRST signature certifies: from then on only signatures may be added (DocMDP 2).
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = PdfSignatureMetadata(
        field_name=field, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )  # fmt: skip
    style = StaticStampStyle(
        background=PdfImage(Image.open(io.BytesIO(picture)), writer=writer), background_layout=WHOLE, border_width=0,
        background_opacity=1.0,
    )  # fmt: skip
    signer = _signer(who, 72)
    session = PdfSigner(metadata, signer, stamp_style=style).init_signing_session(writer, existing_fields_only=True)
    session.system_time = at  # the time in /M, with the zone of Vietnam
    document = session.prepare_tbs_document(None, RESERVED)
    digest, output = document.digest_tbs_document()
    attributes = await signer.signed_attrs(digest.document_digest, DIGEST, use_pades=True)
    pending = Pending(
        field, digest.document_digest, digest.reserved_region_start, digest.reserved_region_end, attributes.dump()
    )
    output.seek(0)
    return output.read(), pending


async def embed(prepared: bytes, pending: Pending, who: Signatory, signature: bytes, stamp: bytes) -> bytes:
    """The signed PDF (level B-T). SIGNATURE is over the pending attributes, STAMP a token over SIGNATURE, DER."""
    attributes = cms.CMSAttributes.load(pending.attributes)
    made = await _signer(who, signature).async_sign_prescribed_attributes(
        DIGEST, attributes, timestamper=Given(cms.ContentInfo.load(stamp))
    )
    output = io.BytesIO(prepared)
    digest = PreparedByteRangeDigest(pending.digest, pending.start, pending.end)
    await PdfTBSDocument.async_finish_signing(output, digest, made)
    return output.getvalue()
