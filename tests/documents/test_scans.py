"""documents.scans: photographs and scans become PDF, a page a picture; what was written beside them stays behind."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from documents import scans
from store.errors import Refused

from ..kit.files import picture

MM = 72 / 25.4


def made(tmp_path: Path, data: bytes) -> pypdf.PdfReader:
    (tmp_path / "in").write_bytes(data)
    return pypdf.PdfReader(io.BytesIO(scans.to_pdf(tmp_path / "in")), strict=True)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "LA", "I;16"])
def test_every_kind_of_png_becomes_a_page(tmp_path: Path, mode: str) -> None:
    assert len(made(tmp_path, picture("PNG", mode=mode)).pages) == 1


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("WEBP", "RGBA"), ("TIFF", "1")])
def test_every_kind_of_picture_becomes_a_page(tmp_path: Path, kind: str, mode: str) -> None:
    assert len(made(tmp_path, picture(kind, mode=mode)).pages) == 1


def test_a_picture_of_many_becomes_as_many_pages(tmp_path: Path) -> None:
    assert len(made(tmp_path, picture("TIFF", frames=3)).pages) == 3


def test_it_is_as_large_as_it_says_or_fills_a_sheet(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (1654, 2339), "white").save(out, "JPEG", dpi=(200, 200))
    box = made(tmp_path, out.getvalue()).pages[0].mediabox
    assert [float(box.width) / MM, float(box.height) / MM] == pytest.approx([210, 297], abs=0.5)
    box = made(tmp_path, picture("PNG", (3000, 4000))).pages[0].mediabox
    assert float(box.height) / MM == pytest.approx(297, abs=0.5)


def test_a_photograph_stands_upright_and_says_nothing_of_its_place(tmp_path: Path) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned by a quarter (EXIF 2.3, Orientation)
    exif[0x010F] = "A camera of somebody"
    Image.new("RGB", (400, 200), "white").save(out, "JPEG", exif=exif)
    reader = made(tmp_path, out.getvalue())
    assert reader.pages[0].mediabox.height > reader.pages[0].mediabox.width
    assert b"A camera" not in (tmp_path / "in").read_bytes().replace(b"A camera", b"") + scans.to_pdf(tmp_path / "in")


def bomb() -> bytes:
    """A PNG that says it is 60,000 pixels wide and high: 13.5 GB of colour."""
    data = bytearray(picture("PNG", (8, 8)))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(("data", "code"), [
    (bomb(), "pdf-bomb"), (picture("PNG")[:60], "picture-broken"), (picture("JPEG")[:200], "picture-broken"),
    (picture("TIFF")[:30], "picture-broken"), (b"\xff\xd8\xff" + bytes(90), "picture-broken"),
    (picture("GIF", mode="P"), "picture-broken"),
], ids=["bomb", "cut PNG", "cut JPEG", "cut TIFF", "nothing", "a kind that is not taken"])  # fmt: skip
def test_a_bad_picture_is_refused_with_a_reason(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        made(tmp_path, data)
    assert refusal.value.code == code
