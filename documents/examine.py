"""The gate for PDFs: what is refused, what is stripped, what is kept as it came. Runs in the workshop only.

Policy (docs/admin.md prints it): size and kind first; encrypted, broken, bomb-like and giant files are refused.
Of a file without signatures, everything that acts, calls out, hides or carries other files is stripped by writing
the file anew from a list of what a document may hold. A file bearing signatures is never rewritten: it is accepted
byte for byte if there is nothing to strip, else refused.

Parsing is strict: a damaged file, which each reader would mend in its own way, may show different people different
things, so it is refused with the advice to export it anew.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pypdf
from pypdf.errors import PdfReadError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from store.errors import Refused

from .burst import Measure, count_drawings

MOST_PAGES = 5000
LARGEST_SIDE = 14_400  # points: 5 m
MOST_OBJECTS = 500_000
LONGEST_TAIL = 1024  # bytes behind the last %%EOF

MISREAD = (
    PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError, AssertionError,
)  # fmt: skip

# Actions that do something other than move within the file.
ACTIONS = {
    "/JavaScript": "javascript", "/Launch": "launch", "/SubmitForm": "form-action", "/ImportData": "form-action",
    "/ResetForm": "form-action", "/GoToR": "remote-link", "/GoToE": "remote-link", "/URI": "remote-link",
    "/Rendition": "media", "/Movie": "media", "/Sound": "media", "/RichMediaExecute": "media", "/GoTo3DView": "media",
    "/SetOCGState": "layers", "/Hide": "form-action", "/Trans": "form-action", "/Thread": "remote-link",
}  # fmt: skip
# Keys that act by being there.
KEYS = {
    "/JS": "javascript", "/AA": "automatic-action", "/OpenAction": "automatic-action", "/XFA": "form-program",
    "/EmbeddedFiles": "attachment", "/EF": "attachment", "/AF": "attachment", "/Collection": "attachment",
    "/RichMedia": "media", "/OCProperties": "layers", "/RichMediaContent": "media",
}  # fmt: skip
ANNOTATIONS = {
    "/RichMedia": "media", "/3D": "media", "/Screen": "media", "/Movie": "media", "/Sound": "media",
    "/FileAttachment": "attachment",
}  # fmt: skip


class _Unmended(logging.Handler):
    """pypdf mends a wrong cross-reference table even in strict mode, and says so: here that is an error."""

    def emit(self, record: logging.LogRecord) -> None:
        if "repaired" in str(record.msg):
            raise PdfReadError("mended")


_pypdf = logging.getLogger("pypdf._reader")
_pypdf.setLevel(logging.WARNING)
_pypdf.propagate = False
_pypdf.addHandler(_Unmended())


def open_strictly(data: bytes) -> pypdf.PdfReader:
    """Parse, or raise Refused: `kind-unknown`, `pdf-encrypted`, `pdf-broken`."""
    if b"%PDF-" not in data[:1024]:
        raise Refused("kind-unknown")
    if b"/Encrypt" in data and _asks_for_a_password(data):
        raise Refused("pdf-encrypted")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
        if not len(reader.pages):
            raise Refused("pdf-broken")
    except Refused:
        raise
    except MISREAD as error:
        raise Refused("pdf-broken") from error
    return reader


def unlocked(data: bytes, password: str) -> tuple[bytes, bool]:
    """DATA without its password, and whether it had one; as it came where none is given. Raises Refused
    `pdf-password`."""
    if not password or b"/Encrypt" not in data or not _asks_for_a_password(data):
        return data, False
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
        if not reader.decrypt(password):
            raise Refused("pdf-password")
        writer, out = pypdf.PdfWriter(clone_from=reader), io.BytesIO()
        writer.pdf_header = "%PDF-1.7"
        writer.write(out)
    except Refused:
        raise
    except (*MISREAD, NotImplementedError) as error:
        raise Refused("pdf-broken") from error
    return out.getvalue(), True


def _asks_for_a_password(data: bytes) -> bool:
    try:
        return pypdf.PdfReader(io.BytesIO(data)).is_encrypted
    except MISREAD:
        return False


def walk(root: Any) -> Iterator[tuple[Any, IndirectObject | None]]:
    """Every object below ROOT once, with the reference that led to it. Loops end, because each is visited once."""
    seen: set[tuple[int, int]] = set()
    stack: list[Any] = [root]
    while stack:
        found = stack.pop()
        reference = None
        if isinstance(found, IndirectObject):
            reference = found
            if (key := (found.idnum, found.generation)) in seen:
                continue
            seen.add(key)
            if len(seen) > MOST_OBJECTS:
                raise Refused("pdf-bomb")
            found = found.get_object()
        yield found, reference
        if isinstance(found, DictionaryObject):
            stack.extend(found.values())
        elif isinstance(found, ArrayObject):
            stack.extend(found)


def got(thing: DictionaryObject, key: str) -> Any:
    """A value itself, where a reference may stand for it: `get` gives the reference."""
    value = thing.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value


def active(thing: Any) -> set[str]:
    """Codes of what one object would do."""
    if not isinstance(thing, DictionaryObject):
        return set()
    found = {code for key, code in KEYS.items() if key in thing}
    action = got(thing, "/S")
    if isinstance(action, NameObject) and action in ACTIONS:
        found.add(ACTIONS[action])
    kind = got(thing, "/Subtype")
    if isinstance(kind, NameObject) and kind in ANNOTATIONS and ("/Rect" in thing or got(thing, "/Type") == "/Annot"):
        found.add(ANNOTATIONS[kind])
    return found


def is_signature(thing: Any) -> bool:
    """A signature value, or a signature field that holds one."""
    if not isinstance(thing, DictionaryObject):
        return False
    return "/ByteRange" in thing or (got(thing, "/FT") == "/Sig" and "/V" in thing)


def survey(reader: pypdf.PdfReader, size: int) -> tuple[set[str], bool]:
    """What is active in the file, and whether it bears signatures. Raises Refused."""
    found: set[str] = set()
    signed, measure = False, Measure(size)
    try:
        for thing, _ in walk(reader.trailer["/Root"]):
            found |= active(thing)
            signed = signed or is_signature(thing)
            if isinstance(thing, StreamObject):
                measure.take(thing)
        _check_pages(reader)
    except Refused:
        raise
    except MISREAD as error:
        raise Refused("pdf-broken") from error
    return found, signed


def _check_pages(reader: pypdf.PdfReader) -> None:
    if len(reader.pages) > MOST_PAGES:
        raise Refused("pdf-too-long", most=MOST_PAGES)
    for page in reader.pages:
        unit = float(got(page, "/UserUnit") or 1)
        if unit * max(abs(float(page.mediabox.width)), abs(float(page.mediabox.height))) > LARGEST_SIDE:
            raise Refused("pdf-too-wide")
        count_drawings(page)


def trailing(data: bytes) -> int:
    """Bytes behind the last %%EOF."""
    end = data.rfind(b"%%EOF")
    return len(data) - end - 5 if end >= 0 else 0
