"""documents.typeset and documents.pictures on the page: margins, head, numbers and seal as Decree 30/2020 has them."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass

import pypdfium2
import pytest
from PIL import Image, ImageChops

from documents import pictures, typeset
from documents.model import Spot

from ..kit.authority import AGENCY, FONTS, PEOPLE, Office, minutes, minutes_form

MM = 72 / 25.4
WIDTH, HEIGHT = 210.0, 297.0
LONG = tuple(f"Ý kiến thứ {number}: " + "đề nghị làm rõ nguồn vốn và tiến độ thực hiện; " * 9 for number in range(20))


@dataclass(frozen=True)
class Line:
    """One line of text, in millimetres from the upper left corner of its page."""

    words: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def lines(pdf: bytes, page: int) -> list[Line]:
    """The lines of a page (from 1), from the places of its letters."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        held = document[page - 1].get_textpage()
        rows: dict[int, list[tuple[float, float, float, float, str]]] = {}
        for index in range(held.count_chars()):
            letter = held.get_text_range(index, 1)
            if letter.strip():
                left, bottom, right, top = held.get_charbox(index, loose=True)
                rows.setdefault(round(bottom), []).append((left, right, top, bottom, letter))
    finally:
        document.close()
    found = []
    for row in rows.values():
        row.sort()
        for part in split(row):
            words = "".join(letter for *_, letter in part)
            sides = [part[0][0], part[-1][1]]
            top, bottom = max(one[2] for one in part), min(one[3] for one in part)
            found.append(Line(words, sides[0] / MM, sides[1] / MM, HEIGHT - top / MM, HEIGHT - bottom / MM))
    return sorted(found, key=lambda line: (line.top, line.left))


def split(row: list[tuple[float, float, float, float, str]]) -> list[list[tuple[float, float, float, float, str]]]:
    """A row falls apart where there is more than 6 mm of nothing: two columns."""
    parts = [[row[0]]]
    for before, one in itertools.pairwise(row):
        if one[0] - before[1] > 6 * MM:
            parts.append([])
        parts[-1].append(one)
    return parts


@pytest.fixture(scope="module")
def long() -> tuple[bytes, tuple[Spot, ...]]:
    pdf, made = typeset.typeset(minutes_form(LONG), FONTS)
    assert made.pages >= 3
    return pdf, made.spots


@pytest.fixture(scope="module")
def short() -> list[Line]:
    return lines(typeset.typeset(minutes_form(), FONTS)[0], 1)


def find(found: list[Line], words: str) -> Line:
    """The last line that holds these words: names stand in the text and again below the signatures."""
    squeezed = words.replace(" ", "")
    return [line for line in found if squeezed in line.words][-1]


def test_pages_are_a4(long: tuple[bytes, tuple[Spot, ...]]) -> None:
    document = pypdfium2.PdfDocument(long[0])
    sizes = {tuple(round(side / MM) for side in document[number].get_size()) for number in range(len(document))}
    document.close()
    assert sizes == {(210, 297)}


@pytest.mark.parametrize("page", [1, 2, 3])
def test_margins(long: tuple[bytes, tuple[Spot, ...]], page: int) -> None:
    """Left 30-35, right 15-20, above and below 20-25 mm; ours are 30, 20, 20, 20."""
    body = [line for line in lines(long[0], page) if not line.words.isdigit()]
    assert min(line.left for line in body) == pytest.approx(30, abs=1)
    if page < 3:
        assert max(line.right for line in body) == pytest.approx(WIDTH - 20, abs=1)
        assert 20 <= HEIGHT - max(line.bottom for line in body) <= 32  # less than a line and a paragraph is left
    assert min(line.top for line in body) >= 19
    assert max(line.right for line in body) <= WIDTH - 15
    assert max(line.bottom for line in body) <= HEIGHT - 19


def test_page_numbers(long: tuple[bytes, tuple[Spot, ...]]) -> None:
    """None on the first page; from the second on in the middle of the upper margin."""
    assert not [line for line in lines(long[0], 1) if line.words.isdigit()]
    for page in (2, 3):
        [number] = [line for line in lines(long[0], page) if line.words.isdigit()]
        assert number.words == str(page)
        assert number.bottom <= 20
        assert number.middle == pytest.approx((30 + WIDTH - 20) / 2, abs=1)


def test_the_head(short: list[Line]) -> None:
    """Agency above left, the country's name and motto above right, number and date below them."""
    above, agency = find(short, "UBND TỈNH QUẢNG TRỊ"), find(short, "NHÂN DÂN HUYỆN")
    country, motto = find(short, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), find(short, "Độc lập")
    number, day = find(short, "Số:05/BB-UBND"), find(short, "Vĩnh Linh, ngày 24 tháng 11 năm 2026")
    name = find(short, "BIÊNBẢN")
    assert above.top == pytest.approx(country.top, abs=0.5)
    assert above.top == pytest.approx(20, abs=2)
    assert above.bottom <= agency.bottom < number.top
    assert country.bottom < motto.bottom < day.top
    for left, right in ((above, country), (agency, motto), (number, day)):
        assert left.right < right.left
    assert above.middle == pytest.approx(number.middle, abs=1)
    assert country.middle == pytest.approx(motto.middle, abs=1)
    assert country.middle == pytest.approx(day.middle, abs=1)
    assert country.left > WIDTH * 0.4
    assert country.right <= WIDTH - 20 + 1
    assert max(number.bottom, day.bottom) < name.top
    assert name.middle == pytest.approx((30 + WIDTH - 20) / 2, abs=1)


def test_secretary_left_chair_right_and_names_below(short: list[Line]) -> None:
    office_left, office_right = find(short, "THƯKÝ"), find(short, "CHỦTỌA")
    left, right = find(short, PEOPLE["secretary"]), find(short, PEOPLE["chair"])
    assert office_left.middle == pytest.approx(left.middle, abs=1)
    assert office_right.middle == pytest.approx(right.middle, abs=1)
    assert left.right < right.left
    assert left.top - office_left.bottom >= 24  # room for the signature
    assert find(short, "Nơinhận:").top > left.bottom


def test_signatures_stand_between_office_and_name(short: list[Line]) -> None:
    spots = {spot.name: spot for spot in typeset.typeset(minutes_form(), FONTS)[1].spots}
    names = {"secretary": PEOPLE["secretary"], "chair": PEOPLE["chair"]}
    for field, name in names.items():
        spot, line = spots[field], find(short, name)
        assert (spot.right - spot.left) / MM == pytest.approx(pictures.SIGNATURE_MM[0], abs=0.1)
        assert (spot.left + spot.right) / 2 / MM == pytest.approx(line.middle, abs=1)
        assert HEIGHT - spot.bottom / MM <= line.top + 1
        assert spot.page == 1


@pytest.mark.parametrize("course", [("Một.",), LONG], ids=["short", "long"])
def test_the_seal_covers_the_left_third_of_the_chair_s_signature(course: tuple[str, ...]) -> None:
    spots = {spot.name: spot for spot in typeset.typeset(minutes_form(course), FONTS)[1].spots}
    chair, seal = spots["chair"], spots["seal"]
    share = (seal.right - chair.left) / (chair.right - chair.left)
    assert 0.25 <= share <= 0.40
    assert seal.left < chair.left
    for side in (seal.right - seal.left, seal.top - seal.bottom):
        assert side / MM == pytest.approx(36, abs=0.5)
    assert seal.page == chair.page
    assert (seal.top + seal.bottom) / 2 == pytest.approx((chair.top + chair.bottom) / 2, abs=1)
    assert spots["secretary"].right < seal.left, "the seal touches the chair's signature alone"


def test_signatures_never_stand_on_a_page_of_their_own() -> None:
    """Whatever the length, the last line of the text is on the page of the signatures."""
    for count in range(1, 22, 2):
        pdf, made = typeset.typeset(minutes_form(("Nội dung thảo luận tại phiên họp.",) * count), FONTS)
        [page] = {spot.page for spot in made.spots}
        assert page == made.pages
        assert find(lines(pdf, page), "Phiên họp kết thúc lúc")


# ── as it is drawn ──

DOTS = 8  # a millimetre


@pytest.fixture(scope="module")
def drawn() -> Image.Image:
    """The signed minutes as people see them, signatures and seal included."""
    document = pypdfium2.PdfDocument(Office().signed(minutes()))
    try:
        document.init_forms()
        return document[0].render(scale=DOTS / MM, may_draw_forms=True).to_pil().convert("RGB")
    finally:
        document.close()


def extent(sheet: Image.Image, red: bool, area: tuple[float, float, float, float]) -> tuple[float, ...]:
    """Where ink of that colour is within AREA, in millimetres: left, top, right, bottom."""
    part = sheet.crop(tuple(round(side * DOTS) for side in area))
    bands = part.split()
    strong, weak = (bands[0], bands[2]) if red else (bands[2], bands[0])
    box = ImageChops.subtract(strong, weak).point(lambda value: 255 if value > 60 else 0).getbbox()
    assert box is not None
    return tuple(side / DOTS + area[index % 2] for index, side in enumerate(box))


def test_the_seal_has_its_real_size_and_lies_over_the_signature(drawn: Image.Image) -> None:
    chair = next(spot for spot in typeset.typeset(minutes_form(), FONTS)[1].spots if spot.name == "chair")
    right_half = (WIDTH / 2 - 5, HEIGHT / 2, WIDTH, HEIGHT)
    left, top, right, bottom = extent(drawn, True, right_half)
    assert right - left == pytest.approx(36, abs=0.5)
    assert bottom - top == pytest.approx(36, abs=0.5)
    assert 0.25 <= (right - chair.left / MM) / pictures.SIGNATURE_MM[0] <= 0.40
    blue = extent(drawn, False, (right + 0.5, HEIGHT - chair.top / MM, WIDTH, HEIGHT - chair.bottom / MM))
    assert blue[2] - blue[0] > 10, "the signature goes on beside the seal"


def test_the_picture_of_a_page_is_as_wide_as_asked() -> None:
    pdf = minutes()
    for width in (200, 1000):
        made = Image.open(io.BytesIO(pictures.page(pdf, 1, width)))
        assert abs(made.width - width) <= 1
        assert made.height / made.width == pytest.approx(297 / 210, abs=0.01)
    with pytest.raises((pypdfium2.PdfiumError, IndexError)):
        pictures.page(pdf, 99, 200)
    with pytest.raises(pypdfium2.PdfiumError):
        pictures.page(b"junk", 1, 200)


@pytest.mark.parametrize("name", ["A", PEOPLE["chair"], "Công Tằng Tôn Nữ Thị Huyền Trang Nguyễn Phước"])
def test_a_drawn_signature_is_blue_and_stays_on_its_sheet(name: str) -> None:
    made = Image.open(io.BytesIO(pictures.signature(name, FONTS)))
    assert made.size == (500, 240)
    alpha = made.getchannel("A")
    assert alpha.getbbox() is not None
    assert max(alpha.crop((0, 0, 3, 240)).getextrema()) == 0  # nothing is cut off at the sides
    assert max(alpha.crop((497, 0, 500, 240)).getextrema()) == 0
    inks = [color for _, color in made.getcolors(1 << 20) or () if color[3] > 128]
    assert inks
    assert all(blue > red and blue > green for red, green, blue, _ in inks)


@pytest.mark.parametrize("agency", [AGENCY, "UBND xã Vĩnh Ô", "Hội đồng nhân dân thành phố Hồ Chí Minh"])
def test_a_drawn_seal_is_red_round_and_names_its_agency(agency: str) -> None:
    made = Image.open(io.BytesIO(pictures.seal(agency, FONTS)))
    assert made.size[0] == made.size[1]
    box = made.getchannel("A").getbbox()
    assert box is not None
    assert box[2] - box[0] == pytest.approx(box[3] - box[1], abs=2)
    assert made.getpixel((2, 2))[3] == 0  # type: ignore[index]
    inks = [color for _, color in made.getcolors(1 << 20) or () if color[3] == 255]
    assert inks
    assert all(red - max(green, blue) > 120 for red, green, blue, _ in inks)
    other = pictures.seal("Một cơ quan khác", FONTS)
    assert pictures.seal(agency, FONTS) == pictures.seal(agency, FONTS) != other
