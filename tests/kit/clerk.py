"""A records clerk's desk over a committee, with a workshop of its own: registers, papers, the agency's seal."""

from __future__ import annotations

from documents.actions import Papers
from documents.model import Examined
from documents.signed import SignedFiles
from documents.workshop import Workshop
from meetings.house import actor_of
from meetings.register.actions import Register
from meetings.register.annexes import Annexes
from meetings.register.documents import Documents
from meetings.signatories.seals import Seals
from signing import authority
from signing.actions import Signing
from signing.stamping import Safe
from store.blobs import once

from .authority import FONTS, NOW
from .committee import DISTRICT, Committee
from .files import sheet

AGENCY = "Ủy ban nhân dân huyện Vĩnh Linh"
THREE = "\n#pagebreak()\n".join(f"Trang số {number}" for number in (1, 2, 3))


class Desk:
    def __init__(self, committee: Committee, workshop: Workshop) -> None:
        self.who, self.house = committee.who, committee.house
        self.papers = Papers(committee.house.blobs, workshop, FONTS)
        self.register = Register(committee.house)
        house, safe = committee.house, Safe(authority.found(AGENCY, NOW))
        files = SignedFiles(workshop)
        self.signing = Signing(house.database, house.blobs, house.world, house.node, safe, files)
        seals = Seals(self.signing)
        self.documents = Documents(house, committee.rooms, self.register, self.papers, seals)
        self.annexes = Annexes(house, self.documents, self.papers, seals)

    async def seal(self, passphrase: str) -> None:
        """From now on the district has a seal, its key on file."""
        name = authority.subject(AGENCY, "UBND")
        await self.signing.enrolment.issue("seal", DISTRICT, name, passphrase, actor_of(self.who["clerk"]))

    async def take(self) -> Examined:
        return await self.papers.take_in(once(sheet(THREE)), 10_000_000)
