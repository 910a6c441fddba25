"""The records clerk's work in the registers: documents that go out without a sitting, documents that come in, certified
copies of either (Decree 30/2020/NĐ-CP, articles 14 to 27).

Everything is numbered in the transaction that puts it down, and asked for by an id that the browser made: what is sent
twice is put down once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec
from msgspec import structs
from msgspec.structs import replace

from documents.actions import Papers
from documents.model import Examined
from store.chain import Draft
from store.db import Connection
from store.errors import Denied, Missing, Refused
from store.world import vietnam_time

from ..house import House, actor_of
from ..incoming import records as arrivals
from ..incoming.records import Incoming
from ..people import records as people
from ..people import rights
from ..people.model import Unit, UnitId, agency_of
from ..people.orgtree import Tree
from ..people.rights import Principal, Thing
from ..signatories.seals import Seals
from ..sitting.agenda import identifier, iso_day, text
from ..sitting.rooms import Rooms
from . import records
from .actions import LETTER, Register
from .records import Annex, RegisterNumber, Urgency

# The kinds of Decree 30/2020/NĐ-CP, Appendix III.
KINDS = frozenset({
    "NQ", "QĐ", "CT", "QC", "QyĐ", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC", "BB", "TTr", "HĐ", "CĐ",
    "GUQ", "GM", "GGT", "PG", "PC", "PB", LETTER,
})  # fmt: skip
CopyForm = Literal["SY", "SL", "TrS"]  # SAO Y, SAO LỤC, TRÍCH SAO
TITLES: dict[CopyForm, str] = {"SY": "SAO Y", "SL": "SAO LỤC", "TrS": "TRÍCH SAO"}
RegisterName = Literal["outgoing", "incoming"]
MINE = "document:"  # so begins what a number stands for that no sitting took
MOST_RECIPIENTS, LONG = 200, 1000
Take = Callable[[], Awaitable[Examined]]  # through the gate, and kept


class Outgoing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document that goes out: `id` made by the browser."""

    id: str
    kind: str
    about: str
    urgency: Urgency = ""
    recipients: tuple[str, ...] = ()


class Arrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document that came in: `id` made by the browser."""

    id: str
    sender: str
    symbol: str
    dated: str
    kind: str
    about: str
    urgency: Urgency = ""
    handler: str = ""
    due: str = ""


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certified copy of what stands in a register: all of it, or PAGES of it (from 1) as an extract."""

    id: str
    source: RegisterName
    year: int
    kind: str
    number: int
    form: CopyForm
    pages: tuple[int, ...] = ()
    recipients: tuple[str, ...] = ()
    signed: bool = False  # by the agency, with its seal's key
    passphrase: str = ""  # of a key on file


class Issued(RegisterNumber, frozen=True):
    """A number, with the files that go with its document."""

    annexes: tuple[Annex, ...] = ()


class Documents:
    def __init__(self, house: House, rooms: Rooms, register: Register, papers: Papers, seals: Seals) -> None:
        self._house = house
        self._rooms = rooms
        self._register = register
        self._papers = papers
        self._seals = seals

    # ── out ──

    async def issue(self, who: Principal, unit: str, given: Outgoing, take: Take | None) -> RegisterNumber:
        """The next number of its kind, with the file that TAKE admits, if there is one. Asked again with the same id,
        the number that it has. Raises Refused; `id-used` for an id that stands for something else."""
        found = await self.kept_by(who, unit)
        if given.kind not in KINDS:
            raise Refused("field-wrong", field="kind")
        about, recipients = text(given.about, "about", LONG), _lines(given.recipients)
        known = await self._known(unit, given.id, given.kind, about, recipients, given.urgency)
        file = await self.admitted(who, unit, take) if take and not (known and known.file) else None
        thing = _thing(unit, given.id)
        made = await self._register.take(who, found, given.kind, thing, about, recipients, given.urgency)
        return made if file is None else await self._register.enclose(who, made, file.sha256, cleared(file))

    async def issued(self, who: Principal, unit: str, year: int) -> list[Issued]:
        """The numbers of a year. What goes with a sitting's document is told to who may see that."""
        rows = await self._register.listed(who, unit, year)
        beside, made = await self._house.read(records.annexes_of_year, unit, year), []
        for row in rows:
            annexes = beside.get((row.kind, row.number), ())
            told = annexes if annexes and await self._sees(who, row) else ()
            made.append(Issued(**structs.asdict(row), annexes=told))
        return made

    async def _sees(self, who: Principal, number: RegisterNumber) -> bool:
        try:
            await self._demand_seen(who, number)
        except (Denied, Missing):
            return False
        return True

    async def _known(
        self, unit: str, id_: str, kind: str, about: str, recipients: Sequence[str], urgency: Urgency = ""
    ) -> RegisterNumber | None:
        """The number that an id has already. Raises Refused `id-used` where that stands for something else."""
        known = await self._house.read(records.of_thing, _thing(unit, id_), kind)
        said = (about, "\n".join(recipients), urgency)
        if known is not None and (known.about, known.recipients, known.urgency) != said:
            raise Refused("id-used")
        return known

    async def void(self, who: Principal, unit: str, year: int, kind: str, number: int, reason: str) -> None:
        """A number that the clerk gave will not be used. One of a sitting's is the sitting's to void."""
        await self.kept_by(who, unit)
        found = await self._outgoing(unit, year, kind, number)
        if not found.thing.startswith(MINE):
            raise Refused("number-of-sitting")
        await self._register.void(who, found.thing, kind, text(reason, "reason"))

    async def admitted(self, who: Principal, unit: str, take: Take) -> Examined:
        """What the gate admits. That a stamp stopped a file is on record, without the file."""
        try:
            return await take()
        except Refused as refusal:
            if refusal.code == "secret-stamp":
                stopped = Draft("document-stopped", dict(refusal.params))
                await self._house.write(lambda conn: self._house.record(conn, actor_of(who), [stopped], unit=unit))
            raise

    # ── in ──

    async def receive(self, who: Principal, unit: str, given: Arrival, take: Take | None) -> Incoming:
        """The next arrival number, with the file that TAKE admits, if there is one. Asked again with the same id, the
        number that it has. Raises Refused; `incoming-twice` for what came before, `id-used` as above."""
        await self.kept_by(who, unit)
        wanted = self._arrival(unit, given)
        known = await self._house.read(_met, wanted)
        if known is not None:
            return known
        file = await self.admitted(who, unit, take) if take else None

        def use(conn: Connection) -> Incoming:
            met = _met(conn, wanted)
            if met is not None:
                return met
            number = arrivals.next_number(conn, unit, wanted.year)
            row = replace(wanted, number=number, file=file.sha256 if file else "")
            arrivals.put(conn, row)
            body = {"number": row.number, "year": row.year, "sender": row.sender, "symbol": row.symbol}
            body |= {"file": row.file, "cleared": cleared(file)}
            self._house.record(conn, actor_of(who), [Draft("document-received", body)], unit=unit)
            return row

        return await self._house.write(use)

    def _arrival(self, unit: str, given: Arrival) -> Incoming:
        """What came in today, as it is put down, but for its number and file. Raises Refused."""
        day = self._house.today()
        if given.kind not in KINDS:
            raise Refused("field-wrong", field="kind")
        dated, due = iso_day(given.dated, "dated"), iso_day(given.due, "due") if given.due else ""
        if dated > day or (due and due < dated):
            raise Refused("field-wrong", field="dated" if dated > day else "due")
        handler = text(given.handler, "handler") if given.handler.strip() else ""
        return Incoming(
            unit, int(day[:4]), 0, identifier(given.id, "id"), day, text(given.sender, "sender"),
            text(given.symbol, "symbol"), dated, given.kind, text(given.about, "about", LONG), given.urgency, handler,
            due, "",
        )  # fmt: skip

    async def received(self, who: Principal, unit: str, year: int) -> list[Incoming]:
        """The documents that came in in a year, the newest first."""
        rights.demand(who, "register.see", Thing(unit))
        return await self._house.read(arrivals.of_year, unit, year)

    # ── either ──

    async def file(
        self, who: Principal, unit: str, source: RegisterName, year: int, kind: str, number: int
    ) -> tuple[str, str]:
        """SHA-256 and name of the file of a document. What a sitting made is for who may see it there. Raises Denied;
        Missing where there is none."""
        rights.demand(who, "register.see", Thing(unit))
        sha256, symbol = await self._source(who, unit, source, year, kind, number)
        return sha256, f"{file_name(symbol)}.pdf"

    async def copy(self, who: Principal, unit: str, given: Copy) -> RegisterNumber:
        """A certified copy as a file, under the next number of copies. What the copy says of itself stands in the upper
        right corner of its first page, 10 pt, upright, black (Decree 30/2020/NĐ-CP, Appendix I)."""
        found = await self.kept_by(who, unit)
        sha256, symbol = await self._source(who, unit, given.source, given.year, given.kind, given.number)
        if (given.form == "TrS") != bool(given.pages):
            raise Refused("field-wrong", field="pages")
        about, recipients = f"{TITLES[given.form].capitalize()} văn bản số {symbol}", _lines(given.recipients)
        known = await self._known(unit, given.id, given.form, about, recipients)
        if known is not None and known.file:
            return known
        now = self._house.now_ms()

        def said(symbol: str) -> tuple[str, ...]:
            return TITLES[given.form], agency_of(found), *corner(symbol, now)

        seal = await self._seals.key(who, unit, given.passphrase) if given.signed else None
        await self._papers.copy(sha256, said("00"), given.pages)  # no number is spent on what cannot be
        made = await self._register.take(who, found, given.form, _thing(unit, given.id), about, recipients)
        pdf, box = await self._papers.copy(sha256, said(made.symbol), given.pages)
        signed = pdf if seal is None else await self._seals.sign(pdf, box, seal)
        return await self._register.enclose(who, made, await self._house.blobs.keep(signed))

    async def _source(
        self, who: Principal, unit: str, source: RegisterName, year: int, kind: str, number: int
    ) -> tuple[str, str]:
        found: RegisterNumber | Incoming | None
        if source == "outgoing":
            found = await self.used(who, unit, year, kind, number)
        else:
            found = await self._house.read(arrivals.find, unit, year, number)
        if found is None or not found.file:
            raise Missing("no-such-file")
        return found.file, found.symbol

    async def used(self, who: Principal, unit: str, year: int, kind: str, number: int) -> RegisterNumber:
        """A number that some document bears, for who may see that. Raises Missing, Denied; Refused `number-void`."""
        rights.demand(who, "register.see", Thing(unit))
        found = await self._outgoing(unit, year, kind, number)
        if found.void:
            raise Refused("number-void")
        await self._demand_seen(who, found)
        return found

    async def _demand_seen(self, who: Principal, number: RegisterNumber) -> None:
        """Minutes, notices and invitations are their sitting's, whose closed items the register knows nothing of."""
        if number.thing.startswith(MINE):
            return
        room = await self._rooms.get(number.thing.partition("#")[0])
        circulated = room.state.minutes.step == "circulated"
        verb = "sitting.see" if number.kind != "BB" else "minutes.see" if circulated else "minutes.read"
        rights.demand(who, verb, room.thing())

    async def _outgoing(self, unit: str, year: int, kind: str, number: int) -> RegisterNumber:
        if kind not in KINDS and kind not in records.COPIES:
            raise Missing("no-such-number")
        found = await self._house.read(records.find, unit, year, kind, number)
        if found is None:
            raise Missing("no-such-number")
        return found

    async def kept_by(self, who: Principal, unit: str) -> Unit:
        rights.demand(who, "register.keep", Thing(unit))
        tree = await self._house.read(lambda conn: Tree(people.all_units(conn), self._house.today()))
        return tree.get(UnitId(unit))


def _thing(unit: str, id_: str) -> str:
    """What a clerk's document is to the register: an id is good within a unit."""
    return f"{MINE}{unit}:{identifier(id_, 'id')}"


def _met(conn: Connection, wanted: Incoming) -> Incoming | None:
    """What is there already of this id. Raises Refused for one of another's, and for another of the same document."""
    known = arrivals.by_id(conn, wanted.unit, wanted.id)
    if known is not None:
        same = replace(known, number=0, file="", day=wanted.day, year=wanted.year)
        if same != wanted:
            raise Refused("id-used")
        return known
    twice = arrivals.same(conn, wanted.unit, wanted.sender, wanted.symbol, wanted.dated)
    if twice is not None:
        raise Refused("incoming-twice", number=twice.number)
    return None


def corner(symbol: str, now: int) -> tuple[str, str]:
    """What an agency's signature says in the upper right corner: number and symbol, and when it was made (Decree
    30/2020/NĐ-CP, Appendix I). NOW in milliseconds."""
    return f"Số: {symbol}", f"{vietnam_time(now):%d/%m/%Y %H:%M:%S} +07:00"


def file_name(symbol: str) -> str:
    return symbol.replace("/", "-")


def cleared(file: Examined | None) -> str:
    """The stamp of secrecy for which somebody answered."""
    return file.stamp.grade if file is not None and file.stamp is not None else ""


def _lines(given: Sequence[str]) -> tuple[str, ...]:
    if len(given) > MOST_RECIPIENTS:
        raise Refused("field-long", field="recipients")
    return tuple(text(line, "recipients") for line in given if line.strip())
