"""documents.compose: all papers in one PDF, numbered through, and in a ZIP."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from documents import compose
from documents.compose import Part, plain
from documents.gate import text_of
from tests.kit.files import sheet


def files(folder: Path, **given: bytes) -> None:
    for name, data in given.items():
        (folder / name).write_bytes(data)


def test_one_pdf_has_an_outline_and_numbers_that_run_through(tmp_path: Path) -> None:
    files(tmp_path, a=sheet("Một\n#pagebreak()\nHai"), b=sheet("Ba"), c=sheet("Bốn"))
    parts = [
        Part("1. Ngân sách", "Tờ trình", "a"),
        Part("1. Ngân sách", "Phụ lục", "b"),
        Part("2. Đất đai", "Báo cáo", "c"),
    ]
    assert compose.pdf(tmp_path, parts) == 4
    made = (tmp_path / "out").read_bytes()
    document = pypdfium2.PdfDocument(made)
    texts = [text_of(document, index) for index in range(4)]
    assert [word in text for word, text in zip(("Một", "Hai", "Ba", "Bốn"), texts, strict=True)] == [True] * 4
    assert [f"{number}/4" in text for number, text in enumerate(texts, 1)] == [True] * 4
    outline = pypdf.PdfReader(io.BytesIO(made)).outline
    told = [one.title if not isinstance(one, list) else [below.title for below in one] for one in outline]
    assert told == ["1. Ngân sách", ["Tờ trình", "Phụ lục"], "2. Đất đai", ["Báo cáo"]]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_number_stands_at_the_lower_edge_however_the_page_is_turned(tmp_path: Path, turn: int) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet("")))
    writer.pages[0].rotate(turn)
    with (tmp_path / "a").open("wb") as out:
        writer.write(out)
    compose.pdf(tmp_path, [Part("1", "Một", "a")])
    picture = pypdfium2.PdfDocument((tmp_path / "out").read_bytes())[0].render(scale=1).to_pil().convert("L")
    width, height = picture.size
    dark = picture.point(lambda value: 255 if value < 128 else 0).getbbox()  # type: ignore[operator]
    assert dark is not None
    left, top, right, bottom = dark
    assert height - bottom < 20 and height - top < 30 and abs((left + right) / 2 - width / 2) < 3
    assert right - left > bottom - top, "it reads along the edge"


def test_what_a_page_leaves_behind_does_not_move_its_number(tmp_path: Path) -> None:
    """A page that ends with its coordinates changed, and resources that are shared by all pages."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet("Một\n#pagebreak()\nHai")))
    for page in writer.pages:
        bent = pypdf.generic.DecodedStreamObject()
        bent.set_data(b"\n0.1 0 0 0.1 500 500 cm\n")
        old = page["/Contents"].get_object()
        pieces = list(old) if isinstance(old, pypdf.generic.ArrayObject) else [page.raw_get("/Contents")]
        page[pypdf.generic.NameObject("/Contents")] = pypdf.generic.ArrayObject([*pieces, writer._add_object(bent)])
    with (tmp_path / "a").open("wb") as out:
        writer.write(out)
    compose.pdf(tmp_path, [Part("1", "Một", "a")])
    document = pypdfium2.PdfDocument((tmp_path / "out").read_bytes())
    for index in range(2):
        page = document[index].get_textpage()
        found = page.search(f"{index + 1}/2").get_next()
        assert found is not None
        _, bottom, _, top = page.get_charbox(found[0])
        assert 10 < bottom < top < 25


def test_the_same_papers_are_the_same_archive_byte_for_byte(tmp_path: Path) -> None:
    files(tmp_path, a=sheet("Một"), b=sheet("Hai"))
    parts = [Part("1", "Tờ trình: đất/đai", "a"), Part("1", "Tờ trình: đất/đai", "b")]
    made = []
    for _ in range(2):
        assert compose.archive(tmp_path, parts) == 2
        made.append((tmp_path / "out").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert archive.namelist() == ["01. Tờ trình đất đai.pdf", "02. Tờ trình đất đai.pdf"]
        assert archive.read("02. Tờ trình đất đai.pdf") == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("a\x00b\n", "a b"),
        ("...", "-"),
        ("x" * 300, "x" * 100),
        ("Tờ trình", "Tờ trình"),
    ],
)
def test_a_title_is_a_name_on_any_system(title: str, name: str) -> None:
    assert plain(title) == name
