"""documents.secrecy: a stamp of secrecy is found, in words or as a frame on a scan; ordinary words are not one."""

from __future__ import annotations

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter

from documents import gate, scans, secrecy
from documents.model import Grade, Stamp

from ..kit.files import sheet, stamp

PLAIN = "Công tác bảo vệ bí mật nhà nước. Tài liệu MẬT phải được giữ kín. Mật độ dân số.\n\nMật ong, mật khẩu\n\nBÍ MẬT"


def found_in(data: bytes) -> Stamp | None:
    document = pypdfium2.PdfDocument(data)
    return secrecy.find(document, [gate.text_of(document, index) for index in range(len(document))])


@pytest.mark.parametrize(("words", "grade"), [
    ("MẬT", "confidential"), ("TỐI MẬT", "secret"), ("TUYỆT MẬT", "top-secret"), ("T Ố I  M Ậ T", "secret"),
    ("Độ mật: TUYỆT MẬT", "top-secret"), ("[TỐI MẬT]", "secret"), ("mËt", "confidential"), ("TUYÖT MËT", "top-secret"),
    ("TOÁI MAÄT", "secret"),
    ("Mật", None), ("bí mật", None), ("BÍ MẬT", None), ("MẬT KHẨU", None), ("Tối mật thư", None), ("KHẨN", None),
    ("", None), ("mật", None),
])  # fmt: skip
def test_words_that_are_a_grade_and_words_that_are_not(words: str, grade: Grade | None) -> None:
    assert secrecy.grade_of(words) == grade


def test_an_old_font_s_capitals_stand_alone_as_well() -> None:
    decomposed = "MA\N{COMBINING DOT BELOW}\N{COMBINING CIRCUMFLEX ACCENT}T"
    assert secrecy.grade_of(decomposed) == "confidential"


def test_a_stamp_of_words_is_found_with_its_page() -> None:
    assert found_in(sheet(stamp("MẬT"))) == Stamp("confidential", 1)
    assert found_in(sheet(f"Trang một\n#pagebreak()\n{stamp('TUYỆT MẬT', width=40)}")) == Stamp("top-secret", 2)


def test_the_gravest_of_several_is_told() -> None:
    both = f"{stamp('MẬT')}\n#pagebreak()\n{stamp('TỐI MẬT')}\n#pagebreak()\nMẬT"
    assert found_in(sheet(both)) == Stamp("secret", 2)


def test_a_paper_that_speaks_of_secrets_is_none() -> None:
    assert found_in(sheet(PLAIN)) is None


def scanned(body: str, dpi: int, aslant: float) -> Image.Image:
    page = pypdfium2.PdfDocument(sheet(body))[0].render(scale=dpi / 72).to_pil().convert("RGB")
    turned = page.rotate(aslant, fillcolor="white", resample=Image.Resampling.BICUBIC)
    return turned.filter(ImageFilter.GaussianBlur(dpi / 300))


@pytest.mark.parametrize("aslant", [0, 0.8, -1.5])
@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_on_a_scan_a_frame_of_a_stamp_s_size_is_enough(
    tmp_path: pytest.TempPathFactory, dpi: int, aslant: float
) -> None:
    file = tmp_path / "scan.jpg"  # type: ignore[operator]
    scanned(stamp("TỐI MẬT"), dpi, aslant).save(file, quality=70, dpi=(dpi, dpi))
    assert found_in(scans.to_pdf(file)) == Stamp("frame", 1)


@pytest.mark.parametrize("shape", ["seal", "box", "bar", "table", "blue"])
def test_other_red_things_are_no_frame(shape: str) -> None:
    page = Image.new("RGB", (1240, 1754), "white")
    draw, red = ImageDraw.Draw(page), (200, 16, 16)
    if shape == "seal":
        draw.ellipse((200, 200, 412, 412), outline=red, width=8)
    elif shape == "box":  # of an incoming paper: 50 x 30 mm
        draw.rectangle((100, 100, 395, 277), outline=red, width=4)
    elif shape == "bar":
        draw.rectangle((100, 100, 280, 150), fill=red)
    elif shape == "table":
        for row in range(100, 800, 50):
            draw.line((100, row, 1100, row), fill=red, width=2)
    else:
        draw.rectangle((100, 100, 280, 150), outline=(16, 16, 200), width=3)
    assert not secrecy.has_frame(page.crop((0, 0, 1240, 877)))
