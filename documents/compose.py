"""All papers of a sitting in one: a PDF with an outline and numbers that run through, or a ZIP. Runs in the workshop
only.

The numbers are written over copies: what bears a signature is whole only in the paper itself, and in the ZIP.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pypdf
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from . import overlay

SIZE, ABOVE = 9, 14  # points: of the numbers, and from the lower edge
DIGIT = 0.556  # of its size: how wide a digit of Helvetica is
FONT = "/BacapNumber"
BEGUN = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can tell: the same papers are the same bytes


class Part(msgspec.Struct, frozen=True):
    """A paper: the heading it stands under, its title, its file in the job's folder."""

    heading: str
    title: str
    file: str


def pdf(folder: Path, parts: Sequence[Part]) -> int:
    """Into `out` of FOLDER; returns how many pages it has."""
    writer, heading, above = pypdf.PdfWriter(), None, None
    for part in parts:
        first = len(writer.pages)
        writer.append(str(folder / part.file), import_outline=False)
        if part.heading != heading:
            heading, above = part.heading, writer.add_outline_item(title=part.heading, page_number=first)
        writer.add_outline_item(title=part.title, page_number=first, parent=above)
    font = writer._add_object(
        DictionaryObject({
            NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        })
    )  # fmt: skip
    for number, page in enumerate(writer.pages, 1):
        _number(writer, page, f"{number}/{len(writer.pages)}", font)
    writer.write(folder / "out")
    return len(writer.pages)


def _stream(data: bytes) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    return made


def _number(writer: pypdf.PdfWriter, page: pypdf.PageObject, text: str, font: pypdf.generic.IndirectObject) -> None:
    """TEXT in the middle of the lower edge, as the page is looked at; what it held is put aside first."""
    half = len(text) * SIZE * DIGIT / 2
    left, bottom, right, top = overlay.seen(page)
    middle, level = (left + right) / 2, (bottom + top) / 2
    matrix = {
        0: f"1 0 0 1 {middle - half:.1f} {bottom + ABOVE:.1f}",
        90: f"0 1 -1 0 {right - ABOVE:.1f} {level - half:.1f}",
        180: f"-1 0 0 -1 {middle + half:.1f} {top - ABOVE:.1f}",
        270: f"0 -1 1 0 {left + ABOVE:.1f} {level + half:.1f}",
    }[page.rotation % 360]
    drawn = f"q BT {FONT} {SIZE} Tf 0 g {matrix} Tm ({text}) Tj ET Q\n"
    before, after = overlay.around(page)
    streams = (writer._add_object(_stream(data)) for data in (before, after + drawn.encode("ascii")))
    overlay.draw(page, overlay.resources_with(page, "/Font", FONT, font), *streams)


def archive(folder: Path, parts: Sequence[Part]) -> int:
    """Into `out` of FOLDER, byte for byte, in order; returns how many files it has."""
    with zipfile.ZipFile(folder / "out", "w", zipfile.ZIP_STORED) as out:
        for number, part in enumerate(parts, 1):
            name = f"{number:02}. {plain(part.title)}.pdf"
            out.writestr(zipfile.ZipInfo(name, BEGUN), (folder / part.file).read_bytes())
    return len(parts)


def plain(title: str) -> str:
    """A title as a file's name on any system."""
    kept = "".join(" " if char in '/\\:*?"<>|' or not char.isprintable() else char for char in title)
    return " ".join(kept.split())[:100].strip(" .") or "-"
