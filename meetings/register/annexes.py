"""Files that go with a document and are not its own file: each is signed by the agency, and says in the upper right
corner of its first page what it belongs to: number and symbol, and when it was signed (Decree 30/2020/NĐ-CP, Appendix
I, part II, section 7). Text only, 10 pt, upright, black; no picture of a seal.
"""

from __future__ import annotations

import msgspec

from documents.actions import Papers
from store.chain import Draft
from store.db import Connection
from store.errors import Missing, Refused

from ..house import House, actor_of
from ..people.rights import Principal
from ..signatories.seals import Seals
from ..sitting.agenda import identifier, text
from . import records
from .documents import Documents, Take, cleared, corner, file_name
from .records import Annex, RegisterNumber

MOST = 50  # of one document


class NewAnnex(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that goes with a document: `id` made by the browser; `passphrase` of a seal's key on file."""

    id: str
    name: str
    passphrase: str = ""


class Annexes:
    def __init__(self, house: House, documents: Documents, papers: Papers, seals: Seals) -> None:
        self._house = house
        self._documents = documents
        self._papers = papers
        self._seals = seals

    async def add(
        self, who: Principal, unit: str, year: int, kind: str, number: int, given: NewAnnex, take: Take
    ) -> Annex:
        """The file that TAKE admits, signed and kept with its document. Asked again with the same id, what was kept.
        Raises Refused: `id-used`, `annexes-many`, what `Seals.key` says; Missing, Denied, Unavailable; then nothing is
        kept."""
        await self._documents.kept_by(who, unit)
        document = await self._documents.used(who, unit, year, kind, number)
        id_, name = identifier(given.id, "id"), text(given.name, "name")
        known = await self._house.read(_met, document, id_, name)
        if known is not None:
            return known
        seal = await self._seals.key(who, unit, given.passphrase)
        file = await self._documents.admitted(who, unit, take)
        pdf, box = await self._papers.copy(file.sha256, corner(document.symbol, self._house.now_ms()), ())
        kept = await self._house.blobs.keep(await self._seals.sign(pdf, box, seal))

        def put(conn: Connection) -> Annex:
            before = _met(conn, document, id_, name)
            if before is not None:
                return before
            found = records.find(conn, unit, year, kind, number)
            if found is None or found.void:  # since it was asked about
                raise Refused("number-void")
            position = len(records.annexes_of(conn, document)) + 1
            made = Annex(unit, year, kind, number, position, id_, name, kept)
            records.put_annex(conn, made)
            body = {"symbol": document.symbol, "position": position, "name": name, "file": kept}
            body |= {"cleared": cleared(file)}
            self._house.record(conn, actor_of(who), [Draft("document-annexed", body)], unit=unit)
            return made

        return await self._house.write(put)

    async def file(
        self, who: Principal, unit: str, year: int, kind: str, number: int, position: int
    ) -> tuple[str, str]:
        """SHA-256 and file name of an annex, for who may see its document. Raises Denied, Missing."""
        document = await self._documents.used(who, unit, year, kind, number)
        for annex in await self._house.read(records.annexes_of, document):
            if annex.position == position:
                return annex.file, f"{file_name(document.symbol)}-{position:02d}.pdf"
        raise Missing("no-such-file")


def _met(conn: Connection, document: RegisterNumber, id_: str, name: str) -> Annex | None:
    """What is kept of this id already. Raises Refused where that is something else, or one more would be too many."""
    annexes = records.annexes_of(conn, document)
    for annex in annexes:
        if annex.id == id_:
            if annex.name != name:
                raise Refused("id-used")
            return annex
    if len(annexes) >= MOST:
        raise Refused("annexes-many", most=MOST)
    return None
