"""An evidence package: all that proves a sitting's minutes, in one ZIP that anybody can judge without us, years later.

An export (bundle.py) with more in it: the minutes under their name, votes and papers told by themselves, signed
receipts, certificates and revocation lists, the node's signature over the sums of all; and one page for a judge.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from documents.actions import Papers
from documents.model import EvidenceForm
from signing.actions import Signing
from signing.authority import organization_of
from signing.model import Report
from store import journal
from store.errors import Refused, Unavailable
from store.world import vietnam_day, vietnam_time

from ..circulation.actions import Circulation
from ..house import House
from ..people import rights
from ..people.model import agency_of
from ..people.rights import Principal
from ..sitting import narrative
from ..sitting.letterhead import units_of
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..sitting.state import State
from ..sitting.witness import Witness
from .bundle import told
from .judge import SIGNED_SUMS, SUMS, contents

PAGE, MINUTES, VOTES, PAPERS = "00-giai-thich.pdf", "bien-ban.pdf", "votes.json", "papers.json"
RECEIPTS, CHAIN, NODE, LISTS = "receipts/", "trust/authority.pem", "trust/node.pem", "trust/"
TRIES = 5
MOST_LINES, LONGEST_LINE = 6, 230  # of what was decided, on one page
BEGUN = (1980, 1, 1, 0, 0, 0)


class Evidence:
    def __init__(
        self, house: House, rooms: Rooms, signing: Signing, papers: Papers, circulation: Circulation, witness: Witness
    ) -> None:
        self._house = house
        self._rooms = rooms
        self._signing = signing
        self._papers = papers
        self._circulation = circulation
        self._witness = witness

    async def package(self, who: Principal, sitting: str) -> bytes:
        """For who keeps the sitting's records, once its minutes are signed. Raises Denied; Refused
        `evidence-not-now`; Unavailable `timestamp-away`."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.export", room.thing())
        made = room.state.minutes
        if made.step not in ("signed", "circulated"):
            raise Refused("evidence-not-now")
        texts, state = await self._told(room)
        pdf = await self._house.blobs.load(made.pdf)
        report = await self._signing.verify(pdf)
        files = texts | {MINUTES: pdf, VOTES: _json(_votes(room)), PAPERS: _json(_papers(room))}
        for sha256 in sorted(contents(state) - {made.pdf}):
            files[f"files/{sha256}"] = await self._house.blobs.load(sha256)
        receipts = await self._circulation.files(room) if made.step == "circulated" else {}
        files |= {f"{RECEIPTS}{name}": data for name, data in receipts.items()}
        files |= await self._trust()
        files[PAGE] = await self._page(room, report, len(receipts) // 2)
        sums = "".join(f"{_sha256(data)}  {name}\n" for name, data in sorted(files.items())).encode()
        return await asyncio.to_thread(_zip, files | {SUMS: sums, SIGNED_SUMS: await self._signing.attest(sums)})

    async def _told(self, room: Room) -> tuple[dict[str, bytes], State]:
        """The sitting as it is told, ending with a signature and every receipt signed: again where something happened
        in between."""
        for _ in range(TRIES):
            if room.state.minutes.step == "circulated":
                await self._circulation.sign(room)
            await self._witness.mark(room)
            texts, state = await told(self._house, room.sitting)
            if room.witness is not None and room.witness.seq == state.seq:
                return texts, state
        raise Unavailable("busy")

    async def _trust(self) -> dict[str, bytes]:
        """Certificates and lists as of now, of our own authority and of the others that are trusted here."""
        held, trust = self._signing.safe.authority, await self._signing.trust()
        above = [x509.load_der_x509_certificate(der) for der in (*trust.anchors, *trust.between)]
        nodes = [one.certificate for one in (held.node, *held.former)]
        return {
            CHAIN: b"".join(one.public_bytes(Encoding.PEM) for one in above),
            NODE: b"".join(one.public_bytes(Encoding.PEM) for one in nodes),
            **{f"{LISTS}{number}.crl": der for number, der in enumerate(trust.lists)},
        }

    async def _page(self, room: Room, report: Report, receipts: int) -> bytes:
        state, now = room.state, self._house.now_ms()
        unit, _ = await self._house.read(units_of, state.unit, vietnam_day(state.opened_at))
        lines = [_short(line) for line in narrative.decisive(state, room.cards)]
        root, head = self._signing.safe.authority.root.certificate, await self._house.read(journal.head, room.sitting)
        form = EvidenceForm(
            agency_of(unit), unit.place, vietnam_day(now), _time(now), state.title,
            f"{_time(state.opened_at)} đến {_time(state.closed_at)}, {state.place}", state.minutes.symbol,
            tuple((one.signer, one.organization, _time(one.at), one.serial) for one in report.signatures),
            tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES), report.sha256, state.seq,
            head.hash, receipts,
            f"{_common_name(root)}, {organization_of(root)}",
        )  # fmt: skip
        pdf, _ = await self._papers.typeset(form)
        return pdf


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _votes(room: Room) -> list[dict[str, Any]]:
    """Each vote by itself: the question, who could vote, what was counted; of an open one, who answered what."""
    names = {person: card.name for person, card in room.cards.items()}
    found = []
    for ballot in room.state.ballots:
        answers = {names.get(person, person): list(chosen) for person, chosen in ballot.votes.items()}
        found.append({
            "id": ballot.id, "item": ballot.item, "question": ballot.question, "way": ballot.way,
            "options": list(ballot.options), "electorate": [names.get(one, one) for one in ballot.electorate],
            "opened": _time(ballot.opened_at), "closed": _time(ballot.closed_at), "voided": ballot.voided,
            "result": None if ballot.result is None else msgspec.to_builtins(ballot.result),
            "answers": answers if ballot.way != "secret" else {},
        })  # fmt: skip
    return found


def _papers(room: Room) -> list[dict[str, Any]]:
    titles = {item.id: item.title for item in room.state.items}
    return [
        {"id": one.id, "item": titles.get(one.item, ""), "name": one.name, "sha256": one.sha256,
         "on_paper": one.on_paper, "earlier": [version.sha256 for version in one.earlier]}
        for one in room.state.papers
    ]  # fmt: skip


def _json(told: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(told))


def _time(at: int) -> str:
    return vietnam_time(at).strftime("%H:%M:%S %d/%m/%Y") if at else ""


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, BEGUN), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
