"""An office for tests: an authority of its own, its holders, minutes typeset and signed in this process."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from documents import pictures, typeset
from documents.model import Head, MinutesForm, Typeset
from signing import algorithms, archive, authority, pades, timestamp
from signing.authority import Holder, Revocation, Use
from signing.model import Evidence, Field, Pending, Report, Signatory, Trust
from signing.verify import judge, verify
from store.world import VIETNAM

STAMP = 4096  # bytes a timestamp may take
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FONTS = Path(__file__).resolve().parents[2] / "web" / "fonts"
AGENCY = "Ủy ban nhân dân huyện Vĩnh Linh"
PEOPLE = {"secretary": "Hồ Thị Ghi", "chair": "Phạm Thị Thử"}
ORDER = ("secretary", "chair", "seal")
QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h4v4h-4z"/></svg>'
JOURNAL = "sitting-1:12:" + "ab" * 32
CODE = "K7PM-3XQT"


def minutes_form(course: tuple[str, ...] = ("Đồng chí Chủ tịch nêu yêu cầu phiên họp.",)) -> MinutesForm:
    """Minutes as the secretary left them."""
    head = Head("UBND tỉnh Quảng Trị", AGENCY, "05/BB-UBND", "Vĩnh Linh", "2026-11-24")
    return MinutesForm(
        head=head, subject="Phiên họp thường kỳ tháng 11", begun="08 giờ 00, ngày 24 tháng 11 năm 2026",
        venue="Hội trường huyện", attendance=("Có mặt: 9/11 thành viên", "Vắng: 2 (có lý do)"),
        chair="Phạm Thị Thử, Chủ tịch", secretary="Hồ Thị Ghi, Chuyên viên", course=course,
        ended="Phiên họp kết thúc lúc 11 giờ 30 cùng ngày", recipients=("Như thành phần tham dự", "Lưu: VT"),
        secretary_name=PEOPLE["secretary"], chair_name=PEOPLE["chair"], chair_title="Chủ tịch",
        check_url="hop.vinhlinh.example/k", check_code=CODE, check_picture=QR, journal=JOURNAL,
    )  # fmt: skip


def fields_of(made: Typeset) -> tuple[Field, ...]:
    return tuple(Field(spot.name, spot.page, (spot.left, spot.bottom, spot.right, spot.top)) for spot in made.spots)


def minutes(form: MinutesForm | None = None, more: Iterable[Field] = ()) -> bytes:
    """Typeset minutes with their signature fields laid, and MORE fields beside them."""
    pdf, made = typeset.typeset(form or minutes_form(), FONTS)
    return worked_on(pdf, lambda file: pades.lay(file, (*fields_of(made), *more)))


def worked_on(pdf: bytes, act: Callable[[IO[bytes]], object]) -> bytes:
    """PDF after ACT on it, in place."""
    file = io.BytesIO(pdf)
    act(file)
    return file.getvalue()


@functools.cache
def picture_of(kind: str, words: str) -> bytes:
    return pictures.seal(words, FONTS) if kind == "seal" else pictures.signature(PEOPLE.get(words, words), FONTS)


class Office:
    """Who signs here, and what a verifier of this office trusts."""

    def __init__(self, organization: str = AGENCY, now: datetime = NOW) -> None:
        self.now = now
        self.organization = organization
        self.authority = authority.found(organization, now)
        assert isinstance(self.authority.root, Holder)
        self.root = self.authority.root
        self.holders = {name: self.holder(PEOPLE[name], title=name) for name in PEOPLE}
        self.holders["seal"] = self.holder(organization, "seal")

    def holder(self, name: str, use: Use = "person", title: str = "", begins: datetime | None = None) -> Holder:
        key = authority.new_key()
        subject = authority.subject(name, self.organization, title)
        return Holder(authority.issue(self.authority.issuing, subject, key.public_key(), use, begins or self.now), key)

    def trust(self, revoked: Iterable[Revocation] = (), at: datetime | None = None) -> Trust:
        """This office's authority with revocation lists as of AT."""
        lists = (
            authority.revocation_list(self.root, (), 1, at or self.now),
            authority.revocation_list(self.authority.issuing, revoked, 1, at or self.now),
        )
        return Trust((self.authority.root.der,), (self.authority.issuing.der,), lists)

    async def judge(self, pdf: bytes, trust: Trust | None = None, at: datetime | None = None) -> Report:
        return await verify(pdf, trust or self.trust(at=at), at or self.now)

    async def refused(self, pdf: bytes) -> str:
        """Why PDF is not valid; an error if it is, or if nobody can tell."""
        report = await self.judge(pdf)
        assert report.state == "not-valid", report
        return report.reason

    def signatory(self, holder: Holder) -> Signatory:
        return Signatory(holder.der, tuple(self.authority.chain))

    def picture(self, field: str) -> bytes:
        return picture_of("seal", self.organization) if field == "seal" else picture_of("signature", field)

    async def prepare(self, pdf: bytes, field: str, holder: Holder, first: bool) -> tuple[bytes, Pending, bytes]:
        """The prepared file, what waits, and the holder's signature for it."""
        moment = self.now.astimezone(VIETNAM)
        file, who = io.BytesIO(pdf), self.signatory(holder)
        pending = await pades.prepare(file, field, who, self.picture(field), moment, first=first, stamp=STAMP)
        return (
            file.getvalue(),
            pending,
            algorithms.scheme_of(holder.key.public_key()).sign(holder.key, pending.attributes),
        )

    async def stamp(self, signature: bytes, at: datetime | None = None, by: Holder | None = None) -> bytes:
        """A timestamp token over SIGNATURE, DER."""
        return await self.stamp_digest(hashlib.sha256(signature).digest(), at, by)

    async def stamp_digest(self, digest: bytes, at: datetime | None = None, by: Holder | None = None) -> bytes:
        held = self.authority
        made = await timestamp.token(by or held.timestamp, held.chain, digest, at or self.now, 7)
        return bytes(made.dump())

    async def sign(
        self, pdf: bytes, field: str, *, first: bool = False, by: Holder | None = None,
        stamped_at: datetime | None = None, stamped_by: Holder | None = None, stamp_of: bytes | None = None,
    ) -> bytes:  # fmt: skip
        """One field signed by its holder, or BY another, and timestamped as told."""
        holder = by or self.holders[field]
        prepared, pending, signature = await self.prepare(pdf, field, holder, first)
        stamp = await self.stamp(stamp_of or signature, stamped_at, stamped_by)
        return await self.embed(prepared, pending, holder, signature, stamp)

    async def embed(self, prepared: bytes, pending: Pending, holder: Holder, signature: bytes, stamp: bytes) -> bytes:
        file = io.BytesIO(prepared)
        await pades.embed(file, pending, self.signatory(holder), signature, stamp)
        return file.getvalue()

    # ── long-term proof ──

    async def examined(self, pdf: bytes, at: datetime, trust: Trust | None = None) -> tuple[Report, Evidence]:
        return await judge(pdf, trust or self.trust(at=at), at)

    def reserve(self, pdf: bytes, held: Evidence) -> tuple[bytes, Pending]:
        file = io.BytesIO(pdf)
        pending = archive.reserve(file, held, STAMP)
        return file.getvalue(), pending

    def fill(self, reserved: bytes, pending: Pending, stamp: bytes) -> bytes:
        return worked_on(reserved, lambda file: archive.fill(file, pending, stamp))

    async def enclose(self, pdf: bytes, at: datetime, lists: tuple[bytes, ...] = ()) -> bytes:
        """Evidence without a timestamp, and more LISTS."""
        _, held = await self.examined(pdf, at)
        more = Evidence(held.certificates, (*held.lists, *lists))
        return worked_on(pdf, lambda file: archive.enclose(file, more))

    async def archive(
        self, pdf: bytes, at: datetime, by: Holder | None = None, trust: Trust | None = None
    ) -> bytes:  # fmt: skip
        """Evidence and an archive timestamp, as of AT; by another timestamp authority, resting on another TRUST."""
        report, held = await self.examined(pdf, at, trust)
        assert report.state == "valid", report
        return await self._stamped(pdf, held, at, by)

    async def archive_unproved(
        self, pdf: bytes, at: datetime, by: Holder | None = None, stamped_at: datetime | None = None
    ) -> bytes:  # fmt: skip
        """The same over a file that is not valid any more, or with a clock that is wrong."""
        trust = self.trust(at=at)
        return await self._stamped(pdf, Evidence(tuple(self.authority.chain), trust.lists), stamped_at or at, by)

    async def _stamped(self, pdf: bytes, held: Evidence, at: datetime, by: Holder | None) -> bytes:
        reserved, pending = self.reserve(pdf, held)
        return self.fill(reserved, pending, await self.stamp_digest(pending.digest, at, by))

    def archived(self, laid: bytes, at: datetime) -> bytes:
        """Signed by all and archived; for fixtures, outside any loop."""
        return asyncio.run(self.archive(self.signed(laid), at))

    def joined(self, older: Office, at: datetime) -> Trust:
        """This office's trust and that in an OLDER one whose authority it succeeds."""
        ours, theirs = self.trust(at=at), older.trust(at=at)
        return Trust((*ours.anchors, *theirs.anchors), (*ours.between, *theirs.between), (*ours.lists, *theirs.lists))

    # ── less careful tools ──

    async def sign_unstamped(self, pdf: bytes, field: str, *, first: bool = False) -> bytes:
        """As `sign`, at level B-B: what a tool without a timestamp authority would hand in."""
        holder = self.holders[field]
        prepared, pending, signature = await self.prepare(pdf, field, holder, first)
        return await self.embed(prepared, pending, holder, signature, b"")

    async def sign_all(self, laid: bytes, order: Iterable[str] = ORDER) -> bytes:
        for place, field in enumerate(order):
            laid = await self.sign(laid, field, first=place == 0)
        return laid

    def signed(self, laid: bytes, order: Iterable[str] = ORDER) -> bytes:
        """`sign_all` for fixtures, outside any loop."""
        return asyncio.run(self.sign_all(laid, order))
