"""signing.revisions, `fills`: what a token's holder lets be signed is the file they saw, with one revision that fills
their own signature and does nothing else; also where it is the first and certifies."""

from __future__ import annotations

import asyncio
import io

import pytest
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing import pades
from signing.model import Pending
from signing.revisions import fills
from store.world import VIETNAM

from ..kit.authority import NOW, STAMP, Office


def prepared(office: Office, pdf: bytes, field: str, *, first: bool) -> tuple[bytes, Pending]:
    file, who = io.BytesIO(pdf), office.signatory(office.holders[field])
    given = (file, field, who, office.picture(field), NOW.astimezone(VIETNAM))
    made = asyncio.run(pades.prepare(*given, first=first, stamp=STAMP))
    return file.getvalue(), made


def painted(pdf: bytes) -> bytes:
    """A revision that empties the first page."""
    file = io.BytesIO(pdf)
    writer = IncrementalPdfFileWriter(file)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    writer.write_in_place()  # type: ignore[no-untyped-call]
    return file.getvalue()


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "second", "third"])
def test_a_signature_s_own_revision_fills_its_field(office: Office, laid: bytes, place: int) -> None:
    order = ("secretary", "chair", "seal")
    shown = office.signed(laid, order[:place]) if place else laid
    file, pending = prepared(office, shown, order[place], first=not place)
    hole = (pending.start, pending.end)
    assert fills(file, len(shown), order[place], hole)
    other = order[(place + 1) % 3]
    for wrong in ((file, len(shown), other, hole), (file, len(laid) // 2, order[place], hole),
                  (file, len(shown), order[place], (pending.start + 2, pending.end)),
                  (file[:-200], len(shown), order[place], hole), (shown, len(shown), order[place], hole),
                  (b"", 0, order[place], hole), (b"%PDF-junk", 4, order[place], hole)):  # fmt: skip
        assert not fills(*wrong)


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_painted_over_the_page_in_between_is_noticed(office: Office, laid: bytes, place: int) -> None:
    order = ("secretary", "chair")
    shown = office.signed(laid, order[:place]) if place else laid
    file, pending = prepared(office, painted(shown), order[place], first=not place)
    hole = (pending.start, pending.end)
    assert not fills(file, len(shown), order[place], hole), "two revisions behind what was shown"
    before = painted(shown)
    assert fills(file, len(before), order[place], hole), "nothing is wrong with it but what it is behind"


def test_a_revision_that_paints_and_signs_at_once_is_noticed(office: Office, laid: bytes) -> None:
    """One revision, as a server would write it that wants it unseen."""
    file = io.BytesIO(laid)
    who = office.signatory(office.holders["secretary"])
    real = pades.IncrementalPdfFileWriter

    def painting(given: io.BytesIO) -> IncrementalPdfFileWriter:
        writer = real(given)
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Contents"] = writer.add_object(StreamObject(stream_data=b"BT ET"))
        writer.update_container(page)
        return writer

    given = (file, "secretary", who, office.picture("secretary"), NOW.astimezone(VIETNAM))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pades, "IncrementalPdfFileWriter", painting)
        pending = asyncio.run(pades.prepare(*given, first=True, stamp=STAMP))
    assert not fills(file.getvalue(), len(laid), "secretary", (pending.start, pending.end))
