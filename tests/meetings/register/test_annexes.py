"""Files that go with a document: signed by the agency, in the corner where they say what they belong to.

meetings.register.annexes
"""

from __future__ import annotations

import io

import pypdf
import pypdfium2
import pytest
from msgspec.structs import replace

from documents.model import Examined
from meetings.people import rights
from meetings.people.rights import Principal, Thing
from meetings.register import records
from meetings.register.annexes import MOST, NewAnnex
from meetings.register.documents import Outgoing
from meetings.register.records import Annex
from store import journal
from store.blobs import once
from store.errors import Denied, Missing, Refused
from tests.kit.clerk import Desk
from tests.kit.committee import DISTRICT, UNITS, Committee
from tests.kit.files import sheet, stamp

WORD = "mật khẩu con dấu"
TABLE = NewAnnex("p1", "Phụ lục số liệu", WORD)
DECISION = DISTRICT, 2026, "QĐ", 1


async def issued(desk: Desk) -> None:
    await desk.documents.issue(desk.who["clerk"], DISTRICT, Outgoing("o1", "QĐ", "Về việc giao dự toán"), desk.take)


async def listed(desk: Desk) -> tuple[Annex, ...]:
    return (await desk.documents.issued(desk.who["clerk"], DISTRICT, 2026))[0].annexes


async def test_the_agency_signs_a_file_that_goes_with_its_document(desk: Desk) -> None:
    clerk = desk.who["clerk"]
    await issued(desk)
    with pytest.raises(Refused, match="certificate-none"):
        await desk.annexes.add(clerk, *DECISION, TABLE, desk.take)
    await desk.seal(WORD)
    with pytest.raises(Refused, match="passphrase-wrong"):
        await desk.annexes.add(clerk, *DECISION, replace(TABLE, passphrase="một câu khác"), desk.take)
    assert await listed(desk) == ()
    made = await desk.annexes.add(clerk, *DECISION, TABLE, desk.take)
    assert await desk.annexes.add(clerk, *DECISION, TABLE, desk.take) == made, "sent twice, kept once"
    with pytest.raises(Refused, match="id-used"):
        await desk.annexes.add(clerk, *DECISION, replace(TABLE, name="Khác"), desk.take)
    second = await desk.annexes.add(clerk, *DECISION, replace(TABLE, id="p2", name="Bản đồ"), desk.take)
    assert await listed(desk) == (made, second) and (made.position, second.position) == (1, 2)
    assert await desk.annexes.file(clerk, *DECISION, 2) == (second.file, "01-QĐ-UBND-02.pdf")
    pdf = await desk.house.blobs.load(made.file)
    report = await desk.signing.verify(pdf)
    assert (report.state, [one.field for one in report.signatures]) == ("valid", ["agency"])
    events = await desk.house.read(lambda conn: list(journal.walk(conn, f"unit:{DISTRICT}")))
    assert [event.kind for event in events][-2:] == ["document-annexed"] * 2


async def test_it_says_to_what_it_belongs_in_the_corner_of_its_first_page(desk: Desk) -> None:
    """Decree 30/2020/NĐ-CP: upper right, number and symbol, time of signing with +07:00; 10 pt, black, no picture."""
    await issued(desk)
    await desk.seal(WORD)
    made = await desk.annexes.add(desk.who["clerk"], *DECISION, TABLE, desk.take)
    pdf = await desk.house.blobs.load(made.file)
    document = pypdfium2.PdfDocument(pdf)
    text, (width, height) = document[0].get_textpage(), document[0].get_size()
    at, _ = text.search("Số: 01/QĐ-UBND").get_next()
    left, bottom, _, _ = text.get_charbox(at)
    assert left > width / 2 and bottom > height * 0.9
    assert "+07:00" in text.get_text_range() and "+07:00" not in document[1].get_textpage().get_text_range()
    field = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]["/Annots"][0].get_object()
    box = [float(side) for side in field["/Rect"]]
    assert box[0] <= left <= box[2] and box[1] <= bottom <= box[3]
    assert [len(page.get_textpage().get_text_range()) > 5 for page in document] == [True] * 3, "all its pages"


async def test_nothing_is_kept_of_what_cannot_be_taken(desk: Desk, committee: Committee) -> None:
    clerk = desk.who["clerk"]
    await issued(desk)
    await desk.seal(WORD)

    async def stamped() -> Examined:
        return await desk.papers.take_in(once(sheet(stamp("MẬT"))), 10_000_000)

    with pytest.raises(Refused, match="secret-stamp"):
        await desk.annexes.add(clerk, *DECISION, TABLE, stamped)
    with pytest.raises(Refused, match="field"):
        await desk.annexes.add(clerk, *DECISION, replace(TABLE, name=" "), desk.take)
    with pytest.raises(Missing, match="no-such-number"):
        await desk.annexes.add(clerk, DISTRICT, 2026, "QĐ", 2, TABLE, desk.take)
    with pytest.raises(Denied):
        await desk.annexes.add(desk.who["chair"], *DECISION, TABLE, desk.take)
    with pytest.raises(Missing, match="no-such-file"):
        await desk.annexes.file(clerk, *DECISION, 1)
    with pytest.raises(Denied):
        await desk.annexes.file(desk.who["member1"], *DECISION, 1)
    assert await listed(desk) == ()
    await desk.documents.void(clerk, *DECISION, "Nhầm")
    with pytest.raises(Refused, match="number-void"):
        await desk.annexes.add(clerk, *DECISION, TABLE, desk.take)


async def test_a_document_has_so_many_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meetings.register.annexes.MOST", 1)
    assert MOST == 50
    await issued(desk)
    await desk.seal(WORD)
    await desk.annexes.add(desk.who["clerk"], *DECISION, TABLE, desk.take)
    with pytest.raises(Refused, match="annexes-many"):
        await desk.annexes.add(desk.who["clerk"], *DECISION, replace(TABLE, id="p2"), desk.take)
    assert len(await listed(desk)) == 1


async def test_what_goes_with_a_sittings_document_is_for_who_may_see_that(desk: Desk, committee: Committee) -> None:
    await desk.register.take(desk.who["clerk"], UNITS[1], "TB", "no-such-sitting", "Kết luận")
    with pytest.raises(Missing):
        await desk.annexes.add(desk.who["clerk"], DISTRICT, 2026, "TB", 1, TABLE, desk.take)


async def test_nothing_goes_with_a_number_that_became_void_meanwhile(desk: Desk) -> None:
    clerk = desk.who["clerk"]
    await issued(desk)
    await desk.seal(WORD)

    async def late() -> Examined:
        await desk.documents.void(clerk, *DECISION, "Nhầm")
        return await desk.take()

    with pytest.raises(Refused, match="number-void"):
        await desk.annexes.add(clerk, *DECISION, TABLE, late)
    assert await listed(desk) == ()


async def test_a_program_does_not_use_the_seal(desk: Desk) -> None:
    """It may keep registers, and a key on the server asks for no passphrase."""
    await issued(desk)
    await desk.seal(WORD)
    program = Principal("token", "t1", {"register.keep": frozenset({DISTRICT}), "register.see": frozenset({DISTRICT})})
    assert rights.may(program, "register.keep", Thing(DISTRICT))
    with pytest.raises(Denied):
        await desk.annexes.add(program, *DECISION, TABLE, desk.take)


async def test_who_may_not_see_a_sittings_document_is_told_of_nothing_that_goes_with_it(
    desk: Desk, committee: Committee
) -> None:
    sitting = await committee.plan()
    taken = await desk.register.take(desk.who["clerk"], UNITS[1], "BB", sitting, "Biên bản")
    put = Annex(DISTRICT, taken.year, "BB", 1, 1, "p1", "Danh sách nhân sự", "0" * 64)
    await desk.house.write(lambda conn: records.put_annex(conn, put))
    told = [(row.kind, row.annexes) for row in await desk.documents.issued(desk.who["chair"], DISTRICT, taken.year)]
    assert told == [("BB", (put,))]
    administrator = Principal("person", "somebody", {"administrator": frozenset({DISTRICT})})
    [row] = await desk.documents.issued(administrator, DISTRICT, taken.year)
    assert (row.symbol, row.annexes) == (taken.symbol, ())
