"""Documents that go out without a sitting, that come in, and certified copies of either.

meetings.register.documents, meetings.incoming.records, documents.certified, web.routes.register
"""

from __future__ import annotations

import asyncio
import dataclasses
import io

import pypdf
import pypdfium2
import pytest
from msgspec.structs import replace
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject

from documents import gate
from documents.model import Examined
from meetings.register.documents import Arrival, Copy, Outgoing
from store import journal
from store.blobs import once
from store.errors import Denied, Missing, Refused
from tests.kit.clerk import THREE, Desk
from tests.kit.committee import DISTRICT, UNITS, Committee
from tests.kit.files import sheet, stamp

LETTER = Arrival("a1", "UBND tỉnh Thử Nghiệm", "12/UBND-VP", "2026-11-02", "CV", "Về việc chuẩn bị họp", "urgent")


async def test_a_copy_is_signed_by_its_agency_in_the_corner(desk: Desk) -> None:
    """Text only, no picture; the document's own signatures stay pictures on its pages."""
    clerk, word = desk.who["clerk"], "mật khẩu con dấu"
    letter = await desk.documents.receive(clerk, DISTRICT, LETTER, desk.take)
    asked = Copy("s1", "incoming", letter.year, "CV", letter.number, "SY", signed=True, passphrase=word)
    with pytest.raises(Refused, match="certificate-none"):
        await desk.documents.copy(clerk, DISTRICT, asked)
    await desk.seal(word)
    with pytest.raises(Refused, match="passphrase-wrong"):
        await desk.documents.copy(clerk, DISTRICT, replace(asked, passphrase="một câu khác"))
    assert await desk.register.listed(clerk, DISTRICT, letter.year) == [], "no number is spent on it"
    made = await desk.documents.copy(clerk, DISTRICT, asked)
    pdf = await desk.house.blobs.load(made.file)
    report = await desk.signing.verify(pdf)
    assert (report.state, [one.field for one in report.signatures]) == ("valid", ["agency"])
    first = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    left, bottom, right, top = (float(side) for side in first["/Annots"][0].get_object()["/Rect"])
    assert left > 300 and bottom > 700 and right < 595 and top < 842, "the upper right corner"
    page = pypdfium2.PdfDocument(pdf)[0]
    at, _ = page.get_textpage().search("SAO Y").get_next()
    box = page.get_textpage().get_charbox(at)
    assert left <= box[0] <= right and bottom <= box[1] <= top, "around what it says of itself"
    assert await desk.documents.copy(clerk, DISTRICT, asked) == made


async def test_what_goes_out_gets_the_next_number_of_its_kind_once(desk: Desk) -> None:
    clerk, documents = desk.who["clerk"], desk.documents
    given = Outgoing("o1", "QĐ", " Về việc thành lập tổ ", "express", ("Phòng Tài chính", " ", "Lưu: VT"))
    made = await documents.issue(clerk, DISTRICT, given, desk.take)
    assert (made.symbol, made.about, made.urgency) == ("01/QĐ-UBND", "Về việc thành lập tổ", "express")
    assert made.recipients == "Phòng Tài chính\nLưu: VT" and made.file
    again = await documents.issue(clerk, DISTRICT, given, desk.take)
    assert again == made, "a lost answer does not cost a second number"
    with pytest.raises(Refused, match="id-used"):
        await documents.issue(clerk, DISTRICT, replace(given, about="Khác"), desk.take)
    letter = await documents.issue(clerk, DISTRICT, Outgoing("o2", "CV", "Trả lời"), None)
    assert (letter.symbol, letter.file) == ("01/UBND", "")
    listed = await desk.register.listed(clerk, DISTRICT, made.year)
    assert [one.symbol for one in listed] == ["01/UBND", "01/QĐ-UBND"] and made in listed
    await documents.void(clerk, DISTRICT, made.year, "CV", 1, "Ghi nhầm")
    assert (await desk.register.listed(clerk, DISTRICT, made.year))[0].void == "Ghi nhầm"
    await desk.register.take(clerk, UNITS[1], "GM", "a-sitting", "Họp")
    with pytest.raises(Refused, match="number-of-sitting"):
        await documents.void(clerk, DISTRICT, made.year, "GM", 1, "Nhầm")


async def test_what_comes_in_gets_the_next_number_of_arrival_and_comes_in_once(desk: Desk) -> None:
    clerk, documents = desk.who["clerk"], desk.documents
    first = await documents.receive(clerk, DISTRICT, LETTER, desk.take)
    assert (first.number, first.sender, first.urgency, len(first.file)) == (1, "UBND tỉnh Thử Nghiệm", "urgent", 64)
    assert await documents.receive(clerk, DISTRICT, LETTER, desk.take) == first
    with pytest.raises(Refused, match="id-used"):
        await documents.receive(clerk, DISTRICT, replace(LETTER, about="Khác"), None)
    with pytest.raises(Refused, match="incoming-twice") as twice:
        await documents.receive(clerk, DISTRICT, replace(LETTER, id="a2"), None)
    assert twice.value.params == {"number": 1}
    others = [replace(LETTER, id=f"b{n}", symbol=f"{n}/TB-STC") for n in range(6)]
    made = await asyncio.gather(*(documents.receive(clerk, DISTRICT, one, None) for one in others))
    assert sorted(one.number for one in made) == [2, 3, 4, 5, 6, 7]
    assert [one.number for one in await documents.received(clerk, DISTRICT, first.year)] == [7, 6, 5, 4, 3, 2, 1]
    for wrong in (
        {"dated": "2027-01-01"},
        {"dated": "hôm qua"},
        {"kind": "XX"},
        {"sender": " "},
        {"due": "mai"},
        {"id": ""},
        {"id": "a\x00"},
        {"dated": "2026-W10-1"},
        {"due": "2025-01-01"},
    ):
        with pytest.raises(Refused, match="field"):
            await documents.receive(clerk, DISTRICT, replace(LETTER, **{"id": "c", "symbol": "9", **wrong}), None)


async def test_only_the_units_clerk_keeps_its_registers(desk: Desk) -> None:
    for other in ("chair", "secretary", "member1", "technician", "east-chair"):
        with pytest.raises(Denied):
            await desk.documents.issue(desk.who[other], DISTRICT, Outgoing("o", "CV", "Thử"), None)
        with pytest.raises(Denied):
            await desk.documents.receive(desk.who[other], DISTRICT, LETTER, None)
    with pytest.raises(Denied):
        await desk.documents.received(desk.who["member1"], DISTRICT, 2026)


async def text_of(desk: Desk, file: str) -> list[str]:
    return gate.texts_of(await desk.house.blobs.load(file))


async def test_a_certified_copy_says_what_it_is_in_the_corner_of_its_first_page(desk: Desk) -> None:
    clerk, documents = desk.who["clerk"], desk.documents
    letter = await documents.receive(clerk, DISTRICT, LETTER, desk.take)
    whole = Copy("s1", "incoming", letter.year, "CV", letter.number, "SY", (), ("Các xã",))
    made = await documents.copy(clerk, DISTRICT, whole)
    assert (made.symbol, made.about, made.recipients) == ("01/SY-UBND", "Sao y văn bản số 12/UBND-VP", "Các xã")
    first, second, third = await text_of(desk, made.file)
    assert "SAO Y" in first and "Số: 01/SY-UBND" in first and "+07:00" in first and "Trang số 1" in first
    assert "SAO Y" not in second + third
    page = pypdfium2.PdfDocument(await desk.house.blobs.load(made.file))[0]
    text, (width, height) = page.get_textpage(), page.get_size()
    at, _ = text.search("SAO Y").get_next()
    left, bottom, _, _ = text.get_charbox(at)
    assert left > width / 2 and bottom > height * 0.9, "the upper right corner"
    assert await documents.copy(clerk, DISTRICT, whole) == made
    extract = replace(whole, id="s2", form="TrS", pages=(3, 1))
    cut = await documents.copy(clerk, DISTRICT, extract)
    assert cut.symbol == "02/TrS-UBND", (
        "copies of all forms are counted together" and len(await text_of(desk, cut.file)) == 2
    )
    assert "Trang số 3" in (await text_of(desk, cut.file))[0]
    copied = replace(whole, id="s3", source="outgoing", kind="SY", number=1, form="SL")
    assert "SAO LỤC" in (await text_of(desk, (await documents.copy(clerk, DISTRICT, copied)).file))[0]
    sha256, name = await documents.file(clerk, DISTRICT, "outgoing", made.year, "SY", 1)
    assert (sha256, name) == (made.file, "01-SY-UBND.pdf")


async def test_a_copy_that_cannot_be_made_costs_no_number(desk: Desk) -> None:
    clerk, documents = desk.who["clerk"], desk.documents
    letter = await documents.receive(clerk, DISTRICT, LETTER, desk.take)
    whole = Copy("s1", "incoming", letter.year, "CV", letter.number, "SY")
    for wrong, code in (
        ({"form": "TrS"}, "field-wrong"), ({"pages": (1,)}, "field-wrong"),
        ({"form": "TrS", "pages": (9,)}, "pages-wrong"), ({"number": 7}, "no-such-file"),
        ({"source": "outgoing"}, "no-such-number"),
    ):  # fmt: skip
        with pytest.raises((Refused, Missing), match=code):
            await documents.copy(clerk, DISTRICT, replace(whole, **wrong))
    assert (await documents.copy(clerk, DISTRICT, whole)).number == 1


async def test_an_id_is_good_within_its_unit(desk: Desk, committee: Committee) -> None:
    east = dataclasses.replace(desk.who["clerk"], grants={"clerk": frozenset({"east"})})
    ours = await desk.documents.receive(desk.who["clerk"], DISTRICT, LETTER, None)
    theirs = await desk.documents.receive(east, "east", replace(LETTER, about="Việc khác"), None)
    assert (ours.unit, theirs.unit, theirs.about, theirs.number) == (DISTRICT, "east", "Việc khác", 1)
    one = await desk.documents.issue(desk.who["clerk"], DISTRICT, Outgoing("same", "CV", "Một"), desk.take)
    other = await desk.documents.issue(east, "east", Outgoing("same", "CV", "Hai"), None)
    assert other.about == "Hai" and not other.file and one.file
    assert (await desk.register.listed(desk.who["clerk"], DISTRICT, one.year))[0].file == one.file


async def test_an_extract_takes_nothing_along_of_the_pages_that_are_left_out(desk: Desk) -> None:
    clerk, documents = desk.who["clerk"], desk.documents

    async def linked() -> Examined:
        writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(sheet(THREE))), io.BytesIO()
        first, last = writer.pages[0], writer.pages[2]
        link = {"/Type": "/Annot", "/Subtype": "/Link"}
        mark = DictionaryObject({NameObject(name): NameObject(value) for name, value in link.items()})
        mark[NameObject("/Rect")] = ArrayObject([FloatObject(part) for part in (0, 0, 90, 90)])
        mark[NameObject("/Dest")] = ArrayObject([last.indirect_reference, NameObject("/Fit")])
        first[NameObject("/Annots")] = ArrayObject([mark])
        writer.write(out)
        return await desk.papers.take_in(once(out.getvalue()), 10_000_000)

    letter = await documents.receive(clerk, DISTRICT, LETTER, linked)
    cut = await documents.copy(clerk, DISTRICT, Copy("x", "incoming", letter.year, "CV", 1, "TrS", (1,)))
    reader = pypdf.PdfReader(io.BytesIO(await desk.house.blobs.load(cut.file)))
    held = [reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"])))]
    pages = [one for one in held if isinstance(one, DictionaryObject) and one.get("/Type") == "/Page"]
    assert len(reader.pages) == len(pages) == 1 and "/Annots" not in reader.pages[0]


async def test_what_is_void_is_not_copied_and_what_was_stopped_is_on_record(desk: Desk) -> None:
    clerk, documents = desk.who["clerk"], desk.documents
    made = await documents.issue(clerk, DISTRICT, Outgoing("o1", "CV", "Trả lời"), desk.take)
    await documents.void(clerk, DISTRICT, made.year, "CV", 1, "Nhầm")
    with pytest.raises(Refused, match="number-void"):
        await documents.copy(clerk, DISTRICT, Copy("x", "outgoing", made.year, "CV", 1, "SY"))

    async def stamped() -> Examined:
        return await desk.papers.take_in(once(sheet(stamp("MẬT"))), 10_000_000)

    with pytest.raises(Refused, match="secret-stamp"):
        await documents.issue(clerk, DISTRICT, Outgoing("o2", "CV", "Khác"), stamped)
    events = await desk.house.read(lambda conn: list(journal.walk(conn, f"unit:{DISTRICT}")))
    assert [event.kind for event in events] == [
        "number-issued", "document-enclosed", "number-voided", "document-stopped",
    ]  # fmt: skip


async def test_a_number_that_became_void_meanwhile_gets_no_file(desk: Desk) -> None:
    clerk, documents = desk.who["clerk"], desk.documents
    made = await documents.issue(clerk, DISTRICT, Outgoing("o1", "CV", "Trả lời"), None)
    await documents.void(clerk, DISTRICT, made.year, "CV", 1, "Nhầm")
    again = await documents.issue(clerk, DISTRICT, Outgoing("o1", "CV", "Trả lời"), None)
    assert again.symbol == "02/UBND", "the id is free again"
    with pytest.raises(Refused, match="number-void"):
        await desk.register.enclose(clerk, made, "a" * 64)
    assert [one.file for one in await desk.register.listed(clerk, DISTRICT, made.year)] == ["", ""]
