"""signing.hexadecimal: what is read in one piece is what pyHanko reads letter by letter, and ends where that ends."""

from __future__ import annotations

import io
import random

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfStreamError

from signing import hexadecimal, verify

WRITTEN = (
    b"<>", b"<30>", b"<3>", b"<3 0\n31>", b"<feff1ee6>", b"<" + b"ab" * 63 + b">", b"<" + b"ab" * 64 + b">",
    b"<" + b"Ab00" * 5000 + b">", b"<" + b"00" * 700_000 + b">", b"<" + b"00" * 700_000 + b"0 0>",
)  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN, ids=len)
def test_it_reads_what_was_read_letter_by_letter(written: bytes) -> None:
    for behind in (b"", b"/Next <00>", b">"):
        one, other = io.BytesIO(b"[" + written + behind), io.BytesIO(b"[" + written + behind)
        one.seek(1)
        other.seek(1)
        made, wanted = hexadecimal.read(one), hexadecimal.plainly(other)
        assert (made, type(made), one.tell()) == (wanted, type(wanted), other.tell())


@pytest.mark.parametrize("written", [b"<30", b"<3g>", b"<30<31>>", b"<", b"<30)>"])
def test_what_was_refused_is_refused(written: bytes) -> None:
    for read in (hexadecimal.read, hexadecimal.plainly):
        with pytest.raises(PdfStreamError):
            read(io.BytesIO(written))


def test_the_same_of_whatever_letters() -> None:
    dealer = random.Random(20261128)
    for _ in range(3000):
        written = b"<" + bytes(dealer.choices(b"0123456789abcdefABCDEF >g\x00(%", k=dealer.randrange(12))) + b">00>"
        told = []
        for read in (hexadecimal.read, hexadecimal.plainly):
            stream = io.BytesIO(written)
            try:
                told.append((bytes(read(stream).original_bytes), stream.tell()))
            except PdfStreamError as error:
                told.append((str(error), 0))
        assert told[0] == told[1], written


def test_whoever_judges_reads_so() -> None:
    assert verify.hexadecimal.read is generic.read_hex_string_from_stream
