"""The stamp of a secrecy grade on a paper, so that a secret is not taken in by mistake. Runs in the workshop only.

Decree 26/2020/NĐ-CP stamps the grade in red capitals within a frame, below the number of the paper. Words are looked
for where they stand alone on a page; a scan has no words, so on its first page a red frame of a stamp's size is enough.
A stamp of urgency (Decree 30/2020/NĐ-CP) has the same frame: so a person is asked, and nothing is decided here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from .model import Grade, Stamp

# As Unicode, and as the old fonts wrote it: TCVN 3 (.VnTime) and VNI.
WORDS: tuple[tuple[Grade, re.Pattern[str]], ...] = (
    ("top-secret", re.compile(r"TUYỆT ?MẬT|TUYÖT ?MËT|TUY[EÊ]ÄT ?MAÄT|TUYEÄT ?MAÄT")),
    ("secret", re.compile(r"TỐI ?MẬT|TÈI ?MËT|TOÁI ?MAÄT")),
    ("confidential", re.compile(r"MẬT|MËT|MAÄT")),
)
DPI = 150
MM = DPI / 25.4
FRAME_MM = ((15, 48), (6, 13))  # width and height, with the slack of a scanner
LARGEST = 1191 * 1684  # points: A2; beyond it are drawings, which are not stamped so
SEARCHED = 0.5  # of the first page, from its top
RED, REDDER = 110, 35  # as bright at least, and so much more of it than of green and blue


def find(document: pypdfium2.PdfDocument, texts: Iterable[str]) -> Stamp | None:
    """The gravest stamp that is found, or None. TEXTS are those of the pages."""
    worded = list(_worded(document, texts))
    if worded:
        return min(worded, key=lambda stamp: [grade for grade, _ in WORDS].index(stamp.grade))
    return Stamp("frame", 1) if _framed(document) else None


def _worded(document: pypdfium2.PdfDocument, texts: Iterable[str]) -> Iterator[Stamp]:
    for number, text in enumerate(texts, 1):
        capitals = unicodedata.normalize("NFC", text).upper()
        if not any(pattern.search(re.sub(r"\s+", "", capitals)) for _, pattern in WORDS):
            continue
        for piece in _pieces(document, number - 1):
            grade = grade_of(piece)
            if grade is not None:
                yield Stamp(grade, number)


def grade_of(piece: str) -> Grade | None:
    """The grade that a piece of text names, if it says nothing else and says it as a stamp does."""
    alone = " ".join(re.sub(r"[^\w\s]", " ", unicodedata.normalize("NFC", piece)).split())
    alone = re.sub(r"^Độ mật:? ", "", alone, flags=re.I)
    if re.fullmatch(r"(\w ){2,}\w", alone):  # spaced out: T Ố I M Ậ T
        alone = alone.replace(" ", "")
    old = any(mark in alone for mark in "ËÖËëöÄä") and not any(mark in alone for mark in "ẬậỐốỆệ")
    shouted = alone.upper() if old else alone  # fonts of that time had capitals under small letters' codes
    return next((grade for grade, pattern in WORDS if pattern.fullmatch(shouted)), None)


def _pieces(document: pypdfium2.PdfDocument, index: int) -> Iterator[str]:
    """The text of a page as it was set: each stretch of one line and font."""
    text = document[index].get_textpage()
    for number in range(text.count_rects()):
        yield text.get_text_bounded(*text.get_rect(number))


def _framed(document: pypdfium2.PdfDocument) -> bool:
    page = document[0]
    width, height = page.get_size()
    if width * height > LARGEST:
        return False
    picture = page.render(scale=DPI / 72, crop=(0, height * (1 - SEARCHED), 0, 0)).to_pil().convert("RGB")
    return has_frame(picture)


def has_frame(picture: Image.Image) -> bool:
    """Is there a red frame of a stamp's size, at DPI dots per inch, with paper showing within?"""
    red, green, blue = picture.split()
    redder = ImageChops.subtract(red, ImageChops.lighter(green, blue)).point(lambda value: 255 * (value >= REDDER))
    bright = red.point(lambda value: 255 * (value >= RED))
    mask = ImageChops.darker(redder, bright).filter(ImageFilter.MaxFilter(5))
    width, height = mask.size
    dots = mask.tobytes()
    (least, most), (low, high) = ((round(edge * MM) for edge in side) for side in FRAME_MM)
    strokes = _strokes(dots, width, height, least)
    edges = [stroke for stroke in strokes if least <= stroke.right - stroke.left <= most]
    for upper in edges:
        for lower in edges:
            same = abs(lower.left - upper.left) <= 2 * MM and abs(lower.right - upper.right) <= 2 * MM
            if same and low <= lower.top - upper.top <= high and _is_frame(dots, width, upper, lower):
                return True
    return False


@dataclass(slots=True)
class _Stroke:
    """A line of red, level or a little aslant."""

    top: int
    bottom: int
    left: int
    right: int


def _strokes(dots: bytes, width: int, height: int, least: int) -> list[_Stroke]:
    """Level lines: stretches of red, row upon row, as long as they are no thicker than a pen."""
    run, thickest = re.compile(rb"\xff{%d,}" % (least // 3)), round(3 * MM)
    done: list[_Stroke] = []
    under_way: list[_Stroke] = []
    for row in range(height + 1):
        spans = [found.span() for found in run.finditer(dots, row * width, (row + 1) * width)]
        grown: list[_Stroke] = []
        for left, right in ((start - row * width, end - row * width) for start, end in spans):
            above = next((one for one in under_way if one.left < right and left < one.right), None)
            if above is None:
                grown.append(_Stroke(row, row, left, right))
            else:
                above.bottom, above.left, above.right = row, min(left, above.left), max(right, above.right)
                if above not in grown:
                    grown.append(above)
        done += [one for one in under_way if one.bottom < row and one.bottom - one.top <= thickest]
        under_way = grown
    return done


def _is_frame(dots: bytes, width: int, upper: _Stroke, lower: _Stroke) -> bool:
    """Are both sides drawn as well, and is it not filled?"""
    slack, rows = round(1.5 * MM), range(upper.top, lower.bottom + 1)
    left, right = min(upper.left, lower.left), max(upper.right, lower.right)

    def side(at: int) -> float:
        columns = slice(max(0, at - slack), min(width, at + slack))
        return sum(b"\xff" in dots[row * width : (row + 1) * width][columns] for row in rows) / len(rows)

    filled = sum(dots[row * width + left : row * width + right].count(0xFF) for row in rows)
    return side(left) > 0.85 and side(right) > 0.85 and filled < 0.7 * len(rows) * (right - left)
