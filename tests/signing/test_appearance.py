"""documents.pictures, signing.pades: where signature and seal stand on the printed page, measured in its picture
(Decree 30/2020/NĐ-CP, Appendix I, part II, section 7)."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest
from PIL import Image

from documents import ink, pictures
from tests.documents.test_ink import FONTS, photograph

from ..kit.authority import AGENCY, Office

DPI = 200
MM = DPI / 25.4
Box = tuple[int, int, int, int]
Test = Callable[[int, int, int], bool]


def is_blue(red: int, green: int, blue: int) -> bool:
    return blue > 120 and blue - red > 60


def is_red(red: int, green: int, blue: int) -> bool:
    return red > 150 and red - blue > 90 and red - green > 90


def rendered(pdf: bytes) -> Image.Image:
    """The last page, as a screen or a printer shows it."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[len(document) - 1]
    picture: Image.Image = page.render(scale=DPI / 72, may_draw_forms=True).to_pil().convert("RGB")
    document.close()
    return picture


def box_of(picture: Image.Image, test: Test, left: int = 0) -> Box:
    """Where the ink of one colour stands, from LEFT on."""
    mask = Image.new("L", picture.size)
    pixels = picture.get_flattened_data()
    mask.putdata([255 if test(*one) and index % picture.width >= left else 0 for index, one in enumerate(pixels)])
    found = mask.getbbox()
    assert found is not None
    return found


def own(kind: str, words: str) -> bytes:
    """The holder's own picture, photographed and cleaned."""
    drawn = pictures.seal(words, FONTS) if kind == "seal" else pictures.signature(words, FONTS)
    return ink.cleaned(photograph(drawn), "seal" if kind == "seal" else "signature")


@pytest.mark.parametrize("whose", ["drawn", "own"])
def test_the_seal_covers_a_third_of_the_signature_in_its_real_width(
    office: Office, laid: bytes, whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if whose == "own":
        monkeypatch.setattr(office, "picture", lambda name: own(name, AGENCY if name == "seal" else "Phạm Thị Thử"))
    page = rendered(office.signed(laid))
    middle = page.width // 2
    red, blue = box_of(page, is_red), box_of(page, is_blue, left=middle)
    whole = pictures.SIGNATURE_MM[0] * MM
    covered = red[2] - blue[0]
    assert 0.25 <= covered / whole <= 0.40 and red[0] < blue[0] < red[2], (red, blue)
    for side in (red[2] - red[0], red[3] - red[1]):
        assert abs(side / MM - pictures.SEAL_MM) < 1.0, "its real diameter"
    assert red[1] < (blue[1] + blue[3]) / 2 < red[3], "at the height of the signature"


def test_what_is_signed_is_read_through_the_seal(office: Office, laid: bytes) -> None:
    """Both are transparent: where they cross, the ink of both is seen."""
    page = rendered(office.signed(laid))
    red = box_of(page, is_red)
    under = page.crop(red).get_flattened_data()
    assert sum(is_blue(*one) for one in under) > 50 and sum(is_red(*one) for one in under) > 500
