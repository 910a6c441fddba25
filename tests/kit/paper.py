"""A printed sheet that was scanned again, or photographed: turned, blurred, specked."""

from __future__ import annotations

import io
import random

import pypdfium2
from PIL import Image, ImageFilter

SHEET = 245  # grey of paper


def rescanned(
    pdf: bytes, *, dpi: int = 200, degrees: float = 4, blur: float = 0.9, specks: float = 0.01, page: int = -1
) -> Image.Image:  # fmt: skip
    document = pypdfium2.PdfDocument(pdf)
    sheet: Image.Image = document[page % len(document)].render(scale=dpi / 72).to_pil().convert("L")
    document.close()
    sheet = sheet.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=SHEET)
    sheet = sheet.filter(ImageFilter.GaussianBlur(blur))
    chance, pixels = random.Random(7), sheet.load()
    assert pixels is not None
    for _ in range(int(sheet.width * sheet.height * specks)):
        pixels[chance.randrange(sheet.width), chance.randrange(sheet.height)] = chance.randrange(256)
    return sheet


def jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()
