"""documents.ink: whatever a signature or a seal was photographed on, only its ink stays, in its one colour."""

from __future__ import annotations

import io
import math
import random
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter

from documents import ink, pictures
from store.errors import Refused

FONTS = Path(__file__).resolve().parents[2] / "web" / "fonts"


def photograph(
    stamp: bytes, paper: tuple[int, int, int] = (236, 230, 214), kind: str = "JPEG", turned: int = 0
) -> bytes:
    """STAMP on paper that a lamp lights from one side, with noise: as a telephone takes it."""
    drawn = Image.open(io.BytesIO(stamp)).convert("RGBA")
    sheet = Image.new("RGB", (drawn.width + 400, drawn.height + 400), paper)
    light = Image.linear_gradient("L").resize(sheet.size).point(lambda level: 150 + level * 105 // 255)
    sheet.paste(drawn, (180, 220), drawn)
    sheet = Image.composite(sheet, Image.new("RGB", sheet.size, (0, 0, 0)), light).filter(ImageFilter.GaussianBlur(1))
    noise, chance = sheet.load(), random.Random(5)
    assert noise is not None
    for _ in range(4000):
        noise[chance.randrange(sheet.width), chance.randrange(sheet.height)] = (chance.randrange(90, 255),) * 3
    out = io.BytesIO()
    exif = Image.Exif()
    if turned:
        sheet, exif[0x0112] = sheet.rotate(90, expand=True), 6  # stored lying, to be shown upright
    sheet.save(out, kind, exif=exif)
    return out.getvalue()


def made_of(data: bytes, kind: ink.Kind) -> Image.Image:
    found = Image.open(io.BytesIO(ink.cleaned(data, kind)))
    assert (found.mode, found.format) == ("RGBA", "PNG")
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_signature_stays_and_its_paper_goes(kind: str) -> None:
    made = made_of(photograph(pictures.signature("Phạm Thị Thử", FONTS), kind=kind), "signature")
    assert math.isclose(made.width / made.height, 50 / 24, rel_tol=0.01)
    alpha = made.getchannel("A")
    assert {alpha.getpixel(at) for at in ((0, 0), (made.width - 1, 0), (0, made.height - 1))} == {0}
    inked = sum(alpha.histogram()[128:]) / (made.width * made.height)
    assert 0.02 < inked < 0.4
    colours = {made.getpixel((x, y))[:3] for x in range(0, made.width, 7) for y in range(0, made.height, 7)}  # type: ignore[index]
    assert colours == {pictures.BLUE[:3]}, "blue, whatever pen it was"
    box = alpha.point(lambda level: 255 if level > 127 else 0).getbbox()
    assert box is not None
    assert box[2] - box[0] > 0.9 * made.width or box[3] - box[1] > 0.9 * made.height


def test_a_seal_is_cut_to_its_ring_and_is_red() -> None:
    made = made_of(photograph(pictures.seal("Ủy ban nhân dân huyện Vĩnh Linh", FONTS)), "seal")
    alpha = made.getchannel("A").point(lambda level: 255 if level > 127 else 0)
    box = alpha.getbbox()
    assert made.width == made.height and box is not None
    assert min(box[2] - box[0], box[3] - box[1]) > 0.98 * made.width, "as wide as its place"
    assert made.getpixel((made.width // 2, made.height // 2)) == (*pictures.RED[:3], 255), "the star"


def test_black_print_beside_a_seal_is_no_seal() -> None:
    sheet = Image.open(io.BytesIO(photograph(pictures.seal("UBND", FONTS), kind="PNG"))).convert("RGB")
    ImageDraw.Draw(sheet).rectangle([10, 10, 150, 60], fill=(20, 20, 20))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    made = made_of(out.getvalue(), "seal")
    assert made.width < 800, "the ring alone"


def test_what_lies_on_its_side_is_set_upright() -> None:
    drawn = pictures.signature("Hồ Thị Ghi", FONTS)
    upright, lying = (made_of(photograph(drawn, turned=turned), "signature") for turned in (0, 1))
    boxes = [one.getchannel("A").point(lambda level: 255 if level > 127 else 0).getbbox() for one in (upright, lying)]
    for one, other in zip(*boxes, strict=True):  # type: ignore[arg-type]
        assert abs(one - other) < 20


def test_transparency_that_is_there_already_is_kept() -> None:
    made = made_of(pictures.signature("Phạm Thị Thử", FONTS), "signature")
    assert made.getchannel("A").getpixel((0, 0)) == 0


def blank(colour: tuple[int, int, int], size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (blank((255, 255, 255)), "signature", "picture-empty"),
        (blank((30, 30, 30)), "signature", "picture-empty"),  # one colour is paper, however dark
        (blank((255, 255, 255)), "seal", "picture-empty"),
        (blank((220, 20, 20)), "seal", "picture-full"),
        (b"%PDF-1.7", "signature", "picture-unreadable"),
        (b"", "signature", "picture-unreadable"),
        (blank((255, 255, 255))[:60], "signature", "picture-unreadable"),
        (b"GIF89a" + bytes(40), "seal", "picture-unreadable"),
        (blank((255, 255, 255), (9000, 9000)), "signature", "picture-large"),
    ],
)
def test_what_is_no_signature_is_refused(data: bytes, kind: ink.Kind, why: str) -> None:
    with pytest.raises(Refused, match=why):
        ink.cleaned(data, kind)
