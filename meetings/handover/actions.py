"""Handing the minutes to a signing program that takes whole files (as officials use today), and taking them back.

The program runs on the signer's machine and fetches and brings the file itself, without the browser's cookies: by two
addresses that are good once, for ten minutes, for one document. What comes back has to begin, byte for byte, with what
was sent, be signed in the field whose turn it is, by a certificate in the signer's own name below an anchor that is
trusted here, with a timestamp of now; and be valid by our own rules as a whole. Otherwise nothing happened.
"""

from __future__ import annotations

import msgspec

from signing.actions import Signing, is_timely
from signing.enrolment import is_same_name
from signing.model import Report, Signature
from store.db import Row
from store.errors import Denied, Refused

from ..house import House
from ..people.passwords import new_token, token_hash
from ..people.rights import Principal
from ..signatories.kit import Kits
from ..sitting.signatures import Signatures, SignedField
from . import records

HANDED_MS = 10 * 60_000
GROWTH = 2_000_000  # bytes that a signature with its picture and its proofs may add


class Handed(msgspec.Struct, frozen=True):
    """`fetch`, `bring`: tokens, each good once. `until`: UTC ms."""

    fetch: str
    bring: str
    name: str
    symbol: str
    day: str
    until: int


class Handovers:
    def __init__(self, house: House, signing: Signing, signatures: Signatures, kits: Kits) -> None:
        self._house = house
        self._signing = signing
        self._signatures = signatures
        self._kits = kits

    async def hand(self, who: Principal, sitting: str, field: SignedField, based_on: str) -> Handed:
        """Raises as `Signatures.may` does: it is WHO's turn, and BASED_ON the newest file."""
        room = await self._signatures.may(who, sitting, field, based_on)
        made, until = room.state.minutes, self._house.now_ms() + HANDED_MS
        fetch, bring = new_token(), new_token()
        await self._house.write(
            records.put, sitting=sitting, field=field, person=who.id, document=based_on, fetch=token_hash(fetch),
            bring=token_hash(bring), ends=until,
        )  # fmt: skip
        return Handed(fetch, bring, f"{made.symbol.replace('/', '-')}.pdf", made.symbol, made.day, until)

    async def until(self, who: Principal, sitting: str) -> int:
        """Until when a program may still bring back what WHO handed it (UTC ms); 0 for nothing of the kind."""
        row = await self._house.read(records.of, sitting)
        if row is None or row.person != who.id or row.bring is None or row.ends <= self._house.now_ms():
            return 0
        return row.ends if row.document == await self._signatures.newest(sitting) else 0

    async def withdraw(self, who: Principal, sitting: str) -> None:
        """What comes back from now on is not taken."""
        row = await self._house.read(records.of, sitting)
        if row is not None and row.person == who.id:
            await self._house.write(records.drop, sitting)

    async def fetch(self, token: str) -> tuple[bytes, str]:
        """The file and its SHA-256. Raises Denied `handover-unknown`."""
        row = await self._used("fetch", token)
        return await self._house.blobs.load(row.document), row.document

    async def largest(self, token: str) -> int:
        """How many bytes may come back under a token that is not used yet. Raises Denied `handover-unknown`."""
        row = await self._house.read(records.waiting, token_hash(token), self._house.now_ms())
        if row is None:
            raise Denied("handover-unknown")
        return len(await self._house.blobs.load(row.document)) + GROWTH

    async def bring(self, token: str, data: bytes) -> None:
        """Raises Denied `handover-unknown`; Refused `handover-other`, `handover-invalid`, `handover-field`,
        `certificate-name`, `timestamp-clock`; Stale. Then nothing is changed but that the token is used."""
        row = await self._used("bring", token)
        sent = await self._house.blobs.load(row.document)
        if len(data) <= len(sent) or not data.startswith(sent):
            raise Refused("handover-other")
        await self._demand(row, await self._signing.verify(data), await self._signing.verify(sent))
        sha256 = await self._house.blobs.keep(data)
        await self._signatures.put_down(row.sitting, row.field, row.person, row.document, sha256)
        await self._house.write(records.drop, row.sitting)

    async def _demand(self, row: Row, report: Report, before: Report) -> None:
        if report.state != "valid":
            raise Refused("handover-invalid", reason=report.reason)
        there = {one.field for one in before.signatures}
        added: list[Signature] = [one for one in report.signatures if one.field not in there]
        if [one.field for one in added] != [row.field]:
            raise Refused("handover-field")
        [made] = added
        seal = row.field == "seal"
        holder = await (
            self._kits.unit(await self._signatures.unit_of(row.sitting)) if seal else self._kits.person(row.person)
        )
        if not is_same_name(made.signer, holder.name):
            raise Refused("certificate-name", found=made.signer[:200], name=holder.name)
        if not is_timely(made.at, self._house.now_ms()):
            raise Refused("timestamp-clock")

    async def _used(self, way: str, token: str) -> Row:
        row = await self._house.write(records.use, way, token_hash(token), self._house.now_ms())
        if row is None:
            raise Denied("handover-unknown")
        return row
