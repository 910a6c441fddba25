"""documents.actions over files of other people: everyday papers come in, broken and attacking ones do not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from documents import clean, examine
from documents.actions import Papers
from documents.model import Examined
from store.blobs import Blobs
from store.errors import Refused

from ..kit.pdfs import pieces

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMIT = 100_000_000

# What is taken out of each everyday file, and how many pages it has; a word alone is the code it is refused with.
ORDINARY: dict[str, tuple[int, tuple[str, ...]] | str] = {
    "002-trivial-libre-office-writer.pdf": (1, ("automatic-action",)),
    "GeoTopo-komprimiert.pdf": (117, ("automatic-action", "remote-link")),
    "annotated_pdf.pdf": (1, ("automatic-action",)),
    "base64image.pdf": (1, ("layers",)),
    "cmyk-image.pdf": (1, ()),
    "crazyones-pdfa.pdf": (1, ()),
    "habibi-oneline-cmap.pdf": (1, ()),
    "habibi-rotated.pdf": (4, ()),
    "habibi.pdf": (1, ()),
    "imagemagick-CCITTFaxDecode.pdf": (1, ()),
    "imagemagick-images.pdf": (6, ()),
    "imagemagick-lzw.pdf": (1, ()),
    "inline-image.pdf": (1, ()),
    "libre-office-link.pdf": (1, ("automatic-action", "remote-link")),
    "libreoffice-writer-password.pdf": "pdf-encrypted",
    "minimal-document.pdf": (1, ()),
    "mistitled_outlines_example.pdf": (4, ("automatic-action",)),
    "multicolumn.pdf": (3, ()),
    "pdfkit.pdf": (1, ()),
    "pdflatex-4-pages.pdf": (4, ()),
    "pdflatex-forms.pdf": (1, ("automatic-action", "form-action")),
    "pdflatex-image.pdf": (1, ()),
    "pdflatex-outline.pdf": (4, ("automatic-action",)),
    "with-attachment.pdf": (1, ("attachment",)),
}
BROKEN = {"kind-unknown", "picture-broken", "pdf-broken", "pdf-bomb", "pdf-encrypted"}
ATTACKING = {"pdf-broken", "pdf-signed-broken", "pdf-signed-active"}


async def test_the_table_names_every_everyday_file(corpora: Path) -> None:
    assert {path.name for path in (corpora / "pdf" / "ordinary").iterdir()} == ORDINARY.keys()


@pytest.mark.parametrize("name", ORDINARY)
async def test_an_everyday_file(corpora: Path, papers: Papers, shelf: Blobs, name: str) -> None:
    data, expected = (corpora / "pdf" / "ordinary" / name).read_bytes(), ORDINARY[name]
    if isinstance(expected, str):
        with pytest.raises(Refused) as refusal:
            await papers.take_in(pieces(data), LIMIT)
        assert refusal.value.code == expected
        return
    pages, stripped = expected
    taken = await papers.take_in(pieces(data), LIMIT)
    assert taken == Examined(taken.sha256, taken.size, pages, False, stripped)
    kept = await shelf.load(taken.sha256)
    assert len(kept) == taken.size
    assert (kept == data) == (not stripped), "what has nothing to strip is kept byte for byte"
    reader = examine.open_strictly(kept)
    assert examine.survey(reader, len(kept)) == (set(), False)
    assert len(reader.pages) == pages


@pytest.mark.parametrize("name", [name for name, expected in ORDINARY.items() if not isinstance(expected, str)])
async def test_cleaning_keeps_what_stands_on_the_pages(corpora: Path, name: str) -> None:
    """Every file is cleaned here, whether it needs it or not: text and size of each page stay as they are."""
    data = (corpora / "pdf" / "ordinary" / name).read_bytes()
    before, after = examine.open_strictly(data), examine.open_strictly(await asyncio.to_thread(clean.clean, data))
    assert len(before.pages) == len(after.pages)
    for number in {0, len(before.pages) - 1}:
        sides = [[float(side) for side in reader.pages[number].mediabox] for reader in (before, after)]
        assert sides[0] == pytest.approx(sides[1], abs=0.001)
        assert before.pages[number].extract_text() == after.pages[number].extract_text()


async def refusal_of(papers: Papers, data: bytes) -> str:
    try:
        taken = await papers.take_in(pieces(data), LIMIT)
    except Refused as refusal:
        return refusal.code
    return f"taken in: {taken}"


async def test_every_broken_file_is_refused_with_a_reason(corpora: Path, papers: Papers) -> None:
    files = sorted((corpora / "pdf" / "broken").iterdir())
    assert len(files) >= 40
    found = {path.name: await refusal_of(papers, path.read_bytes()) for path in files}
    assert {name: code for name, code in found.items() if code not in BROKEN} == {}


async def test_every_attack_on_signatures_is_refused_with_a_reason(corpora: Path, papers: Papers) -> None:
    files = sorted((corpora / "pdf" / "signature-attacks").iterdir())
    assert len(files) == 15
    found = {path.name: await refusal_of(papers, path.read_bytes()) for path in files}
    assert {name: code for name, code in found.items() if code not in ATTACKING} == {}
