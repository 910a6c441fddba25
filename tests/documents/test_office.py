"""documents.office: LibreOffice makes PDF of an office file, in a profile of its own, and leaves nothing running."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pypdfium2
import pytest

from documents import gate, office
from documents.actions import Papers
from documents.workshop import Workshop
from store.blobs import open_blobs
from store.errors import Refused

from ..conftest import absent
from ..kit.authority import FONTS
from ..kit.files import docx, odt
from ..kit.pdfs import pieces

LIMIT = 10_000_000


@pytest.fixture(autouse=True)
def installed() -> None:
    if office.program() is None:
        absent("LibreOffice is not installed")


def running(folder: str = "bacap-workshop") -> list[bytes]:
    """Converters that work on a file in FOLDER."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes())
    return [line for line in found if b"soffice" in line and folder.encode() in line]


async def test_two_at_once_become_pdf_with_their_text(tmp_path: Path) -> None:
    workshop, shelf = Workshop(workers=2), open_blobs("memory:")
    papers = Papers(shelf, workshop, FONTS)
    try:
        both = await asyncio.gather(
            papers.take_in(pieces(docx("Tờ trình số một")), LIMIT), papers.take_in(pieces(odt()), LIMIT)
        )
    finally:
        await workshop.close()
    assert [taken.made_from for taken in both] == ["docx", "odt"]
    for taken, text in zip(both, ("Tờ trình số một", "Kính gửi Ủy ban"), strict=True):
        document = pypdfium2.PdfDocument(await shelf.load(taken.sha256))
        assert text in gate.text_of(document, 0)
    assert running() == []


def test_a_file_that_it_cannot_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="office-unworkable"):
        office.convert(tmp_path, b"PK\3\4 nothing", "docx", FONTS)


async def test_one_that_takes_too_long_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "TIME_S", 0.2)
    with pytest.raises(Refused, match="workshop-limit"):
        await asyncio.to_thread(office.convert, tmp_path, docx(), "docx", FONTS)
    assert running(str(tmp_path)) == []


async def test_it_ends_with_the_worker_that_started_it(tmp_path: Path) -> None:
    """Whoever asked went away: worker and converter are gone."""
    workshop = Workshop(workers=1)
    try:
        async with workshop.folder() as folder:
            (folder / "in").write_bytes(docx(inside="<w:p><w:r><w:t>Trang</w:t></w:r></w:p>" * 20_000))
            asked = asyncio.create_task(workshop.do("examine", folder, 60, fonts=str(FONTS), password=""))
            for _ in range(600):
                if running():
                    break
                await asyncio.sleep(0.02)
            assert running() != []
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            for _ in range(100):
                if not running():
                    break
                await asyncio.sleep(0.02)
            assert running() == []
    finally:
        await workshop.close()
