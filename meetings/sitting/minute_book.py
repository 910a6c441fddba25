"""The minutes of a sitting as they are kept: drafted, edited, numbered, typeset, signed, checked.

Each step is an event; a crash between two leaves the sitting at a step from which the same button goes on. The number
is reserved for the sitting in the register before it is used, so that it is never given twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, replace

import msgspec

from documents.actions import Papers
from documents.model import MinutesForm, Spot
from signing.actions import Signing, is_timely
from signing.model import Field, Report
from store import journal
from store.chain import Event, Flaw
from store.db import Connection
from store.errors import Missing, Refused, Stale
from store.world import short_code, vietnam_day

from ..house import House
from ..people import rights
from ..people.model import Unit, agency_of
from ..people.rights import Principal
from ..register.actions import Register
from ..signatories.kit import Kits
from ..signatories.powers import Powers
from ..signatories.records import Power
from . import commands as c
from . import minutes, narrative, records, sheet
from .agenda import LONGEST_TEXT
from .letterhead import letterhead, units_of
from .narrative import MinutesText
from .room import Room
from .rooms import Rooms
from .state import State

KIND = "BB"


@dataclass(frozen=True, slots=True)
class Checked:
    """A signed file judged: by its signatures, and by our journal where it names one of ours."""

    report: Report
    journal: str  # same | other | unknown
    symbol: str = ""
    subject: str = ""
    agency: str = ""
    lines: tuple[str, ...] = ()  # of a printed code: what was decided
    digest: str = ""  # and the SHA-256 of the text that was printed


class MinuteBook:
    def __init__(
        self, house: House, rooms: Rooms, papers: Papers, register: Register, signing: Signing, kits: Kits,
        powers: Powers, base_url: str,
    ) -> None:  # fmt: skip
        self._house = house
        self._register = register
        self._rooms = rooms
        self._papers = papers
        self._signing = signing
        self._kits = kits
        self._powers = powers
        self._base_url = base_url  # of the public check page
        self._drafting: set[asyncio.Task[None]] = set()
        rooms.on_start.append(self._attend)

    def _attend(self, room: Room) -> None:
        """Draft the minutes of every sitting as soon as it is closed."""

        def changed(state: State, events: list[Event]) -> None:
            if any(event.kind == "closed" for event in events):
                task = asyncio.create_task(self.draft(room))
                self._drafting.add(task)
                task.add_done_callback(self._drafting.discard)

        room.on_change.append(changed)

    # ── text ──

    async def text(self, who: Principal, sitting: str) -> tuple[MinutesText, int]:
        """The newest text and its version; drafted from the journal if there is none yet."""
        room = await self._rooms.get(sitting)
        if not minutes.may_read_draft(room.state, who.id):
            rights.demand(who, "minutes.read", room.thing())
        if room.state.minutes.step == "none":
            await self.draft(room)
        made = room.state.minutes
        return await self._load(made.sha256), made.version

    async def _load(self, sha256: str) -> MinutesText:
        return msgspec.json.decode(await self._house.blobs.load(sha256), type=MinutesText)

    async def draft(self, room: Room) -> None:
        """Write the first draft; harmless if there is one."""
        if room.state.phase != "closed" or room.state.minutes.step != "none":
            return
        happened = await self._house.read(records.story, room.sitting)
        written = narrative.draft(room.state, happened, room.cards, room.names)
        sha256 = await self._house.blobs.keep(msgspec.json.encode(written))
        with contextlib.suppress(Stale):  # another asked at the same moment, and its draft is there
            await room.ask(room.keeper(), c.SaveMinutes(0, sha256, True), trusted=True)

    async def save(self, who: Principal, sitting: str, written: MinutesText, based_on: int) -> int:
        """Keep an edited text; returns the new version. Raises Stale when another was saved meanwhile."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "minutes.edit", room.thing())
        if sum(len(line) for line in written.course) > 10 * LONGEST_TEXT:
            raise Refused("field-long", field="course")
        sha256 = await self._house.blobs.keep(msgspec.json.encode(written))
        await room.ask(who, c.SaveMinutes(based_on, sha256), trusted=True)
        return room.state.minutes.version

    # ── number and typesetting ──

    async def number(self, who: Principal, sitting: str, signer: str = "") -> None:
        """The clerk's act: number and date, then the typeset file with every signature field laid. SIGNER: who signs in
        the chair's place, by a power in force today; "" for the chair. Raises Refused `power-none`."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "minutes.number", room.thing())
        power = await self._powers.held_by(room.state.unit, signer) if signer else None
        if room.state.minutes.step == "approved":
            form = await self._form(room, "", "")
            await self._papers.typeset(form)  # a number is not spent on what cannot be printed
            about = (sitting, room.state.title, form.recipients)
            taken = await self._register.take(who, await self._unit(room), KIND, *about)
            await room.ask(who, c.NumberMinutes(taken.number, taken.symbol, taken.day), trusted=True)
        if room.state.minutes.step != "numbered":
            raise Refused("minutes-not-now", step=room.state.minutes.step)
        await self._typeset(who, room, power)

    async def _typeset(self, who: Principal, room: Room, power: Power | None) -> None:
        head = await self._house.read(journal.head, room.sitting)
        code = short_code(self._house.world)
        form = await self._form(room, code, f"{room.sitting}:{head.seq}:{head.hash}", power)
        pdf, made = await self._papers.typeset(form)
        laid = await self._signing.bench.lay(pdf, tuple(_field(spot) for spot in made.spots))
        sha256 = await self._house.blobs.keep(laid)
        instead = (power.person, power.words) if power else ("", "")
        command, digest = c.TypesetMinutes(sha256, code, head.seq, head.hash, *instead), sheet.digest(form).hex()

        def rows(conn: Connection, _: State) -> None:
            records.put_code(conn, code, room.sitting, digest)

        await room.ask(who, command, trusted=True, rows=rows)

    async def _unit(self, room: Room) -> Unit:
        return (await self._units(room))[0]

    async def _units(self, room: Room) -> tuple[Unit, Unit | None]:
        """The sitting's unit and the one above it, by their names on the day it was opened."""
        day = vietnam_day(room.state.opened_at or self._house.now_ms())
        return await self._house.read(units_of, room.state.unit, day)

    async def _form(self, room: Room, code: str, head: str, power: Power | None = None) -> MinutesForm:
        made, written = room.state.minutes, await self._load(room.state.minutes.sha256)
        secretary, chair = (room.cards[room.state.with_role(role)] for role in ("secretary", "chair"))
        signs = room.cards[power.person] if power else chair
        url, day = f"{self._base_url}/k/{code}", made.day or self._house.today()
        form = MinutesForm(
            head=letterhead(await self._units(room), made.symbol, day),
            subject=written.subject, begun=written.begun, venue=written.venue, attendance=written.attendance,
            chair=written.chair, secretary=written.secretary, course=written.course, ended=written.ended,
            recipients=written.recipients, secretary_name=secretary.name, chair_name=signs.name,
            chair_title=signs.office, power=power.words if power else "",
            check_url=url.removeprefix("https://"), check_code=code,
            check_picture="", journal=head, seal_mm=await self._kits.seal_width(room.state.unit),
        )  # fmt: skip
        address, key = f"{self._base_url}/k", self._signing.safe.authority.node.key
        return msgspec.structs.replace(form, check_picture=sheet.picture(sheet.code(form, room.state, address, key)))

    # ── reading and checking ──

    async def pdf(self, who: Principal, sitting: str) -> tuple[str, str]:
        """SHA-256 and file name of the newest file. Raises Missing before there is one."""
        room = await self._rooms.get(sitting)
        made = room.state.minutes
        rights.demand(who, "minutes.see" if made.step == "circulated" else "minutes.read", room.thing())
        if not made.pdf:
            raise Missing("no-such-paper")
        return made.pdf, f"{made.symbol.replace('/', '-')}.pdf"

    async def check(self, data: bytes) -> Checked:
        """Judge a file that someone holds in hand."""
        report = await self._signing.verify(data)
        for word in report.keywords:
            if word.startswith("bacap-journal:"):
                return await self._check_journal(report, word.removeprefix("bacap-journal:"))
        return Checked(report, "unknown")

    async def _check_journal(self, report: Report, named: str) -> Checked:
        """Recompute the chain up to the head that the file names, and compare."""
        sitting, _, rest = named.partition(":")
        seq, _, digest = rest.partition(":")

        def use(conn: Connection) -> str:
            if not re.fullmatch("[0-9]{1,15}", seq) or not journal.exists(conn, sitting, "sitting"):
                return "unknown"
            reached = journal.verify(conn, sitting, {int(seq): digest})
            return "other" if isinstance(reached, Flaw) else "same"

        if report.state != "valid":  # a stranger's file learns nothing of the sitting it names
            return Checked(report, "unknown")
        found = await self._house.read(use)
        if found == "other":
            return Checked(msgspec.structs.replace(report, state="not-valid", reason="journal-other"), found)
        if found == "unknown":
            return Checked(report, found)
        room = await self._rooms.get(sitting)
        received = {field: at for field, _, at in room.state.minutes.signatures}
        if not all(is_timely(one.at, received.get(one.field, one.at)) for one in report.signatures):
            return Checked(msgspec.structs.replace(report, state="not-valid", reason="timestamp-receipt"), found)
        unit = await self._unit(room)
        return Checked(report, found, room.state.minutes.symbol, room.state.title, agency_of(unit))

    async def check_code(self, code: str) -> Checked:
        """Judge the file that a printed code stands for, as it is kept here, and what was decided, to be compared with
        the sheet; of closed items nothing. Raises Missing `no-such-code`, `code-void` for one of minutes that were not
        signed by all."""
        row = await self._house.read(records.code, code.strip().upper())
        if row is None:
            raise Missing("no-such-code")
        room = await self._rooms.get(row.sitting)
        made = room.state.minutes
        if row.void or row.code != made.code or made.step not in ("typeset", "signed", "circulated"):
            raise Missing("code-void")  # refused, or sent back and made anew: another sheet counts
        checked = await self.check(await self._house.blobs.load(room.state.minutes.pdf))
        lines = tuple(narrative.decisive(room.state, room.cards, closed_too=False))
        return replace(checked, lines=lines, digest=row.digest)


def _field(spot: Spot) -> Field:
    return Field(spot.name, spot.page, (spot.left, spot.bottom, spot.right, spot.top))
