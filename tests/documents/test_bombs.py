"""Files made to burst, to loop, to be endless or two things at once are refused: documents.examine, documents.burst."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable

import pypdf
import pytest

from documents import examine
from documents.actions import Papers
from store.blobs import Blobs
from store.errors import Missing, Refused

from ..kit.pdfs import page, pdf, pieces, stream, zeros

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMIT = 50_000_000
BIG = 600  # megabytes, unfolded
FLATE = b"/Filter /FlateDecode"
ANY = {"pdf-bomb", "pdf-broken", "workshop-limit"}


def drawn(*objects: bytes) -> bytes:
    """A file whose page uses object 5."""
    return pdf(page(b"", b"/Resources << /XObject << /X 5 0 R >> >>", *objects))


def five_filters() -> bytes:
    return drawn(stream(b"x", b"/Filter [/FlateDecode /FlateDecode /FlateDecode /FlateDecode /FlateDecode]"))


def five_filters_indirect() -> bytes:
    return drawn(stream(b"x", b"/Filter 6 0 R"), b"[/FlateDecode /FlateDecode /FlateDecode /FlateDecode /FlateDecode]")


def bomb() -> bytes:
    return drawn(stream(zeros(BIG), FLATE))


def bomb_in_content() -> bytes:
    return pdf(page() | {4: stream(zeros(BIG), FLATE)})


def bomb_with_indirect_filter() -> bytes:
    return drawn(stream(zeros(BIG), b"/Filter 6 0 R"), b"/FlateDecode")


def bomb_with_indirect_filter_in_a_list() -> bytes:
    return drawn(stream(zeros(BIG), b"/Filter [6 0 R]"), b"/FlateDecode")


def bomb_in_hex() -> bytes:
    return drawn(stream(zeros(BIG).hex().encode() + b">", b"/Filter [/ASCIIHexDecode /FlateDecode]"))


def bomb_in_a_bomb() -> bytes:
    return drawn(stream(zlib.compress(zeros(BIG)), b"/Filter [/FlateDecode /FlateDecode]"))


def many_small_bombs() -> bytes:
    one = stream(zeros(25), FLATE)
    names = b" ".join(b"/X%d %d 0 R" % (number, number) for number in range(5, 35))
    return pdf(page(b"", b"/Resources << /XObject << %s >> >>" % names, *([one] * 30)))


def bomb_in_the_reference_table() -> bytes:
    """A cross-reference stream that unfolds without end: met before anything else is read."""
    data = pdf(page())
    words = b"<< /Type /XRef /Size 5 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>" % len(zeros(BIG))
    at = data.index(b"xref\n")
    made = b"5 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (words, zeros(BIG))
    return data[:at] + made + b"startxref\n%d\n%%%%EOF\n" % at


def page_tree_that_loops() -> bytes:
    return pdf(page() | {2: b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>"})


def page_tree_that_loops_far() -> bytes:
    more = b"<< /Type /Pages /Kids [2 0 R] /Count 2 /Parent 2 0 R >>"
    return pdf(page(b"", b"", more) | {2: b"<< /Type /Pages /Kids [5 0 R] /Count 2 >>"})


def tables_that_loop() -> bytes:
    data = pdf(page())
    at = data.index(b"xref\n")
    return pdf(page(), trailer=b"/Prev %d" % at)


def nested_without_end() -> bytes:
    return pdf(page(b"", b"/X " + b"[" * 20_000 + b"]" * 20_000))


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 200 200]"


def drawings_within_drawings(deep: int = 10, times: int = 10) -> bytes:
    """Behind the first page: 10^10 strokes in three kilobytes."""
    objects = [
        stream(b"/X Do " * times, FORM + b" /Resources << /XObject << /X %d 0 R >> >>" % (number + 1))
        for number in range(5, 5 + deep)
    ]
    return pdf(
        page(b"", b"/Resources << /XObject << /X 5 0 R >> >>", *objects, stream(b"0 0 m 9 9 l S", FORM))
        | {4: stream(b"/X Do")}
    )


def drawing_of_itself() -> bytes:
    return pdf(
        page(b"", b"/Resources << /XObject << /X 5 0 R >> >>",
             stream(b"/X Do /X Do", FORM + b" /Resources << /XObject << /X 5 0 R >> >>")) | {4: stream(b"/X Do")}
    )  # fmt: skip


def picture_larger_than_any_paper() -> bytes:
    fax = b"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 60000 /Rows 60000 >>"
    return drawn(
        stream(b"\xff" * 500, b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 1 " + fax)
    )


def runs() -> bytes:
    """Run lengths, 64 to one, behind Flate, 200 to one."""
    return drawn(stream(zlib.compress(b"\x81\x00" * 5_000_000, 9), b"/Filter [/FlateDecode /RunLengthDecode]"))


def no_pages() -> bytes:
    return pdf(page() | {2: b"<< /Type /Pages /Kids [] /Count 0 >>"})


BURSTING: list[tuple[Callable[[], bytes], set[str]]] = [
    (five_filters, {"pdf-bomb"}),
    (five_filters_indirect, {"pdf-bomb"}),
    (bomb, {"pdf-bomb"}),
    (bomb_in_content, {"pdf-bomb"}),
    (bomb_with_indirect_filter, {"pdf-bomb"}),
    (bomb_with_indirect_filter_in_a_list, {"pdf-bomb"}),
    (bomb_in_hex, {"pdf-bomb"}),
    (bomb_in_a_bomb, {"pdf-bomb"}),
    (many_small_bombs, {"pdf-bomb"}),
    (bomb_in_the_reference_table, ANY),
    (page_tree_that_loops, ANY),
    (page_tree_that_loops_far, ANY),
    (nested_without_end, ANY),
    (drawings_within_drawings, {"pdf-bomb"}),
    (drawing_of_itself, {"pdf-bomb"}),
    (picture_larger_than_any_paper, {"pdf-bomb"}),
    (runs, {"pdf-bomb"} | ANY),
    (no_pages, {"pdf-broken"}),
]


async def refusal(papers: Papers, data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        taken = await papers.take_in(pieces(data), LIMIT)
        pytest.fail(f"taken in: {taken}")
    return refused.value.code


@pytest.mark.parametrize(("make", "codes"), BURSTING, ids=[make.__name__ for make, _ in BURSTING])
async def test_what_was_made_to_burst_or_loop_is_refused(
    papers: Papers, make: Callable[[], bytes], codes: set[str]
) -> None:
    assert await refusal(papers, make()) in codes
    taken = await papers.take_in(pieces(pdf(page())), LIMIT)  # and the workshop goes on
    assert taken.pages == 1


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (b"[0 0 14500 200]", b""),
        (b"[0 0 200 14500]", b""),
        (b"[-14500 0 0 200]", b""),
        (b"[14500 0 0 200]", b""),  # the corners may be named the other way round
        (b"[0 0 200 200]", b"/UserUnit 100"),  # a unit of 100 points: 20,000 points wide
    ],
    ids=["wide", "high", "to the left", "backwards", "by its unit"],
)
async def test_a_giant_page_is_refused(papers: Papers, box: bytes, words: bytes) -> None:
    assert await refusal(papers, pdf(page(b"", words, box=box))) == "pdf-too-wide"


async def test_a_page_of_five_metres_will_do(papers: Papers) -> None:
    assert (await papers.take_in(pieces(pdf(page(box=b"[0 0 14400 200]"))), LIMIT)).pages == 1


async def test_too_many_pages_are_refused(papers: Papers) -> None:
    count = examine.MOST_PAGES + 1
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + count))
    one = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    objects = page(b"", b"", *([one] * count)) | {2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)}
    with pytest.raises(Refused) as refused:
        await papers.take_in(pieces(pdf(objects)), LIMIT)
    assert (refused.value.code, refused.value.params) == ("pdf-too-long", {"most": examine.MOST_PAGES})


async def test_two_kilobytes_behind_the_end_are_taken_off(papers: Papers, shelf: Blobs) -> None:
    taken = await papers.take_in(pieces(pdf(page(), tail=b"MZ" + b"A" * 2046)), LIMIT)
    assert taken.stripped == ("trailing",)
    kept = await shelf.load(taken.sha256)
    assert b"AAAA" not in kept
    assert examine.trailing(kept) <= 2


async def test_a_little_behind_the_end_is_left(papers: Papers) -> None:
    assert (await papers.take_in(pieces(pdf(page(), tail=b"\n" * 500)), LIMIT)).stripped == ()


@pytest.mark.parametrize("user", ["", "geheim"], ids=["owner's password alone", "user's password"])
async def test_an_encrypted_file_is_refused_as_such(papers: Papers, user: str) -> None:
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(page()))), io.BytesIO()
    writer.encrypt(user, "owner", algorithm="AES-256")
    writer.write(out)
    assert await refusal(papers, out.getvalue()) == "pdf-encrypted"


@pytest.mark.parametrize("number", [1, 3, 4])
async def test_a_wrong_table_is_refused_and_not_mended(papers: Papers, number: int) -> None:
    """Each reader mends such a file in its own way: one finds this object, another that one."""
    data = pdf(page())
    at = data.index(b"\n%d 0 obj" % number) + 1
    damaged = data.replace(b"%010d 00000 n" % at, b"%010d 00000 n" % (at + 20))
    assert damaged != data
    assert await refusal(papers, damaged) == "pdf-broken"


async def test_tables_that_loop_are_followed_once(papers: Papers) -> None:
    assert (await papers.take_in(pieces(tables_that_loop()), LIMIT)).pages == 1


def hybrid() -> bytes:
    """A table for old readers, and a stream beside it for new ones: what word processors write, and forgers too."""
    plain = pdf(page())
    at = plain.index(b"xref\n")
    words = b"<< /Type /XRef /Size 5 /W [1 2 1] /Index [0 0] /Root 1 0 R /Length 0 >>"
    beside = b"5 0 obj\n%s\nstream\n\nendstream\nendobj\n" % words
    rest = plain[at:].replace(b"/Root 1 0 R", b"/Root 1 0 R /XRefStm %d" % at)
    return plain[:at] + beside + rest.replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + len(beside)))


async def test_a_file_with_two_tables_does_not_stay_two_documents(papers: Papers, shelf: Blobs) -> None:
    """Different readers follow different tables: it is written anew as one of them sees it, or refused."""
    try:
        kept = await shelf.load((await papers.take_in(pieces(hybrid()), LIMIT)).sha256)
    except Refused as refused:
        assert refused.code.startswith("pdf-")
    else:
        assert b"/XRefStm" not in kept


@pytest.mark.parametrize(("data", "code"), [
    (b"", "kind-unknown"), (b"%PDF", "kind-unknown"), (b"<html>" * 500, "kind-unknown"),
    (b"PK\3\4" + bytes(3000), "archive-broken"), (b"\x89PNG\r\n\x1a\n", "picture-broken"),
    (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(3000), "office-old"),
], ids=["nothing", "a head", "a page", "an archive", "a picture", "an old file"])  # fmt: skip
async def test_what_is_no_pdf_is_refused_as_what_it_is(papers: Papers, data: bytes, code: str) -> None:
    assert await refusal(papers, data) == code


async def test_what_is_too_large_is_refused_and_nothing_is_kept(papers: Papers, shelf: Blobs) -> None:
    data = pdf(page(), tail=b"\n" * 900)
    with pytest.raises(Refused) as refused:
        await papers.take_in(pieces(data, 100), len(data) - 1)
    assert refused.value.code == "too-large"
    with pytest.raises(Missing):
        await shelf.load(hashlib.sha256(data).hexdigest())
    assert (await papers.take_in(pieces(data, 100), len(data))).size == len(data)


async def test_what_is_refused_is_not_kept(papers: Papers, shelf: Blobs) -> None:
    data = five_filters()
    assert await refusal(papers, data) == "pdf-bomb"
    with pytest.raises(Missing):
        await shelf.load(hashlib.sha256(data).hexdigest())
