"""documents.typeset: the same words give the same bytes, PDF/A-2b, with every letter in them and nothing of markup."""

from __future__ import annotations

import io
import itertools
import re
import unicodedata
from collections.abc import Iterator

import msgspec
import pypdf
import pypdfium2
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from documents import examine, typeset
from documents.model import Form, Head, PaperForm

from ..kit.authority import AGENCY, CODE, FONTS, JOURNAL, Office, minutes, minutes_form

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
LETTERS = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
ALPHABET = "".join(LETTERS) + "".join(LETTERS).upper()


def paper_form(**given: object) -> PaperForm:
    head = Head("", "UBND xã Vĩnh Ô", "01/TTr-UBND", "Vĩnh Ô", "2026-02-03")
    words = {
        "head": head, "name": "Tờ trình", "summary": "Về việc sửa chữa cầu", "text": ("Nội dung một.", "Nội dung hai."),
        "power": "TM. ỦY BAN NHÂN DÂN", "office": "Chủ tịch", "signatory": "Đỗ Thị Đông", "to": "HĐND xã",
        "recipients": ("Như trên", "Lưu: VT"),
    }  # fmt: skip
    return PaperForm(**(words | given))  # type: ignore[arg-type]


def made(form: Form) -> bytes:
    return typeset.typeset(form, FONTS)[0]


def text_of(pdf: bytes) -> str:
    """What a reader's search and a screen reader find, with the line breaks as spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    finally:
        document.close()
    return re.sub(r"\s+", " ", " ".join(pages)).replace("\u2010", "-")


# ── sameness ──


@pytest.mark.parametrize("form", [minutes_form(), paper_form()], ids=["minutes", "paper"])
def test_two_runs_give_the_same_bytes(form: Form) -> None:
    assert made(form) == made(form)


def test_other_words_give_other_bytes() -> None:
    assert made(minutes_form()) != made(msgspec.structs.replace(minutes_form(), journal="sitting-2:1:00"))


def test_the_date_in_the_file_is_the_document_s_own() -> None:
    info = pypdf.PdfReader(io.BytesIO(made(minutes_form()))).metadata
    assert info is not None
    assert str(info["/CreationDate"]).startswith("D:20261124")
    assert (info.title, info.author) == ("Biên bản 05/BB-UBND", AGENCY)
    assert info["/Keywords"] == f"bacap-journal:{JOURNAL}, bacap-code:{CODE}"


# ── letters ──


def test_every_vietnamese_letter_is_read_back() -> None:
    assert len(set(ALPHABET)) == 2 * (12 * 6 + 1)
    found = text_of(made(minutes_form(tuple("".join(part) for part in batched(ALPHABET, 24)))))
    assert unicodedata.is_normalized("NFC", found)
    assert [letter for letter in ALPHABET if letter not in found] == []
    for part in batched(ALPHABET, 24):
        assert "".join(part) in found


def batched(letters: str, size: int) -> Iterator[tuple[str, ...]]:
    rest = iter(letters)
    while part := tuple(itertools.islice(rest, size)):
        yield part


def test_every_word_of_the_minutes_is_read_back() -> None:
    form, found = minutes_form(), text_of(made(minutes_form()))
    wanted = [
        form.subject, form.begun, form.venue, *form.attendance, form.chair, form.secretary, *form.course,
        f"{form.ended}./.", form.secretary_name, form.chair_name, form.chair_title.upper(), *form.recipients,
        form.check_url, form.check_code, form.head.symbol, form.head.agency.upper(), form.head.parent.upper(),
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BIÊN BẢN", "THƯ KÝ", "CHỦ TỌA",
        "Vĩnh Linh, ngày 24 tháng 11 năm 2026", "Nơi nhận:",
    ]  # fmt: skip
    for words in wanted:
        assert unicodedata.normalize("NFC", words) in found, words
    assert JOURNAL.replace(" ", "") in found.replace(" ", "")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-02-03", "ngày 03 tháng 02 năm 2026"),
        ("2026-01-31", "ngày 31 tháng 01 năm 2026"),
        ("2026-03-09", "ngày 09 tháng 3 năm 2026"),
        ("2026-12-10", "ngày 10 tháng 12 năm 2026"),
    ],
)
def test_days_and_months_have_the_zero_that_the_decree_asks_for(day: str, words: str) -> None:
    head = msgspec.structs.replace(paper_form().head, date=day)
    assert f"Vĩnh Ô, {words}" in text_of(made(paper_form(head=head)))


def test_every_word_of_a_paper_is_read_back() -> None:
    found = text_of(made(paper_form()))
    for words in ("TỜ TRÌNH", "Kính gửi: HĐND xã", "Nội dung một.", "CHỦ TỊCH", "Đỗ Thị Đông", "- Lưu: VT."):
        assert words in found
    assert typeset.typeset(paper_form(), FONTS)[1].spots == ()


# ── data is never markup ──

HOSTILE = [
    '#read("/etc/passwd")',
    "#import \"/etc/passwd\"",
    "#panic[x]",
    "*đậm* _nghiêng_ $x^2$ `mã` <nhãn> @nhãn",
    "= Tiêu đề",
    "\\ #pagebreak() // chú thích /* và */",
    "]] }} )) #{ let x = 1 }",
    '"}; drop',
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_wrote_stands_there_as_they_wrote_it(words: str) -> None:
    form = minutes_form((words,))
    form = msgspec.structs.replace(form, subject=words, chair=words, venue=words, recipients=(words,))
    squeezed = re.sub(r"\s", "", text_of(made(form)))
    assert squeezed.count(re.sub(r"\s", "", words)) >= 5
    assert "root:" not in squeezed


def test_empty_parts_leave_a_whole_document() -> None:
    form = msgspec.structs.replace(minutes_form(), attendance=(), course=(), recipients=(), chair_title="")
    pdf, found = typeset.typeset(form, FONTS)
    assert found.pages == 1
    assert len(found.spots) == 3
    assert "BIÊN BẢN" in text_of(pdf)
    assert "Kính gửi" not in text_of(made(paper_form(to="", recipients=(), power="")))


# ── PDF/A and fonts ──


def fonts_of(pdf: bytes) -> dict[str, DictionaryObject]:
    """Every font dictionary with a descriptor of its own, and those that have none where one is due."""
    found = {}
    for thing, _ in examine.walk(pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]):
        if isinstance(thing, DictionaryObject) and thing.get("/Type") == "/Font" and "/DescendantFonts" not in thing:
            found[str(thing["/BaseFont"])] = thing
    return found


@pytest.mark.parametrize("pdf", [made(minutes_form()), made(paper_form()), minutes()], ids=["minutes", "paper", "laid"])
def test_every_font_is_inside_and_is_ours(pdf: bytes) -> None:
    fonts = fonts_of(pdf)
    assert fonts
    for name, font in fonts.items():
        descriptor = font["/FontDescriptor"]
        assert isinstance(descriptor, DictionaryObject)
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), f"{name} is not embedded"
        assert re.fullmatch(r"/[A-Z]{6}\+Tinos.*", name), name


def assert_pdfa_2b(pdf: bytes) -> None:
    """The markers of ISO 19005-2 level B, and what it forbids outright."""
    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    root = reader.trailer["/Root"]
    assert isinstance(root, DictionaryObject)
    xmp = root["/Metadata"].get_data().decode()  # type: ignore[attr-defined]
    assert re.search(r"pdfaid:part(>|=\")2", xmp)
    assert re.search(r"pdfaid:conformance(>|=\")B", xmp)
    intents = root["/OutputIntents"]
    assert isinstance(intents, ArrayObject)
    intent = intents[0].get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    assert b"acsp" in intent["/DestOutputProfile"].get_data()[:128]  # an ICC profile
    assert "/ID" in reader.trailer
    assert "/Encrypt" not in reader.trailer
    assert examine.survey(reader, len(pdf))[0] == set()
    for thing, _ in examine.walk(reader.trailer["/Root"]):
        if isinstance(thing, DictionaryObject):
            assert "/LZWDecode" not in str(thing.get("/Filter"))
            assert not isinstance(thing.get("/F"), IndirectObject) or "/Length" not in thing


@pytest.mark.parametrize("form", [minutes_form(), paper_form()], ids=["minutes", "paper"])
def test_it_says_that_it_is_pdfa_2b(form: Form) -> None:
    assert_pdfa_2b(made(form))


def test_signing_takes_nothing_of_that_away() -> None:
    assert_pdfa_2b(Office().signed(minutes()))
