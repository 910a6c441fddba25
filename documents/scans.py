"""Pictures of papers into PDF: photographs and scans, one page a picture. Runs in the workshop only.

What a camera wrote beside the picture (place, owner, thumbnail) stays behind: only what is seen goes on.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence

from store.errors import Refused

from .burst import MOST_PIXELS

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
MOST_PAGES = 500
A4_INCHES = 11.69  # the long side
SANE_DPI = (72, 1200)
QUALITY = 88

Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses what has more than twice as many


def to_pdf(source: Path) -> bytes:
    """A picture, or a TIFF of several, as PDF. Raises Refused `picture-broken`, `pdf-bomb`, `pdf-too-long`."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(source, formats=FORMATS) as picture:
            if getattr(picture, "n_frames", 1) > MOST_PAGES:
                raise Refused("pdf-too-long", most=MOST_PAGES)
            dpi, pages, out = _dpi(picture), _pages(picture), io.BytesIO()
            first = next(pages)
            lossy = {} if first.mode == "1" else {"quality": QUALITY}  # black and white goes as a fax does, lossless
            first.save(out, "PDF", save_all=True, append_images=pages, resolution=dpi, **lossy)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("pdf-bomb") from error
    except (OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, OverflowError, EOFError) as error:
        raise Refused("picture-broken") from error
    return out.getvalue()


def _dpi(picture: Image.Image) -> float:
    """Dots per inch as the picture says, where that makes a sheet of a likely size; else it fills an A4."""
    told = float(picture.info.get("dpi", (0, 0))[0] or 0)
    longest = max(picture.size)
    if SANE_DPI[0] <= told <= SANE_DPI[1] and longest / told <= 4 * A4_INCHES:
        return told
    return longest / A4_INCHES


def _pages(picture: Image.Image) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(picture):
        turned = ImageOps.exif_transpose(frame)
        if turned.mode == "1" or (turned.mode in ("L", "RGB") and "transparency" not in turned.info):
            page = turned.copy()
        else:
            clear = turned.convert("RGBA")
            page = Image.new("RGB", clear.size, "white")
            page.paste(clear, mask=clear.getchannel("A"))
        page.info.clear()
        yield page
