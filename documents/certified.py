"""A certified copy: the pages of a document, and on the first what the copy says of itself. Runs in the workshop only.

The copy is a file of its own: signatures of the document stay pictures on its pages, and are judged in the document.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from store.errors import Refused

from . import overlay, typeset

LEAST = (216.0, 100.0)  # points of a page that has room for what is said
KEPT = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Contents", "/Group")
SHOWN = ("/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F")  # of an annotation: how it looks
NAME = re.compile(rb"/([^\s\[\](){}<>/%]+)")


Box = tuple[float, float, float, float]  # left, bottom, right, top in points
MM = 72 / 25.4
WIDE, HIGH, EDGE, TOP = 62 * MM, 24 * MM, 10 * MM, 5 * MM  # of what is said, as copy.typ has it


def make(data: bytes, lines: Sequence[str], pages: Sequence[int], fonts: Path) -> tuple[bytes, Box]:
    """PAGES (from 1; none: all) of a PDF, and where on its first page it says what it is: there its agency signs.
    Raises Refused `pages-wrong` for pages that it does not have."""
    reader, writer = pypdf.PdfReader(io.BytesIO(data)), pypdf.PdfWriter()
    wanted = list(dict.fromkeys(pages)) or range(1, len(reader.pages) + 1)
    if any(not 1 <= page <= len(reader.pages) for page in wanted):
        raise Refused("pages-wrong", pages=len(reader.pages))
    for page in wanted:
        writer.add_page(alone(reader.pages[page - 1]))
    first = writer.pages[0]
    first.transfer_rotation_to_content()
    left, bottom, right, top = overlay.seen(first)
    if right - left < LEAST[0] or top - bottom < LEAST[1]:
        raise Refused("page-small")
    said = typeset.corner(lines, (right - left, top - bottom), fonts)
    sheet = pypdf.PdfReader(io.BytesIO(said)).pages[0]
    first.merge_transformed_page(sheet, pypdf.Transformation().translate(left, bottom))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), (right - EDGE - WIDE, top - TOP - HIGH, right - EDGE, top - TOP)


def alone(page: pypdf.PageObject) -> pypdf.PageObject:
    """A page with what draws it and nothing else: no link leads to a page that was left out, and it takes along no form
    or picture that only another page uses. Of annotations it keeps how they look: signatures do."""
    made = pypdf.PageObject(page.pdf)
    for name in KEPT:
        if name in page:
            made[NameObject(name)] = page.raw_get(name)
    content = page.get_contents()
    used = {unquoted(name) for name in NAME.findall(content.get_data())} if content is not None else set()
    resources = DictionaryObject()
    for kind, held in page.get("/Resources", DictionaryObject()).get_object().items():
        things = held.get_object()
        if isinstance(things, DictionaryObject):
            kept = {name: things.raw_get(name) for name in things if str(name)[1:] in used}
            resources[NameObject(kind)] = DictionaryObject(kept)
    made[NameObject("/Resources")] = resources
    marks = ArrayObject()
    for mark in page.get("/Annots", ArrayObject()).get_object():
        found = mark.get_object()
        if found.get("/Subtype") in ("/Widget", "/Stamp") and "/AP" in found:
            marks.append(DictionaryObject({NameObject(name): found.raw_get(name) for name in SHOWN if name in found}))
    if marks:
        made[NameObject("/Annots")] = marks
    return made


def unquoted(name: bytes) -> str:
    """A name as it is meant: #20 is a blank (ISO 32000-1, 7.3.5)."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), name).decode("utf-8", "replace")
