"""A closed sitting handed over to the archive: its package written and kept, its papers archived, for a term.

The package is written first; that it was is then an event of the sitting, with its SHA-256. Papers cannot be replaced
or recalled after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path

from documents.compose import plain
from store.errors import Missing, Refused, Stale
from store.world import vietnam_day

from ..house import House
from ..people import rights
from ..people.model import agency_of
from ..people.rights import Principal
from ..proof.bundle import told
from ..sitting import commands as c
from ..sitting.letterhead import units_of
from ..sitting.preservation import Preservation
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..sitting.witness import Witness
from .description import Description, documents_of
from .package import write
from .retention import Retention, Term, official, until

FORMAT = "bacap.archive.v1"


class Archives:
    def __init__(
        self, house: House, rooms: Rooms, witness: Witness, preservation: Preservation, folder: Path
    ) -> None:  # fmt: skip
        self._house = house
        self._preservation = preservation
        self._witness = witness
        self._folder = folder  # where packages are written before they are kept: on a disk, as they may be large
        self._rooms = rooms

    def terms(self) -> Retention:
        return official()

    async def archive(self, who: Principal, sitting: str, code: str) -> None:
        """Raises Denied; Refused before the minutes are circulated, and for a sitting that is archived; Unavailable
        where a file does not read back. What is handed over are minutes made to last."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.archive", room.thing())
        term = official().term(code)
        if room.state.phase != "closed" or room.state.minutes.step != "circulated":
            raise Refused("archive-not-now")
        if room.state.archive is not None:
            raise Refused("archived")
        if not room.state.minutes.proved_until:
            with contextlib.suppress(Stale):  # the node did it at the same moment
                await self._preservation.preserve(sitting)
        seen = room.state.seq
        await self._witness.mark(room)  # what is handed over ends with a signature
        texts, _ = await told(self._house, sitting)
        describe = await self._description(room, term)
        folder = await asyncio.to_thread(tempfile.mkdtemp, prefix=".archive-", dir=self._folder)
        try:
            path = Path(folder) / "package.zip"
            await write(path, describe, texts, self._house.blobs)
            size = (await asyncio.to_thread(path.stat)).st_size
            sha256 = await self._house.blobs.commit(await self._house.blobs.staged_at(path))
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, True)
        await room.ask(who, c.ArchiveSitting(term.code, term.years, sha256, size, seen), trusted=True)

    async def package(self, who: Principal, sitting: str) -> tuple[str, str]:
        """SHA-256 and file name of the package. Raises Denied, Missing."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.export", room.thing())
        if room.state.archive is None:
            raise Missing("no-such-file")
        return room.state.archive.package, f"{plain(room.state.title)}.zip"

    async def _description(self, room: Room, term: Term) -> Description:
        state = room.state
        day = vietnam_day(state.opened_at)
        unit, _ = await self._house.read(units_of, state.unit, day)
        names = {person: card.name for person, card in room.cards.items()}
        kept: dict[str, str | int] = {
            "term": term.code,
            "years": term.years,
            "until": until(vietnam_day(state.closed_at), term),
        }
        kept["source"] = official().source
        return Description(
            FORMAT, state.id, state.title, unit.name, agency_of(unit), day, vietnam_day(state.closed_at), state.place,
            names.get(state.chair, ""), names.get(state.with_role("secretary"), ""),
            [names.get(person, person) for person in state.ever_present],
            [item.title for item in state.items], state.minutes.symbol, kept, documents_of(state),
        )  # fmt: skip
