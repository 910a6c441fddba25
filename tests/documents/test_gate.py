"""documents.gate and documents.kinds: whatever comes, a PDF that may be kept goes on, or a reason comes back."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from documents import gate, kinds, office
from documents.actions import Intake, Papers
from documents.model import Stamp
from store.blobs import Blobs
from store.errors import Refused

from ..kit.authority import FONTS
from ..kit.files import docx, picture, sheet, stamp
from ..kit.pdfs import page, pdf, pieces

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMIT = 10_000_000


def locked(data: bytes, password: str) -> bytes:
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    writer.encrypt(password, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(("head", "kind"), [
    (b"%PDF-1.7", "pdf"), (b"junk before %PDF-1.4", "pdf"), (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff\xe0", "picture"), (b"II*\0", "picture"), (b"RIFF\0\0\0\0WEBP", "picture"),
    (b"RIFF\0\0\0\0WAVE", "unknown"), (b"PK\3\4%PDF-", "zip"), (kinds.OLE, "old-office"), (b"", "unknown"),
    (b"GIF89a", "unknown"), (b"MZ\x90\0", "unknown"), (b" " * 1024 + b"%PDF-", "unknown"),
])  # fmt: skip
async def test_a_kind_is_told_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert kinds.kind_of(head) == kind


async def test_a_picture_is_kept_as_pdf(papers: Papers, shelf: Blobs) -> None:
    taken = await papers.take_in(pieces(picture("JPEG")), LIMIT)
    assert (taken.made_from, taken.pages, taken.stripped, taken.signed) == ("picture", 1, (), False)
    assert (await shelf.load(taken.sha256)).startswith(b"%PDF-")


async def test_a_password_opens_a_file_and_does_not_stay(papers: Papers, shelf: Blobs) -> None:
    data = locked(sheet("Báo cáo"), "mở ra")
    for wrong in ("", "không phải"):
        with pytest.raises(Refused) as refusal:
            await papers.take_in(pieces(data), LIMIT, Intake(password=wrong))
        assert refusal.value.code == ("pdf-password" if wrong else "pdf-encrypted")
    taken = await papers.take_in(pieces(data), LIMIT, Intake(password="mở ra"))
    assert "password" in taken.stripped
    kept = pypdf.PdfReader(io.BytesIO(await shelf.load(taken.sha256)))
    assert not kept.is_encrypted
    assert "Báo cáo" in kept.pages[0].extract_text()


async def test_a_password_for_a_file_without_one_changes_nothing(papers: Papers) -> None:
    data = pdf(page())
    assert await papers.take_in(pieces(data), LIMIT, Intake(password="x")) == await papers.take_in(pieces(data), LIMIT)


async def test_a_stamp_stops_a_paper_until_somebody_answers_for_it(papers: Papers, shelf: Blobs) -> None:
    import hashlib

    data = sheet(stamp("TỐI MẬT"))
    with pytest.raises(Refused) as refusal:
        await papers.take_in(pieces(data), LIMIT)
    assert (refusal.value.code, refusal.value.params) == ("secret-stamp", {"grade": "secret", "page": 1})
    with pytest.raises(Refused, match="blob"):
        await shelf.load(hashlib.sha256(data).hexdigest())
    taken = await papers.take_in(pieces(data), LIMIT, Intake(cleared=True))
    assert taken.stamp == Stamp("secret", 1)


async def test_the_text_of_every_page_is_at_hand() -> None:
    first, second = gate.texts_of(sheet("Tờ trình về đất đai\n#pagebreak()\nTrang hai"))
    assert "Tờ trình về đất đai" in first
    assert second.strip() == "Trang hai"


async def test_without_libreoffice_an_office_file_is_refused_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "PROGRAMS", ("no-such-program",))
    (tmp_path / "in").write_bytes(docx())
    with pytest.raises(Refused, match="office-absent"):
        gate.admit(tmp_path, FONTS)
