"""An archive package: everything of a sitting under names that people can read, described in JSON, with the SHA-256 of
each file, and its journal. `bacap journal verify` judges it like any export; `sha256sum -c SHA256SUMS` needs no program
of ours at all.

Written to disk file by file: a sitting with hundreds of megabytes never lies in memory. A file that does not read back
with its SHA-256 ends the work: nothing is archived that is not whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from store.blobs import Blobs
from store.errors import Unavailable

from ..proof.judge import SUMS
from .description import DESCRIPTION, Description, Document

BEGUN = (1980, 1, 1, 0, 0, 0)
PDF_A = b"pdfaid:part"  # a file says of itself that it is PDF/A (ISO 19005), in XMP that is never packed


async def write(path: Path, describe: Description, texts: Mapping[str, bytes], blobs: Blobs) -> Description:
    """The package at PATH: the documents that DESCRIBE names, TEXTS, and the description with what was found in the
    files. Raises Unavailable `blob-damaged` for a file that is not what its SHA-256 says."""
    sums: dict[str, str] = {}
    found: list[Document] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for document in describe.documents:
            size, pdf_a = await _copy(archive, document, blobs)
            sums[document.file] = document.sha256
            found.append(msgspec.structs.replace(document, size=size, pdf_a=pdf_a))
        told = msgspec.structs.replace(describe, documents=found)
        written = {**texts, DESCRIPTION: msgspec.json.format(msgspec.json.encode(told))}
        for name, data in written.items():
            sums[name] = hashlib.sha256(data).hexdigest()
        written[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()
        for name, data in written.items():
            await asyncio.to_thread(archive.writestr, zipfile.ZipInfo(name, BEGUN), data, zipfile.ZIP_DEFLATED)
    return told


async def _copy(archive: zipfile.ZipFile, document: Document, blobs: Blobs) -> tuple[int, bool]:
    digest, size, pdf_a, tail = hashlib.sha256(), 0, False, b""
    with archive.open(zipfile.ZipInfo(document.file, BEGUN), "w", force_zip64=True) as out:
        async for chunk in blobs.read(document.sha256):
            await asyncio.to_thread(out.write, chunk)
            digest.update(chunk)
            size += len(chunk)
            pdf_a = pdf_a or PDF_A in tail + chunk
            tail = bytes(chunk[-len(PDF_A) :])
    if digest.hexdigest() != document.sha256:
        raise Unavailable("blob-damaged")
    return size, pdf_a
