"""The gate of papers: what came in becomes a PDF that may be kept, or is refused. Runs in the workshop only.

In this order: kind by its own bytes; office files and pictures become PDF; then the policy for PDFs (examine.py says
it); then whether every reader can show it; then whether it bears the stamp of a secret.
"""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import msgspec
import pypdfium2

from signing import verify
from store.errors import Refused

from . import archive, clean, examine, kinds, office, scans, secrecy
from .model import Examined, Stamp

SHOWABLE_PX = 200  # width of the picture that a first page is tried as


def admit(folder: Path, fonts: Path, password: str = "") -> Examined:
    """`in` to `out`: the bytes that may be kept. FONTS are for office files. Raises Refused."""
    with (folder / "in").open("rb") as reading:
        kind = kinds.kind_of(reading.read(kinds.HEAD))
    if kind == "old-office":
        raise Refused("office-old")
    if kind == "unknown":
        raise Refused("kind-unknown")
    made_from = "pdf"
    if kind == "picture":
        made_from, data = "picture", scans.to_pdf(folder / "in")
    elif kind == "zip":
        made_from, plain = archive.repack((folder / "in").read_bytes())
        data = office.convert(folder, plain, made_from, fonts)
    else:
        data = (folder / "in").read_bytes()
    return msgspec.structs.replace(_pdf(folder, data, password), made_from=made_from)


def _pdf(folder: Path, data: bytes, password: str) -> Examined:
    data, unlocked = examine.unlocked(data, password)
    reader = examine.open_strictly(data)
    active, signed = examine.survey(reader, len(data))
    late, hybrid = examine.trailing(data) > examine.LONGEST_TAIL, b"/XRefStm" in data
    if signed:
        if active or late or hybrid or unlocked:
            raise Refused("pdf-signed-active")
        if verify.shape(data):
            raise Refused("pdf-signed-broken")
    kept = data
    if active or late or hybrid:
        kept = clean.clean(data)
        left, _signed = examine.survey(examine.open_strictly(kept), len(kept))
        if left:
            raise Refused("pdf-active")
    stripped = {
        *active, *({"trailing"} if late else ()), *({"hybrid"} if hybrid else ()), *({"password"} if unlocked else ())
    }  # fmt: skip
    made = Examined(hashlib.sha256(kept).hexdigest(), len(kept), len(reader.pages), signed, tuple(sorted(stripped)))
    made = msgspec.structs.replace(made, stamp=_look(kept))
    (folder / "out").write_bytes(kept)
    return made


def _look(data: bytes) -> Stamp | None:
    """As readers do: the first page must come out as a picture, for what none can show is of no use on a desk. Returns
    the stamp of secrecy that is found."""
    try:
        document = pypdfium2.PdfDocument(data)
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Refused("pdf-broken") from error
    try:
        first = document[0]
        first.render(scale=SHOWABLE_PX / max(1.0, first.get_width()))
        texts = [text_of(document, index) for index in range(len(document))]
        stamp = secrecy.find(document, texts)
    except (pypdfium2.PdfiumError, ValueError, OSError) as error:
        raise Refused("pdf-broken") from error
    finally:
        document.close()
    return stamp


def texts_of(data: bytes) -> list[str]:
    """The text of every page of a PDF."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [text_of(document, index) for index in range(len(document))]
    finally:
        document.close()


def text_of(document: pypdfium2.PdfDocument, index: int) -> str:
    """A page's text in NFC with plain line ends, without what is no text."""
    raw = document[index].get_textpage().get_text_bounded()
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n"))
    return "".join(char for char in text if char == "\n" or char.isprintable())
