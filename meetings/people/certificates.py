"""Certificates of people and seals, for whoever keeps the installation: whose, until when; revoked with a reason."""

from __future__ import annotations

from typing import get_args

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

from signing.actions import Signing
from signing.authority import Reason
from store.db import Row
from store.errors import Denied, Missing, Refused

from ..house import House, actor_of
from . import records, rights
from .rights import Principal, Thing


class IssuedRow(msgspec.Struct, frozen=True):
    """`use`: person, seal or node. Times in UTC milliseconds; `revoked`: 0 while it is good. `held`: its key is kept
    here."""

    serial: str
    use: str
    name: str
    organization: str
    begins: int
    ends: int
    revoked: int
    reason: str
    held: bool


class Certificates:
    def __init__(self, house: House, signing: Signing) -> None:
        self._house = house
        self._signing = signing

    async def issued(self, who: Principal) -> list[IssuedRow]:
        """Of the people and seals of the units one keeps, the latest first."""
        if not rights.anywhere(who, "certificate.revoke"):
            raise Denied("no-right")
        found = []
        for row in await self._signing.issued():
            if not await self._keeps(who, row):
                continue
            subject = x509.load_der_x509_certificate(row.der).subject
            name, organization = (
                str(subject.get_attributes_for_oid(oid)[0].value)
                for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
            )
            held = row.kept in ("file", "server")
            given = (row.serial, row.use, name, organization, row.begins, row.ends, row.revoked_at, row.reason, held)
            found.append(IssuedRow(*given))
        return found

    async def _keeps(self, who: Principal, row: Row) -> bool:
        """A seal is kept where its unit is; a person where they hold an office, and anywhere once they hold none."""
        units = [] if row.use == "node" else [row.holder]
        if row.use == "person":
            held = await self._house.read(records.memberships_on, self._house.today(), person=row.holder)
            units = [membership.unit for membership, _ in held]
        if not units:
            return rights.anywhere(who, "certificate.revoke")
        return any(rights.may(who, "certificate.revoke", Thing(unit)) for unit in units)

    async def revoke(self, who: Principal, serial: str, reason: str) -> None:
        """For good: nothing can be signed with it from now on. What was signed before stays valid, since timestamps
        tell when that was. Raises Denied, Missing; Refused for a reason that is none."""
        row = next((one for one in await self._signing.issued() if one.serial == serial), None)
        if row is None:
            raise Missing("certificate")
        if not await self._keeps(who, row):
            raise Denied("no-right")
        if reason not in get_args(Reason):
            raise Refused("field-wrong", field="reason")
        await self._signing.revoke(serial, reason, actor_of(who))
