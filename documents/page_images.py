"""Pages as small pictures, for lines over which a paper itself would take too long. Runs in the workshop only.

Most pages are black on white: four shades of grey as PNG take a third of what a photograph's format does, and stay
sharp. A page with colours, or one that is a photograph, is a JPEG.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

WIDTHS: Mapping[str, int] = {"small": 720, "large": 1200}  # pixels
BATCH = 100  # pages of one job
SHADES = [min(3, (value + 42) // 85) for value in range(256)]
PALETTE = [part for grey in (0, 85, 170, 255) for part in (grey, grey, grey)]
COLOURED = 24  # of 255: what red, green and blue differ by in a page that has colours
PLAIN_SHARE = 0.12  # bytes a pixel: four shades of a photograph take more
QUALITY = 45


def make(data: bytes, folder: Path, first: int) -> dict[str, list[int]]:
    """Pictures of up to BATCH pages from FIRST (from 1) on, one after another in a file of FOLDER for each size;
    returns where each ends in it. A page that cannot be drawn is an empty picture."""
    document = pypdfium2.PdfDocument(data)
    ends: dict[str, list[int]] = {size: [] for size in WIDTHS}
    try:
        for size, width in WIDTHS.items():
            with (folder / size).open("wb") as out:
                for index in range(first - 1, min(first - 1 + BATCH, len(document))):
                    out.write(_drawn(document, index, width))
                    ends[size].append(out.tell())
    finally:
        document.close()
    return ends


def _drawn(document: pypdfium2.PdfDocument, index: int, width: int) -> bytes:
    try:
        page = document[index]
        picture: Image.Image = page.render(scale=width / max(1.0, *page.get_size())).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return b""
    return encoded(picture)


def encoded(picture: Image.Image) -> bytes:
    """As PNG in four shades, or as JPEG."""
    red, green, blue = picture.split()
    apart = [ImageChops.difference(red, other).histogram() for other in (green, blue)]
    if not any(any(counts[COLOURED:]) for counts in apart):
        shades = picture.convert("L").point(SHADES).convert("P")
        shades.putpalette(PALETTE)
        out = io.BytesIO()
        shades.save(out, "PNG", bits=2)
        if out.tell() <= picture.width * picture.height * PLAIN_SHARE:
            return out.getvalue()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
