"""documents.watermark, documents.overlay: whose copy it is, on every page; the file under it stays as it is."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import msgspec
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from documents import bench, gate, watermark
from documents.watermark import SLOT, Plan
from store.errors import Refused
from tests.kit import pdfs
from tests.kit.authority import FONTS, Office, minutes
from tests.kit.files import sheet

WORDS = ("Nguyễn Thị Thử · 27/11/2026 08:15", "Ủy ban nhân dân huyện Thử Nghiệm")
PAGES = "\n#pagebreak()\n".join(f"Trang {number} của tờ trình" for number in range(1, 5))


def turned(data: bytes) -> bytes:
    """The same file with a classic table of its objects, its pages turned by 0, 90, 180 and 270 degrees."""
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    for page, number in zip(writer.pages, itertools.cycle(range(4)), strict=False):
        page.rotate(90 * number)
    writer.write(out)
    return out.getvalue()


def seen(data: bytes, number: int) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        return document[number].render(scale=1).to_pil().convert("L")  # type: ignore[no-any-return]
    finally:
        document.close()


def marked_at(bare: bytes, copy: bytes, number: int) -> list[float]:
    """Where, of the page's height, something was drawn over it."""
    before = seen(bare, number)
    box = ImageChops.difference(before, seen(copy, number)).getbbox()
    return [box[1] / before.height, box[3] / before.height] if box else []


def copy_of(data: bytes, words: tuple[str, str] = WORDS, pages: tuple[int, ...] = ()) -> bytes:
    return data + watermark.behind(watermark.plan(data, pages), words, FONTS)


@pytest.mark.parametrize("make", [bytes, turned], ids=["packed table", "classic table, turned"])
def test_every_page_is_marked_and_reads_as_before(make: type) -> None:
    data: bytes = make(sheet(PAGES))
    copy = copy_of(data)
    assert copy.startswith(data) and len(copy) - len(data) < 60_000
    assert gate.texts_of(copy) == gate.texts_of(data)
    reader = pypdf.PdfReader(io.BytesIO(copy), strict=True)
    assert len(reader.pages) == 4
    for number in range(4):
        top, bottom = marked_at(data, copy, number)
        assert top < 0.25 and bottom > 0.75, "over all of the page"
        assert seen(copy, number).getextrema()[0] < 100, "what stood there is still black"


def test_a_readers_words_change_nothing_but_the_one_object_that_all_pages_share() -> None:
    data = sheet(PAGES)
    plan = watermark.plan(data)
    one, other = (watermark.behind(plan, words, FONTS) for words in (WORDS, ("Trần Văn Khác · 1/1/2027 09:00", "")))
    assert len(one) == len(other) == plan.size
    start = len(plan.head)
    assert one[:start] == other[:start] and one[start + SLOT :] == other[start + SLOT :]
    assert one[start : start + SLOT] != other[start : start + SLOT]
    long = watermark.behind(plan, ("Nguyễn Thị " * 40, "Ủy ban " * 200), FONTS)
    assert len(long) == plan.size and marked_at(data, data + long, 0)


def test_only_the_pages_that_are_named_are_marked() -> None:
    data = sheet(PAGES)
    copy = copy_of(data, pages=(2, 4))
    assert [bool(marked_at(data, copy, number)) for number in range(4)] == [False, True, False, True]


def test_a_hundred_pages_grow_by_less_than_two_hundred_kilobytes() -> None:
    data = sheet("\n#pagebreak()\n".join(f"Trang {number}" for number in range(100)))
    assert watermark.plan(data).size < 200_000


def test_the_copy_of_a_signed_file_is_no_signed_file(signed: bytes) -> None:
    copy = copy_of(signed)
    assert pypdf.PdfReader(io.BytesIO(signed)).get_fields()
    assert not pypdf.PdfReader(io.BytesIO(copy)).get_fields()
    assert copy.startswith(signed) and marked_at(signed, copy, 0)


@pytest.fixture(scope="module")
def signed() -> bytes:
    office = Office()
    return office.signed(minutes())


def test_a_file_whose_pages_share_what_they_use_and_have_none_of_their_own() -> None:
    objects = pdfs.page()
    objects[2] = b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /XObject 5 0 R >> >>"
    objects[5] = b"<< /Other 6 0 R >>"
    objects[6] = pdfs.stream(b"0 0 m", b"/Type /XObject /Subtype /Form /BBox [0 0 1 1]")
    data = pdfs.pdf(objects)
    copy = copy_of(data)
    assert set(pypdf.PdfReader(io.BytesIO(copy)).pages[0]["/Resources"]["/XObject"]) == {"/Other", watermark.NAME}
    assert marked_at(data, copy, 0)


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"startxref\n9\n%%EOF"], ids=["none", "only an end"])
def test_what_is_not_whole_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="file-unworkable"):
        watermark.plan(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_picture_of_a_page_bears_the_same_words_in_the_form_it_had(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (720, 1018), "white").save(out, kind)
    made = watermark.picture(out.getvalue(), WORDS, FONTS)
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == (kind, (720, 1018))
        box = ImageChops.invert(picture.convert("L")).point(lambda grey: grey if grey > 40 else 0).getbbox()
    assert box and box[1] < 300 and box[3] > 700 and len(made) < 80_000


def test_every_ordinary_file_of_the_corpus_can_be_marked(corpora: Path) -> None:
    for path in sorted((corpora / "pdf" / "ordinary").glob("*.pdf")):
        data = path.read_bytes()
        try:
            plan: Plan = watermark.plan(data)
        except Refused:
            continue  # what has a password, or no end: the gate writes such files anew before they are kept
        copy = data + watermark.behind(plan, WORDS, FONTS)
        assert marked_at(data, copy, 0) or seen(data, 0).width < 10, path.name


def ink(data: bytes) -> int:
    """How many pixels of the first page are not white."""
    return sum(seen(data, 0).histogram()[:250])


def drawn(content: bytes, page: bytes = b"", box: bytes = b"[0 0 595 842]") -> bytes:
    objects = pdfs.page(b"", page, box=box)
    return pdfs.pdf(objects | {4: pdfs.stream(content)})


FULL = ink(copy_of(drawn(b"0 0 m"))) - ink(drawn(b"0 0 m"))
HOSTILE = {
    "states left open, clipped away": drawn(b"q 0 0 10 10 re W n q 1 0 0 1 0 0 cm"),
    "states left open, upside down": drawn(b"q 1 0 0 -1 0 842 cm q (q Q) pop"),
    "more states closed than opened": drawn(b"Q Q 0.1 0 0 0.1 0 0 cm"),
    "turned by half a right angle": drawn(b"0 0 m", b"/Rotate 45"),
    "its corners the other way round": drawn(b"0 0 m", box=b"[595 842 0 0]"),
    "cut beyond its edges": drawn(b"0 0 m", b"/CropBox [-2000 -2000 595 842]"),
    "zeros behind its end": drawn(b"0 0 m") + bytes(16),
    "a remark behind its end": drawn(b"0 0 m") + b"\n% made by a scanner\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_that_the_gate_keeps_loses_its_mark(name: str) -> None:
    data = HOSTILE[name]
    assert ink(copy_of(data)) - ink(data) > FULL * 0.8


def test_a_page_that_uses_nothing_takes_nothing_from_its_neighbours() -> None:
    data = turned(sheet("\n#pagebreak()\n".join(f"Trang {number}" for number in range(12))))
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    for number in (0, 3, 4, 8):
        del writer.pages[number]["/Resources"], writer.pages[number]["/Contents"]
    writer.write(out)
    data = out.getvalue()
    copy = copy_of(data)
    assert gate.texts_of(copy) == gate.texts_of(data)
    assert all(seen(copy, number).getextrema()[0] < 100 for number in (1, 2, 5, 6, 7, 9, 10, 11)), "letters are drawn"


def test_what_nothing_can_be_put_behind_is_written_anew(tmp_path: Path) -> None:
    strange = drawn(b"0 0 m").replace(b"startxref\n", b"startxref %c\n")
    with pytest.raises(Refused):
        watermark.plan(strange)
    (tmp_path / "in").write_bytes(strange)
    bench.JOBS["watermark"](tmp_path, {"pages": []})
    base = (tmp_path / "base").read_bytes()
    plan = msgspec.msgpack.decode((tmp_path / "out").read_bytes(), type=Plan)
    assert base != strange and marked_at(base, base + watermark.behind(plan, WORDS, FONTS), 0)
