"""A scanned or photographed signature or seal made fit for a page: the paper taken away, the ink in its one colour.

PNG with transparency, a signature in blue, a seal in red (Decree 30/2020/NĐ-CP, Appendix I, part II, section 7). Runs
in the workshop only: pictures come from anywhere.
"""

from __future__ import annotations

import io
from typing import Literal

from PIL import Image, ImageChops, ImageFilter, ImageOps

from store.errors import Refused

from .pictures import BLUE, RED, SIGNATURE_MM

Kind = Literal["signature", "seal"]

LARGEST = 8 * 1024**2  # bytes of a file
MOST = 40_000_000  # its pixels
WORKED = 1600  # pixels of its longer side while it is worked on
DPI = 300
FAINT, FULL = 22, 80  # darker than the paper by so much of 255: from here it may be ink, from there it is
LEAST, MOST_INK = 0.002, 0.6  # share of the picture
MARGIN = 0.02


def cleaned(data: bytes, kind: Kind) -> bytes:
    """PNG of what is drawn in DATA (PNG, JPEG or WebP), cut to its edges and set in the middle of its place on the
    page: a signature in 50 x 24 mm, a seal in a square as wide as itself. Raises Refused `picture-unreadable`,
    `picture-large`, `picture-empty` (nothing stands out from the paper), `picture-full` (all of it does)."""
    given = _opened(data)
    ink = _ink(given, kind)
    share = sum(ink.histogram()[128:]) / (ink.width * ink.height)
    if share > MOST_INK:
        raise Refused("picture-full")
    box = ink.point(lambda level: 255 if level >= 128 else 0).getbbox()
    if box is None or share < LEAST:
        raise Refused("picture-empty")
    return _set(ink.crop(box if kind == "seal" else _widened(box, ink.size)), kind)


def _opened(data: bytes) -> Image.Image:
    try:
        given = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        if given.width * given.height > MOST:
            raise Refused("picture-large")
        given.load()
        turned = ImageOps.exif_transpose(given).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused("picture-unreadable") from error
    turned.thumbnail((WORKED, WORKED), Image.Resampling.LANCZOS)
    sheet = Image.new("RGBA", turned.size, (255, 255, 255, 255))
    sheet.alpha_composite(turned)
    return sheet.convert("RGB")


def _ink(given: Image.Image, kind: Kind) -> Image.Image:
    """How much of each pixel is ink (0-255): what is darker than the paper around it, of a seal what is redder."""
    if kind == "seal":
        red, green, blue = given.split()
        stands_out = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    else:
        grey = given.convert("L")
        small = grey.resize((max(1, grey.width // 16), max(1, grey.height // 16)), Image.Resampling.BOX)
        paper = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(4))
        stands_out = ImageChops.subtract(paper.resize(grey.size, Image.Resampling.BILINEAR), grey)
    level = stands_out.point(lambda dark: max(0, min(255, (dark - FAINT) * 255 // (FULL - FAINT))))
    return level.filter(ImageFilter.MedianFilter(3))  # single specks are dust


def _widened(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    edge = round(MARGIN * max(box[2] - box[0], box[3] - box[1]))
    return max(0, box[0] - edge), max(0, box[1] - edge), min(size[0], box[2] + edge), min(size[1], box[3] + edge)


def _set(ink: Image.Image, kind: Kind) -> bytes:
    if kind == "seal":
        side = max(ink.size)
        place, colour = (side, side), RED
    else:
        width, height = SIGNATURE_MM
        place, colour = (round(width * DPI / 25.4), round(height * DPI / 25.4)), BLUE
        ink = ImageOps.contain(ink, place, Image.Resampling.LANCZOS)
    mask = Image.new("L", place, 0)
    mask.paste(ink, ((place[0] - ink.width) // 2, (place[1] - ink.height) // 2))
    sheet = Image.new("RGBA", place, (*colour[:3], 0))
    sheet.putalpha(mask)
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()
