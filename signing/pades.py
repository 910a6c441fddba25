"""Signatures in a PDF by the PAdES baseline (ETSI EN 319 142-1), in steps that may lie days apart.

`lay` puts every signature field in before the first signature. `prepare` reserves the place, draws the picture and
returns what is to be signed; the key holder signs it, wherever the key is; `embed` puts signature and timestamp in.
Long-term proof is in archive.py. Files are worked on in place: what was there is never written again.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable
from datetime import datetime
from typing import IO

from asn1crypto import cms
from PIL import Image
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.stamp import StaticStampStyle

from . import algorithms
from .model import Field, Pending, Signatory
from .signer import around, public_of, scheme_of
from .timestamp import Given

CHUNK = 1 << 20
OVERHEAD = 768  # of a CMS object beside certificates, signature and timestamp: attributes, names, tags
WHOLE = layout.SimpleBoxLayoutRule(
    layout.AxisAlignment.ALIGN_MID,
    layout.AxisAlignment.ALIGN_MID,
    margins=layout.Margins.uniform(0),  # type: ignore[no-untyped-call]
)


def lay(file: IO[bytes], wanted: Iterable[Field]) -> None:
    """Put all signature fields into FILE, empty. Fields added after a first signature would break it."""
    writer = IncrementalPdfFileWriter(file)
    for field in wanted:
        left, bottom, right, top = (round(side) for side in field.box)
        spec = SigFieldSpec(field.name, on_page=field.page - 1, box=(left, bottom, right, top))
        fields.append_signature_field(writer, spec)
    writer.write_in_place()  # type: ignore[no-untyped-call]


def reserved(who: Signatory, stamp: int) -> int:
    """Hex digits to keep free for the CMS object of WHO with a timestamp of up to STAMP bytes."""
    certificates = len(who.certificate) + sum(map(len, who.chain))
    return 2 * (certificates + algorithms.longest(public_of(who.certificate)) + stamp + OVERHEAD)


@functools.lru_cache(maxsize=16)
def _picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def stamp_style(picture: bytes, writer: IncrementalPdfFileWriter) -> StaticStampStyle:
    """PICTURE over the whole field, as it is."""
    image = PdfImage(_picture(picture), writer=writer)
    return StaticStampStyle(background=image, background_layout=WHOLE, border_width=0, background_opacity=1.0)


async def prepare(
    file: IO[bytes], field: str, who: Signatory, picture: bytes, at: datetime, *, first: bool, stamp: int
) -> Pending:
    """Reserve the place for FIELD in FILE and draw PICTURE (PNG); what is to be signed. AT: with its zone.

    The FIRST signature certifies: from then on only signatures may be added (DocMDP 2). STAMP: bytes its timestamp
    may take.
    """
    writer, digest = IncrementalPdfFileWriter(file), scheme_of(who).digest
    metadata = PdfSignatureMetadata(
        field_name=field, md_algorithm=digest, subfilter=SigSeedSubFilter.PADES, certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )  # fmt: skip
    style = stamp_style(picture, writer)
    signer = around(who, 72)
    session = PdfSigner(metadata, signer, stamp_style=style).init_signing_session(writer, existing_fields_only=True)
    session.system_time = at  # the time in /M, with the zone of Vietnam
    document = session.prepare_tbs_document(None, reserved(who, stamp))
    made, _ = document.digest_tbs_document(in_place=True, chunk_size=CHUNK)
    attributes = await signer.signed_attrs(made.document_digest, digest, use_pades=True)
    return Pending(field, made.document_digest, made.reserved_region_start, made.reserved_region_end, attributes.dump())


async def embed(file: IO[bytes], pending: Pending, who: Signatory, signature: bytes, stamp: bytes) -> None:
    """Level B-T. SIGNATURE is over the pending attributes, STAMP a token over SIGNATURE, DER."""
    attributes = cms.CMSAttributes.load(pending.attributes)
    made = await around(who, signature).async_sign_prescribed_attributes(
        scheme_of(who).digest, attributes, timestamper=Given(cms.ContentInfo.load(stamp)) if stamp else None
    )
    PreparedByteRangeDigest(pending.digest, pending.start, pending.end).fill_with_cms(file, made)
