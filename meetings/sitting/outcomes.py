"""What a sitting leads to on paper, beside its minutes: the notice of conclusions with its term, the extract of one
item, and the minutes of the sitting before put on the next one's agenda."""

from __future__ import annotations

from datetime import date

import msgspec

from documents.actions import Papers
from documents.model import PaperForm
from store.blobs import once
from store.errors import Missing, Refused
from store.world import vietnam_day

from ..house import House
from ..people import rights
from ..people.model import agency_of
from ..people.rights import Principal
from ..register import records as numbers
from ..register.actions import Register
from . import commands as c
from . import events as e
from . import narrative, records
from .agenda import LONGEST_TEXT, text
from .calendar import official
from .letterhead import letterhead, units_of
from .narrative import MinutesText
from .papers import Offered, SittingPapers
from .room import Room
from .rooms import Rooms

KIND = "TB"
NOTICE_DAYS = 5  # working days after the sitting (Decision 45/2018/QĐ-TTg; whether still in force was not found)
MOST_LINES = 500
RECEIVERS = ("Thành viên Ủy ban nhân dân", "Các đơn vị liên quan", "Lưu: VT, Hồ sơ phiên họp")
DONE = ("numbered", "typeset", "signed", "circulated")


class NoticeText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The notice of conclusions as the secretary edits it. `due`: the ISO day on which its term ends."""

    summary: str
    lines: tuple[str, ...]
    due: str = ""


class Outcomes:
    def __init__(
        self, house: House, rooms: Rooms, papers: Papers, sitting_papers: SittingPapers, register: Register
    ) -> None:  # fmt: skip
        self._house = house
        self._rooms = rooms
        self._papers = papers
        self._sitting_papers = sitting_papers
        self._register = register

    # ── the notice of conclusions ──

    async def notice(self, who: Principal, sitting: str) -> NoticeText:
        """A first text of it, from the conclusions as they stand."""
        room = await self._closed(who, "minutes.read", sitting)
        state = room.state
        unit, _ = await self._house.read(units_of, state.unit, vietnam_day(state.opened_at))
        opening = (
            f"{narrative.date(state.opened_at).capitalize()}, {agency_of(unit)} tổ chức {_lowered(state.title)}, "
            f"{narrative.title(room.cards.get(state.chair))} chủ trì. Sau khi nghe các ý kiến, chủ tọa kết luận:"
        )
        items = [item for item in state.items if item.conclusion and not item.closed]
        lines = [f"{number}. {item.title}: {item.conclusion}" for number, item in enumerate(items, 1)]
        return NoticeText(f"Kết luận {_lowered(state.title)}", (opening, *lines), due_day(state.closed_at))

    async def issue_notice(self, who: Principal, sitting: str, given: NoticeText) -> None:
        """By those who answer for the text, chair or secretary: the next number of the register, then the paper.
        Raises Refused for what cannot be printed."""
        room = await self._closed(who, "sitting.conduct", sitting)
        if room.state.archive is not None:
            raise Refused("archived")  # before a number is spent
        if len(given.lines) > MOST_LINES:
            raise Refused("field-long", field="lines")
        summary = text(given.summary, "summary")
        lines = tuple(text(line, "lines", LONGEST_TEXT) for line in given.lines if line.strip())
        if not lines:
            raise Refused("field-needed", field="lines")
        units = await self._house.read(units_of, room.state.unit, vietnam_day(room.state.opened_at))
        chair = room.cards[room.state.chair]

        def form(symbol: str, day: str) -> PaperForm:
            head = letterhead(units, symbol, day)
            return PaperForm(head, "Thông báo", summary, lines, "", chair.office, chair.name, RECEIVERS)

        await self._papers.typeset(form("", self._house.today()))  # a number is not spent on what cannot be printed
        issued = room.state.notices_issued
        thing = f"{sitting}#{issued + 1}"
        number = await self._register.take(who, units[0], KIND, thing, summary, RECEIVERS)
        pdf, _ = await self._papers.typeset(form(number.symbol, number.day))
        paper = e.Issued(number.number, number.symbol, number.day, await self._house.blobs.keep(pdf))
        command, file = c.IssueNotice(paper, issued), (thing, KIND, paper.sha256)
        await room.ask(who, command, trusted=True, rows=lambda conn, _state: numbers.enclose(conn, *file))

    async def notice_paper(self, who: Principal, sitting: str) -> tuple[str, str]:
        """SHA-256 and file name of the notice. Raises Missing before there is one."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.see", room.thing())
        made = room.state.notice
        if made is None:
            raise Missing("no-such-paper")
        return made.sha256, f"{made.symbol.replace('/', '-')}.pdf"

    async def _closed(self, who: Principal, verb: str, sitting: str) -> Room:
        room = await self._rooms.get(sitting)
        rights.demand(who, verb, room.thing())
        if room.state.phase != "closed":
            raise Refused("not-now", phase=room.state.phase)
        return room

    # ── the extract of one item ──

    async def extract(self, who: Principal, sitting: str, item: str) -> bytes:
        """What the minutes say of one item, as a paper for those whom it alone concerns."""
        room = await self._closed(who, "minutes.read", sitting)
        found = room.state.find_item(item)
        if found is None or not found.opened_at:
            raise Missing("no-such-item")
        if room.state.minutes.step not in DONE:
            raise Refused("minutes-not-now", step=room.state.minutes.step)
        written = msgspec.json.decode(await self._house.blobs.load(room.state.minutes.sha256), type=MinutesText)
        lines = narrative.extract(written, room.state, item)
        if not lines:
            happened = await self._house.read(records.story, sitting)
            lines = narrative.course_of(room.state, happened, room.cards, item)
        units = await self._house.read(units_of, room.state.unit, vietnam_day(room.state.opened_at))
        secretary = room.cards[room.state.with_role("secretary")]
        made, day = room.state.minutes, self._house.today()
        head = letterhead(units, made.symbol, day)
        source = f"Trích từ biên bản số {made.symbol}, {narrative.date(room.state.opened_at)}."
        form = PaperForm(
            head, "Trích biên bản", room.state.title, (source, *lines), "", "Thư ký", secretary.name,
            ("Đơn vị liên quan", "Lưu: VT, Hồ sơ phiên họp"),
        )  # fmt: skip
        pdf, _ = await self._papers.typeset(form)
        return pdf

    # ── the sitting before ──

    async def put_previous_minutes(self, who: Principal, sitting: str) -> str:
        """Put the minutes of the unit's last sitting on this one's agenda, with their file; returns the item."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.prepare", room.thing())
        before = await self._house.read(records.last_closed, room.state.unit, room.state.begins, sitting)
        if before is None:
            raise Refused("no-previous-minutes")
        earlier = (await self._rooms.get(before)).state
        item = f"minutes-{before}"[:64]
        title = f"Thông qua biên bản {_lowered(earlier.title)} (số {earlier.minutes.symbol})"
        closed = any(one.closed for one in earlier.items)  # its minutes tell of that too
        await room.ask(who, c.AddItem(item, title, 5, "", "Thông qua biên bản?", closed))
        data = await self._house.blobs.load(earlier.minutes.pdf)
        name = f"Biên bản {earlier.minutes.symbol.replace('/', '-')}"
        await self._sitting_papers.add(who, sitting, item, Offered(name), self._sitting_papers.stream(once(data)))
        return item


def due_day(closed_at: int) -> str:
    """The day on which the notice of conclusions has to be out."""
    return official().after(date.fromisoformat(vietnam_day(closed_at)), NOTICE_DAYS).isoformat()


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]
