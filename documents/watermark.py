"""A watermark over the pages of a PDF: who reads this copy, and since when, put behind the file as an update
(ISO 32000-1, 7.5.6). What lies in the store stays as it is.

`plan` runs in the workshop, once for a file: it says what the update is, but for the one object that all marked pages
share. `behind` makes that object of a reader's words, always of one length, so that nothing else moves. A copy is then
the file, and these bytes behind it. The copy of a signed file has no form any more, so that nobody takes it for one
whose signature was broken.
"""

from __future__ import annotations

import functools
import io
import math
import re
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
import pypdf
from PIL import Image, ImageDraw, ImageFont
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject, NameObject, NumberObject, PdfObject

from store.errors import Refused

from . import overlay

WIDTH, HEIGHT = 1600, 112  # pixels of the words
SLOT = 24 * 1024  # bytes of the object that holds them; unpacked they take 22.4 kB
SHARE = 0.78  # of the page's width
SLANT = 30  # degrees
LEVELS = (1 / 6, 1 / 2, 5 / 6)  # of the page's height
SHADE, OPACITY = 0.3, 0.35
SHADES = 16  # of the picture of a marked page
NAME = "/BacapMark"
FACE = "Arimo_400Regular.ttf"
START = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF")
NEAR_END = 2048


class Plan(msgspec.Struct, frozen=True):
    """What stands behind the file: `head`, the object of the words, under the number `shared`, and `tail`."""

    head: bytes
    shared: int
    tail: bytes

    @property
    def size(self) -> int:
        """Bytes that a marked copy is longer by."""
        return len(self.head) + SLOT + len(self.tail)


# ── once for a file ──


def plan(data: bytes, pages: Collection[int] = ()) -> Plan:
    """How PAGES (from 1; none: all) of a PDF are marked. Raises Refused `file-unworkable` for what is not whole."""
    found = START.findall(data[-NEAR_END:])
    if not found:
        raise Refused("file-unworkable")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
    except PyPdfError as error:
        raise Refused("file-unworkable") from error
    if reader.is_encrypted or not {"/Root", "/Size"} <= set(reader.trailer):
        raise Refused("file-unworkable")
    start = int(found[-1])
    return _Update(reader, len(data), start, packed=data[start : start + 4] != b"xref").made(set(pages))


def anew(data: bytes) -> bytes:
    """The same pages as a new file: of one that nothing can be put behind. Raises Refused `file-unworkable`."""
    out = io.BytesIO()
    try:
        pypdf.PdfWriter(clone_from=io.BytesIO(data)).write(out)
    except PyPdfError as error:
        raise Refused("file-unworkable") from error
    return out.getvalue()


class _Update:
    """Objects written behind a file of SIZE bytes, each under a number that is free or one that it replaces."""

    def __init__(self, reader: pypdf.PdfReader, size: int, start: int, *, packed: bool) -> None:
        self._reader = reader
        self._base = size
        self._start = start
        self._packed = packed  # does the file tell where its objects are in a stream?
        self._next = int(str(reader.trailer["/Size"]))
        self._places: dict[int, tuple[int, int]] = {}  # number -> offset in what is put behind, generation
        self._out = io.BytesIO()
        self._out.write(b"\n")
        self._streams: dict[bytes, IndirectObject] = {}
        # What pages may use, with the mark: by where the old lies in memory, where it is held so that it stays there.
        self._resources: dict[int, tuple[PdfObject, IndirectObject]] = {}

    def made(self, pages: Collection[int]) -> Plan:
        form, shared = self._number(), self._number()
        box = b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</ExtGState<</G<</ca %.2f>>>>" % OPACITY
        paint = b"/G gs %.2f g /M Do" % SHADE
        self._put(
            form, b"%s/XObject<</M %d 0 R>>>>/Length %d>>\nstream\n%s\nendstream" % (box, shared, len(paint), paint)
        )
        head = self._out.getvalue()
        self._places[shared] = (len(head), 0)
        self._out.write(b" " * SLOT)
        for number, page in enumerate(self._reader.pages, 1):
            if not pages or number in pages:
                self._draw(page, self._at(form))
        self._close_forms()
        self._finish()
        return Plan(head, shared, self._out.getvalue()[len(head) + SLOT :])

    def _draw(self, page: pypdf.PageObject, form: IndirectObject) -> None:
        where = page.indirect_reference
        if where is None:
            raise Refused("file-unworkable")
        before, after = overlay.around(page)
        held = page.get("/Resources", DictionaryObject()).get_object()
        if id(held) not in self._resources:  # pages share them, mostly
            made = self._number()
            self._put(made, _written(overlay.resources_with(page, "/XObject", NAME, form)))
            self._resources[id(held)] = (held, self._at(made))
        resources = self._resources[id(held)][1]
        overlay.draw(page, resources, self._stream(before), self._stream(after + _drawing(page)))
        self._put(where.idnum, _written(page), where.generation)

    def _close_forms(self) -> None:
        root = self._reader.trailer.raw_get("/Root")
        catalog = DictionaryObject(root.get_object())
        if "/AcroForm" in catalog and isinstance(root, IndirectObject):
            for name in ("/AcroForm", "/Perms", "/DSS"):
                catalog.pop(name, None)
            self._put(root.idnum, _written(catalog), root.generation)

    def _finish(self) -> None:
        known = self._reader.trailer
        trailer = DictionaryObject({NameObject("/Prev"): NumberObject(self._start)})
        for name in ("/Root", "/Info", "/ID"):
            if name in known:
                trailer[NameObject(name)] = known.raw_get(name)
        at = self._base + self._out.tell()
        if self._packed:
            number = self._number()
            self._places[number] = (self._out.tell(), 0)
            self._out.write(b"%d 0 obj\n%s\nendobj\n" % (number, self._table_in_stream(trailer)))
        else:
            trailer[NameObject("/Size")] = NumberObject(self._next)
            self._out.write(b"xref\n")
            for first, run in _runs(self._places):
                self._out.write(b"%d %d\n" % (first, len(run)))
                self._out.write(b"".join(b"%010d %05d n\r\n" % (self._base + place, age) for place, age in run))
            self._out.write(b"trailer\n%s\n" % _written(trailer))
        self._out.write(b"startxref\n%d\n%%%%EOF\n" % at)

    def _table_in_stream(self, trailer: DictionaryObject) -> bytes:
        """ISO 32000-1, 7.5.8: each entry its type (1), where it is (5), its generation (2)."""
        runs = list(_runs(self._places))
        entries = [entry for _, run in runs for entry in run]
        rows = [b"\x01" + (self._base + at).to_bytes(5, "big") + age.to_bytes(2, "big") for at, age in entries]
        index = b" ".join(b"%d %d" % (first, len(run)) for first, run in runs)
        body = zlib.compress(b"".join(rows), 9)
        told = _written(trailer).rstrip()[:-2]  # without its >>
        head = b"%s/Type/XRef/Size %d/W[1 5 2]/Index[%s]/Filter/FlateDecode/Length %d>>" % (
            told, self._next, index, len(body),
        )  # fmt: skip
        return head + b"\nstream\n" + body + b"\nendstream"

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _at(self, number: int) -> IndirectObject:
        return IndirectObject(number, 0, self._reader)

    def _stream(self, data: bytes) -> IndirectObject:
        """The same bytes are one stream."""
        if data not in self._streams:
            number = self._number()
            self._put(number, b"<</Length %d>>\nstream\n%s\nendstream" % (len(data), data))
            self._streams[data] = self._at(number)
        return self._streams[data]

    def _put(self, number: int, body: bytes, age: int = 0) -> None:
        self._places[number] = (self._out.tell(), age)
        self._out.write(b"%d %d obj\n%s\nendobj\n" % (number, age, body))


def _written(thing: PdfObject) -> bytes:
    out = io.BytesIO()
    thing.write_to_stream(out)
    return out.getvalue()


def _runs(places: Mapping[int, tuple[int, int]]) -> list[tuple[int, list[tuple[int, int]]]]:
    """Numbers that follow on each other, with what stands under each."""
    found: list[tuple[int, list[tuple[int, int]]]] = []
    for number in sorted(places):
        if found and number == found[-1][0] + len(found[-1][1]):
            found[-1][1].append(places[number])
        else:
            found.append((number, [places[number]]))
    return found


def _length(width: float, height: float) -> float:
    """Of the words on a page of this size, as they slant."""
    return min(SHARE * width / math.cos(math.radians(SLANT)), height)


def _drawing(page: pypdf.PageObject) -> bytes:
    """The words thrice over the page, slanting upwards as it is looked at."""
    left, bottom, right, top = overlay.seen(page)
    across, up = right - left, top - bottom
    turned = round(page.rotation / 90) * 90 % 360
    width, height = (up, across) if turned in (90, 270) else (across, up)
    angle, long = math.radians(SLANT + turned), _length(width, height)
    tall = long * HEIGHT / WIDTH
    cos, sin = math.cos(angle), math.sin(angle)
    drawn = []
    for level in LEVELS:
        x, y = {
            0: (left + across / 2, bottom + level * up), 90: (right - level * across, bottom + up / 2),
            180: (right - across / 2, top - level * up), 270: (left + level * across, top - up / 2),
        }[turned]  # fmt: skip
        x, y = x - (cos * long - sin * tall) / 2, y - (sin * long + cos * tall) / 2
        matrix = " ".join(f"{part:.2f}" for part in (cos * long, sin * long, -sin * tall, cos * tall, x, y))
        drawn.append(f"q {matrix} cm {NAME} Do Q\n")
    return "".join(drawn).encode("ascii")


# ── for each reader ──


def behind(made: Plan, words: tuple[str, str], fonts: Path) -> bytes:
    """What stands behind the file in the copy of whoever WORDS name, in two lines."""
    packed = zlib.compress(_stencil(words, fonts).tobytes(), 9)
    told = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ImageMask true/BitsPerComponent 1" % (WIDTH, HEIGHT)
    body = b"%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (told, len(packed), packed)
    shared = b"%d 0 obj\n%s\nendobj\n" % (made.shared, body)
    return made.head + shared.ljust(SLOT) + made.tail


def picture(data: bytes, words: tuple[str, str], fonts: Path) -> bytes:
    """The picture of a page with the same words over it, in the form it has."""
    page = Image.open(io.BytesIO(data))
    kind = page.format or "PNG"
    sheet = page.convert("RGB" if kind == "JPEG" else "L")
    long = int(_length(sheet.width, sheet.height))
    stencil = _stencil(words, fonts).convert("L").point(lambda grey: round((255 - grey) * OPACITY))
    turned = stencil.resize((long, long * HEIGHT // WIDTH)).rotate(SLANT, expand=True, fillcolor=0)
    ink = Image.new("L", turned.size, round(SHADE * 255)).convert(sheet.mode)
    for level in LEVELS:
        sheet.paste(ink, ((sheet.width - turned.width) // 2, int(level * sheet.height) - turned.height // 2), turned)
    out = io.BytesIO()
    if kind == "JPEG":
        sheet.save(out, "JPEG", quality=50)
    else:
        shades = sheet.point(lambda grey: (grey * (SHADES - 1) + 127) // 255)  # more than the page's own four
        shades.putpalette([value for shade in range(SHADES) for value in (shade * 255 // (SHADES - 1),) * 3])
        shades.save(out, "PNG", bits=4)
    return out.getvalue()


@functools.lru_cache(64)
def _stencil(words: tuple[str, str], fonts: Path) -> Image.Image:
    """Black words on white, each line as large as it may be."""
    sheet = Image.new("1", (WIDTH, HEIGHT), 1)
    drawing = ImageDraw.Draw(sheet)
    for line, (text, most) in enumerate(zip(words, (60, 40), strict=True)):
        font = ImageFont.truetype(str(fonts / FACE), most)
        wide = drawing.textlength(text, font)
        if wide > WIDTH:
            font = ImageFont.truetype(str(fonts / FACE), max(8, int(most * WIDTH / wide)))
        drawing.text((WIDTH / 2, (34, 88)[line]), text, fill=0, font=font, anchor="mm")
    return sheet
