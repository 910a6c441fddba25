"""Pictures that stand on a page: a hand-like signature in blue, an agency's seal in red, a picture of a page.

PNG with transparency (Decree 30/2020/NĐ-CP, Appendix I, part II, section 7). They are only what people look at: what
counts is the digital signature around them. A holder's own scanned signature takes the drawn one's place.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

BLUE, RED = (27, 63, 174, 255), (200, 16, 16, 255)
SEAL_MM, SIGNATURE_MM = 36, (50, 24)  # real size; what the spots on the page are laid out for


def signature(name: str, fonts: Path) -> bytes:
    """A person's name as if by hand, slanting upwards over a stroke."""
    scale = 10
    width, height = SIGNATURE_MM[0] * scale, SIGNATURE_MM[1] * scale
    sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    size = 80
    font = ImageFont.truetype(str(fonts / "Tinos_700Bold_Italic.ttf"), size)
    while draw.textlength(name, font) > width - 40 and size > 20:
        size -= 4
        font = ImageFont.truetype(str(fonts / "Tinos_700Bold_Italic.ttf"), size)
    draw.text((20, height / 2 - size * 0.75), name, BLUE, font)
    points = [
        (20 + x * (width - 40) / 40, height * 0.78 - 14 * math.sin(x / 6) - x * 0.4) for x in range(41)
    ]  # fmt: skip
    draw.line(points, BLUE, 5, joint="curve")
    return _png(sheet.rotate(4, Image.Resampling.BICUBIC))


def seal(agency: str, fonts: Path) -> bytes:
    """A round seal: the agency's name along the ring, a star in the middle."""
    side, ring = 720, 318
    sheet = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    for edge, width in ((0, 12), (20, 5), (170, 5)):
        draw.ellipse([edge, edge, side - edge, side - edge], outline=RED, width=width)
    draw.polygon(_star(side / 2, side / 2, 110), RED)
    font = ImageFont.truetype(str(fonts / "Tinos_700Bold.ttf"), 64 if len(agency) < 34 else 48)
    text = f"{agency.upper()} • "
    for index, char in enumerate(text):
        angle = math.tau * index / len(text) - math.pi
        tile = Image.new("RGBA", (90, 110), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((45, 55), char, RED, font, anchor="mm")
        turned = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC, expand=True)
        at_x = side / 2 + (ring - 72) * math.sin(angle) - turned.width / 2
        at_y = side / 2 - (ring - 72) * math.cos(angle) - turned.height / 2
        sheet.alpha_composite(turned, (round(at_x), round(at_y)))
    return _png(sheet)


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    found = []
    for point in range(10):
        reach = radius if point % 2 == 0 else radius * 0.382
        angle = math.pi * point / 5
        found.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    return found


def _png(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def page(data: bytes, number: int, width: int) -> bytes:
    """Page NUMBER (from 1) of a PDF as PNG, WIDTH pixels wide. Raises pypdfium2.PdfiumError for what it cannot read."""
    document = pypdfium2.PdfDocument(data)
    try:
        found = document[number - 1]
        picture = found.render(scale=width / max(1.0, found.get_width())).to_pil()
        return _png(picture)
    finally:
        document.close()
