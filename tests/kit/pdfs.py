"""Small PDFs written by hand, byte by byte, and later revisions appended to PDFs: material for attacks."""

from __future__ import annotations

import functools
import io
import random
import re
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

RED = b"1 0 0 rg 0 0 100 100 re f"
Writer = IncrementalPdfFileWriter


def pdf(objects: dict[int, bytes], trailer: bytes = b"", tail: bytes = b"") -> bytes:
    """A file of OBJECTS, numbered without gaps, the first being the root; TAIL goes behind %%EOF."""
    out, offsets = bytearray(b"%PDF-1.7\n"), {}
    for number in sorted(objects):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % offsets[number] for number in range(1, size))
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out) + tail


def stream(data: bytes, words: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), words, data)


def page(root: bytes = b"", page: bytes = b"", *more: bytes, box: bytes = b"[0 0 200 200]") -> dict[int, bytes]:
    """The objects of a file of one page: 1 root, 2 pages, 3 page, 4 its content, from 5 on MORE."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % root,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R %s >>" % (box, page),
        4: stream(b"20 20 m 180 180 l S"),
    }
    return objects | dict(enumerate(more, 5))


def link(action: bytes) -> bytes:
    """A page's words for a link with ACTION."""
    return b"/Annots [ << /Type /Annot /Subtype /Link /Rect [0 0 90 90] /A %s >> ]" % action


@functools.cache
def zeros(megabytes: int) -> bytes:
    """So many megabytes of zeros, deflated piece by piece: about a thousandth of that."""
    machine, piece = zlib.compressobj(9), bytes(1 << 20)
    return b"".join(machine.compress(piece) for _ in range(megabytes)) + machine.flush()


async def pieces(data: bytes, size: int = 1 << 16) -> AsyncIterator[bytes]:
    """As an upload comes in."""
    for at in range(0, len(data), size):
        yield data[at : at + size]


# ── revisions behind a signature ──


def revise(data: bytes, change: Callable[[Writer], None]) -> bytes:
    """DATA with one more revision, in which CHANGE was done."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def field_of(writer: Writer, name: str) -> DictionaryObject:
    """A form field by its name."""
    found = [field.get_object() for field in writer.root["/AcroForm"]["/Fields"]]
    return next(field for field in found if field["/T"] == name)


def first_page(writer: Writer) -> DictionaryObject:
    found: DictionaryObject = writer.root["/Pages"]["/Kids"][0].get_object()
    return found


def swap_page(writer: Writer, number: int = 0) -> None:
    """Another drawing on a page: what an attacker is after."""
    page = writer.root["/Pages"]["/Kids"][number].get_object()
    page["/Contents"] = writer.add_object(StreamObject(stream_data=RED))
    writer.update_container(page)


def rectangle(*sides: int) -> ArrayObject:
    return ArrayObject([NumberObject(side) for side in sides])


def with_last_startxref(data: bytes, words: bytes) -> bytes:
    """DATA with its last `startxref` and the number behind it put as WORDS; %d stands for the number."""
    last = list(re.finditer(rb"startxref\n(\d+)\n", data))[-1]
    return data[: last.start()] + words.replace(b"%d", last.group(1)) + data[last.end() :]


def embedded(data: bytes) -> list[Any]:
    """The signatures of a file, as pyHanko reads them."""
    return list(PdfFileReader(io.BytesIO(data)).embedded_signatures)


def contents_gap(data: bytes, which: int) -> tuple[int, int]:
    """Where the /Contents of a signature stand: from its < to behind its >."""
    _, first, second, _ = (int(part) for part in embedded(data)[which].sig_object["/ByteRange"])
    return first, second


def flipped(data: bytes, at: int, bits: int = 1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= bits
    return bytes(changed)


def scanned(megabytes: int) -> bytes:
    """As heavy as a scan: noise in many streams, which nothing folds; with something to strip."""
    random_ = random.Random(5)
    streams = [stream(random_.randbytes(10**6)) for _ in range(megabytes)]
    names = b" ".join(b"/X%d %d 0 R" % (number, number) for number in range(5, 5 + megabytes))
    acting = b"/OpenAction << /S /JavaScript /JS (x) >>"
    return pdf(page(acting, b"/Resources << /XObject << %s >> >>" % names, *streams))
