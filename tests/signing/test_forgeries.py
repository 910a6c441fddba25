"""signing.strict, signing.verify, signing.revisions: our own makers of every known class of forged signature.

Incremental saving, wrapping and universal forgery after pdf-insecurity.org; shadow documents (hide, replace, hide and
replace), prepared before the signing and used after it. Each starts from minutes that are valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from documents import typeset
from signing import pades

from ..kit import pdfs
from ..kit.authority import FONTS, Office, fields_of, minutes_form, worked_on
from ..kit.pdfs import RED, Writer

NAME = NameObject
RANGE = re.compile(rb"/ByteRange \[[0-9 ]+\]")


def last_range(pdf: bytes) -> re.Match[bytes]:
    return list(RANGE.finditer(pdf))[-1]


def put(pdf: bytes, found: re.Match[bytes], words: bytes) -> bytes:
    """WORDS in the place of FOUND, as long as it was."""
    assert len(words) <= len(found.group())
    return pdf[: found.start()] + words.ljust(len(found.group())) + pdf[found.end() :]


# ── incremental saving ──


def swapped(pdf: bytes) -> bytes:
    return pdfs.revise(pdf, pdfs.swap_page)


def body_only(pdf: bytes) -> bytes:
    """A changed page behind the last %%EOF, with no cross-reference: readers that repair files find it."""
    return pdf + b"\n9 0 obj\n<< /Type /Page /Contents 10 0 R >>\nendobj\n10 0 obj\n<< >>\nstream\nendstream\nendobj\n"


def table_without_trailer(pdf: bytes) -> bytes:
    return body_only(pdf) + b"xref\n0 1\n0000000000 65535 f \n"


def trailer_without_startxref(pdf: bytes) -> bytes:
    return table_without_trailer(pdf) + b"trailer\n<< /Size 90 /Root 1 0 R >>\n%%EOF\n"


def startxref_misspelt(pdf: bytes) -> bytes:
    return pdfs.with_last_startxref(swapped(pdf), b"startxerf\n%d\n")


def startxref_beyond(pdf: bytes) -> bytes:
    return pdfs.with_last_startxref(swapped(pdf), b"startxref\n99999999\n")


def startxref_of_before(pdf: bytes) -> bytes:
    """The new revision is there, and the end points at the one before."""
    before = re.findall(rb"startxref\n(\d+)\n", pdf)[-1]
    return pdfs.with_last_startxref(swapped(pdf), b"startxref\n" + before + b"\n")


# ── wrapping: the signed bytes are moved, and others put where they were ──


def wrapped(pdf: bytes) -> bytes:
    """The second part of what is signed goes to the end; the gap grows and takes what the attacker likes."""
    _, first, second, rest = (int(part) for part in re.findall(rb"\d+", last_range(pdf).group()))
    between = b"\n9 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    moved = put(pdf, last_range(pdf), b"/ByteRange [0 %d %d %d]" % (first, second + len(between), rest))
    return moved[:second] + between + moved[second:]


def wrapped_twice(pdf: bytes) -> bytes:
    """Two ranges in one: the true one for the digest, another one for the coverage."""
    found = last_range(pdf).group()
    return pdf.replace(found, b"/ByteRange [0 1 2 %d] %s" % (len(pdf), found[:4]), 1)


def parts_overlapping(pdf: bytes) -> bytes:
    _, first, second, rest = (int(part) for part in re.findall(rb"\d+", last_range(pdf).group()))
    return put(pdf, last_range(pdf), b"/ByteRange [0 %d %d %d]" % (second, first, rest))


# ── universal forgery: nothing there to be checked ──


def no_range(pdf: bytes) -> bytes:
    return put(pdf, last_range(pdf), b"/ByteRangX [0 0 0 0]")


def range_of(words: bytes) -> Callable[[bytes], bytes]:
    return lambda pdf: put(pdf, last_range(pdf), b"/ByteRange " + words)


def contents_of(words: bytes) -> Callable[[bytes], bytes]:
    def change(pdf: bytes) -> bytes:
        first, second = pdfs.contents_gap(pdf, -1)
        return pdf[:first] + words.ljust(second - first) + pdf[second:]

    return change


def contents_zero(pdf: bytes) -> bytes:
    first, second = pdfs.contents_gap(pdf, -1)
    return pdf[: first + 1] + b"0" * (second - first - 2) + pdf[second - 1 :]


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "incremental: a changed page": swapped,
    "incremental: body only": body_only,
    "incremental: table without a trailer": table_without_trailer,
    "incremental: trailer without startxref": trailer_without_startxref,
    "incremental: startxref misspelt": startxref_misspelt,
    "incremental: startxref beyond the file": startxref_beyond,
    "incremental: startxref of the revision before": startxref_of_before,
    "wrapping: moved second part": wrapped,
    "wrapping: two ranges": wrapped_twice,
    "wrapping: overlapping parts": parts_overlapping,
    "forgery: no byte range": no_range,
    "forgery: byte range null": range_of(b"null"),
    "forgery: byte range empty": range_of(b"[]"),
    "forgery: byte range of nothing": range_of(b"[0 0 0 0]"),
    "forgery: byte range negative": range_of(b"[0 -1 2 3]"),
    "forgery: byte range of one part": range_of(b"[0 99]"),
    "forgery: contents empty": contents_of(b"<>"),
    "forgery: contents null": contents_of(b"null"),
    "forgery: contents zero": contents_zero,
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_file_is_not_valid(office: Office, signed: bytes, name: str) -> None:
    forged = FORGERIES[name](signed)
    assert forged != signed
    assert (await office.judge(forged)).state == "not-valid"


@pytest.mark.parametrize("name", FORGERIES)
async def test_nor_is_one_that_was_made_to_last(office: Office, archived: bytes, later: datetime, name: str) -> None:
    assert (await office.judge(FORGERIES[name](archived), at=later)).state == "not-valid"


# ── shadow documents ──


def _first(writer: Writer, name: str) -> tuple[IndirectObject, DictionaryObject]:
    """A resource of the first page, by reference."""
    held = pdfs.first_page(writer)["/Resources"][name]
    reference = held.raw_get(next(iter(held)))
    return reference, reference.get_object()


def hide(writer: Writer) -> None:
    """What covered something is taken away: the page's own drawing is emptied in place."""
    reference = pdfs.first_page(writer).raw_get("/Contents")
    stream = reference.get_object()
    stream._data, stream._encoded_data = b"", None
    writer.mark_update(reference)


def replace_font(writer: Writer) -> None:
    """The same signs, drawn otherwise: what reads 1 shows 9."""
    reference, font = _first(writer, "/Font")
    font["/Encoding"] = NAME("/WinAnsiEncoding")
    writer.mark_update(reference)


def other_tree(writer: Writer) -> None:
    """Pages that nobody sees yet, put into the file before it is signed."""
    kids, page = ArrayObject(), {NAME("/Type"): NAME("/Page"), NAME("/MediaBox"): pdfs.rectangle(0, 0, 595, 842)}
    page[NAME("/Contents")] = writer.add_object(StreamObject(stream_data=RED))
    kids.append(writer.add_object(DictionaryObject(page)))
    tree = {NAME("/Type"): NAME("/Pages"), NAME("/Kids"): kids, NAME("/Count"): NumberObject(1)}
    writer.root["/PieceInfo"] = DictionaryObject({NAME("/Hidden"): writer.add_object(DictionaryObject(tree))})
    writer.update_root()


def show_other_tree(writer: Writer) -> None:
    writer.root["/Pages"] = writer.root["/PieceInfo"].raw_get("/Hidden")
    writer.update_root()


@pytest.mark.parametrize("change", [hide, replace_font], ids=["hide", "replace"])
async def test_a_shadow_document_is_refused(office: Office, signed: bytes, change: Callable[[Writer], None]) -> None:
    await office.refused(pdfs.revise(signed, change))


async def test_a_shadow_document_that_hides_and_replaces_is_refused(office: Office) -> None:
    pdf, made = typeset.typeset(minutes_form(), FONTS)
    prepared = pdfs.revise(pdf, other_tree)
    signed = await office.sign_all(worked_on(prepared, lambda file: pades.lay(file, fields_of(made))))
    assert (await office.judge(signed)).state == "valid", "until then it is what was signed"
    await office.refused(pdfs.revise(signed, show_other_tree))
