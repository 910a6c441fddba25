"""signing.actions and signing.records on every database: certificates, signing in stored steps, revoking, judging.

The workshop is the real one (documents.signed), so every signature here is made and judged in its own process.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from cryptography import x509

from documents.signed import SignedFiles
from documents.workshop import Workshop
from signing import authority, keys, records
from signing.actions import STREAM, Signing
from signing.authority import Authority
from signing.stamping import Safe
from store import journal
from store.blobs import Blobs, open_blobs
from store.chain import Actor, Head
from store.db import Database
from store.errors import Missing, Refused, Unavailable

from ..kit.authority import AGENCY, NOW, PEOPLE, Office
from ..kit.world import Fixed

CLERK = Actor("person", "clerk")
PASSPHRASE = "mật khẩu đủ dài"
DAY = 86_400_000
ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where the database is not the matter


@pytest.fixture(scope="session")
def held() -> Authority:
    return authority.found(AGENCY, NOW)


class Desk:
    """A node's signing over one database; `again` is the same after a restart."""

    def __init__(self, database: Database, blobs: Blobs, world: Fixed, held: Authority, workshop: Workshop) -> None:
        self.database, self.blobs, self.world = database, blobs, world
        self._held, self._workshop = held, workshop
        self.signing = self.again()

    def again(self) -> Signing:
        safe = Safe(self._held)
        return Signing(self.database, self.blobs, self.world, "node-1", safe, SignedFiles(self._workshop))

    async def issue(self, who: str, passphrase: str = PASSPHRASE) -> str:
        name = authority.subject(PEOPLE.get(who, AGENCY), AGENCY, who)
        use: authority.Use = "seal" if who == "seal" else "person"
        return await self.signing.enrolment.issue(use, who, name, passphrase, CLERK)

    async def sign(
        self, pdf: bytes, field: str, serial: str, passphrase: str, picture: bytes, *, first: bool
    ) -> bytes:  # fmt: skip
        """With a key on file, both steps at once."""
        key = await self.signing.key_on_file(serial, passphrase)
        return await complete(self.signing, await self.signing.begin(pdf, field, serial, picture, first=first), key)

    async def serials(self) -> list[str]:
        return await self.database.read(lambda conn: list(conn.scalars(sa.select(records.certificates.c.serial))))

    async def steps(self) -> int:
        return len(await self.database.read(lambda conn: conn.execute(sa.select(records.steps.c.id)).all()))

    async def events(self) -> list[tuple[str, str]]:
        found = await self.database.read(journal.read, STREAM)
        return [(event.kind, str((event.body or {})["serial"])) for event in found]


async def complete(signing: Signing, step: str, key: keys.KeyHolder) -> bytes:
    """Sign, finish, put down: what the tier above does."""
    await signing.sign(step, key)
    signed = await signing.finish(step)
    await signing.drop(step)
    return signed


@pytest.fixture
async def desk(database: Database, world: Fixed, held: Authority) -> AsyncIterator[Desk]:
    workshop = Workshop(workers=1)
    yield Desk(database, open_blobs("memory:"), world, held, workshop)
    await workshop.close()


@pytest.fixture(scope="session")
def picture(office: Office) -> bytes:
    return office.picture("secretary")


async def test_a_certificate_is_issued_once_and_recorded(desk: Desk) -> None:
    serial = await desk.issue("chair")
    row = await desk.signing.certificate_of("person", "chair")
    assert row is not None
    assert (row.serial, row.use, row.holder, row.revoked_at) == (serial, "person", "chair", 0)
    certificate = x509.load_der_x509_certificate(row.der)
    assert f"{certificate.serial_number:x}" == serial
    assert certificate.subject.rfc4514_string() == row.subject
    certificate.verify_directly_issued_by(desk.signing.safe.authority.issuing.certificate)
    assert keys.unseal(row.sealed_key, PASSPHRASE).public_key() == certificate.public_key()
    assert row.begins <= desk.world.utc_ms < row.ends
    with pytest.raises(Refused, match="certificate-exists"):
        await desk.issue("chair")
    assert await desk.signing.certificate_of("seal", "chair") is None
    assert await desk.signing.certificate_of("person", "secretary") is None
    assert await desk.serials() == [serial]
    assert await desk.events() == [("certificate-issued", serial)]


async def test_a_short_passphrase_leaves_no_certificate_and_no_event(desk: Desk) -> None:
    with pytest.raises(Refused, match="passphrase-short"):
        await desk.issue("chair", "short")
    assert await desk.serials() == []
    with pytest.raises(Missing):
        await desk.database.read(journal.head, STREAM)


@ONCE
async def test_both_steps_at_once_with_a_file_key(desk: Desk, laid: bytes, picture: bytes) -> None:
    serials = {who: await desk.issue(who) for who in ("secretary", "chair", "seal")}
    signed = laid
    for place, (who, serial) in enumerate(serials.items()):
        desk.world.step(60_000)
        signed = await desk.sign(signed, who, serial, PASSPHRASE, picture, first=place == 0)
    assert await desk.steps() == 0
    report = await desk.signing.verify(signed)
    assert (report.state, report.reason) == ("valid", "")
    assert report.sha256 == hashlib.sha256(signed).hexdigest()
    assert [one.serial for one in report.signatures] == list(serials.values())
    assert [one.at for one in report.signatures] == [desk.world.utc_ms - 60_000 * back for back in (2, 1, 0)]
    assert isinstance(await desk.database.read(journal.verify, STREAM), Head)


@ONCE
@pytest.mark.parametrize("wrong", ["mật khẩu khác hẳn", ""], ids=["another", "none"])
async def test_a_wrong_passphrase_leaves_no_step(desk: Desk, laid: bytes, picture: bytes, wrong: str) -> None:
    serial = await desk.issue("secretary")
    with pytest.raises(Refused, match="passphrase-wrong"):
        await desk.sign(laid, "secretary", serial, wrong, picture, first=True)
    assert await desk.steps() == 0


@ONCE
async def test_a_step_survives_a_restart_and_a_wait(desk: Desk, laid: bytes, picture: bytes) -> None:
    """A token answers two days later, to a node that was started anew meanwhile."""
    serial = await desk.issue("secretary")
    step = await desk.signing.begin(laid, "secretary", serial, picture, first=True)
    row = await desk.database.read(records.step, step)
    assert row is not None
    assert (row.document, row.certificate) == (hashlib.sha256(laid).hexdigest(), serial)
    desk.world.step(2 * DAY)
    later = desk.again()
    certificate = await later.certificate_of("person", "secretary")
    assert certificate is not None
    signed = await complete(later, step, keys.FileKey(certificate.sealed_key, PASSPHRASE))
    report = await later.verify(signed)
    assert (report.state, report.signatures[0].at) == ("valid", desk.world.utc_ms)
    assert await desk.steps() == 0
    with pytest.raises(Missing, match="signing-step"):
        await complete(later, step, keys.FileKey(certificate.sealed_key, PASSPHRASE))


@ONCE
async def test_a_key_that_fails_leaves_the_step_to_be_tried_again(desk: Desk, laid: bytes, picture: bytes) -> None:
    serial = await desk.issue("secretary")
    step = await desk.signing.begin(laid, "secretary", serial, picture, first=True)
    row = await desk.signing.certificate_of("person", "secretary")
    assert row is not None
    with pytest.raises(Refused, match="passphrase-wrong"):
        await complete(desk.signing, step, keys.FileKey(row.sealed_key, "mật khẩu khác hẳn"))
    assert await desk.steps() == 1
    assert (
        await desk.signing.verify(await complete(desk.signing, step, keys.FileKey(row.sealed_key, PASSPHRASE)))
    ).state == "valid"


@ONCE
async def test_another_member_s_key_signs_nothing_that_leaves_the_house(
    desk: Desk, laid: bytes, picture: bytes
) -> None:
    serial = await desk.issue("secretary")
    await desk.issue("chair")
    other = await desk.signing.certificate_of("person", "chair")
    assert other is not None
    step = await desk.signing.begin(laid, "secretary", serial, picture, first=True)
    with pytest.raises(Refused, match="signature-wrong"):
        await complete(desk.signing, step, keys.FileKey(other.sealed_key, PASSPHRASE))


async def test_revoking_is_recorded_and_ends_every_use(desk: Desk, laid: bytes, picture: bytes) -> None:
    serial = await desk.issue("secretary")
    step = await desk.signing.begin(laid, "secretary", serial, picture, first=True)
    row = await desk.signing.certificate_of("person", "secretary")
    assert row is not None
    desk.world.step(1000)
    await desk.signing.revoke(serial, "left-office", CLERK)
    assert await desk.signing.certificate_of("person", "secretary") is None
    with pytest.raises(Refused, match="certificate-none"):
        await desk.signing.begin(laid, "secretary", serial, picture, first=True)
    with pytest.raises(Refused, match="certificate-none"):
        await desk.sign(laid, "secretary", serial, PASSPHRASE, picture, first=True)
    with pytest.raises((Refused, Unavailable)):  # nor is a step that waited completed
        await complete(desk.signing, step, keys.FileKey(row.sealed_key, PASSPHRASE))
    assert await desk.events() == [("certificate-issued", serial), ("certificate-revoked", serial)]
    assert isinstance(await desk.database.read(journal.verify, STREAM), Head)
    again = await desk.issue("secretary")  # a new certificate may be made
    assert again != serial
    kept = await desk.database.read(records.certificate, serial)
    assert kept is not None
    assert (kept.revoked_at, kept.reason) == (desk.world.utc_ms, "left-office")


@ONCE
async def test_what_was_signed_with_a_revoked_certificate_is_not_valid(desk: Desk, laid: bytes, picture: bytes) -> None:
    serial = await desk.issue("secretary")
    signed = await desk.sign(laid, "secretary", serial, PASSPHRASE, picture, first=True)
    await desk.signing.revoke(serial, "key-lost", CLERK)
    desk.world.step(120_000)  # longer than the tolerance for clocks that differ
    report = await desk.signing.verify(signed)
    assert report.state == "not-valid"
    assert report.reason in ("revoked", "untrusted")


async def test_revoking_twice_keeps_the_first_moment(desk: Desk) -> None:
    serial = await desk.issue("chair")
    await desk.signing.revoke(serial, "left-office", CLERK)
    first = desk.world.utc_ms
    desk.world.step(DAY)
    with contextlib.suppress(Refused):  # to be told so is as good as to be left in peace
        await desk.signing.revoke(serial, "another-reason", CLERK)
    row = await desk.database.read(records.certificate, serial)
    assert row is not None
    assert (row.revoked_at, row.reason) == (first, "left-office")
    assert [kind for kind, _ in await desk.events()] == ["certificate-issued", "certificate-revoked"]


async def test_what_is_not_there_is_missing_or_refused(desk: Desk, laid: bytes, picture: bytes) -> None:
    with pytest.raises(Missing):
        await desk.signing.revoke("00ff", "none", CLERK)
    with pytest.raises(Refused, match="certificate-none"):
        await desk.signing.begin(laid, "secretary", "00ff", picture, first=True)
    with pytest.raises(Refused, match="certificate-none"):
        await desk.sign(laid, "secretary", "00ff", PASSPHRASE, picture, first=True)
    with pytest.raises(Missing):
        await complete(desk.signing, "no such step", keys.FileKey(b"", PASSPHRASE))


async def test_a_certificate_that_ran_out_is_not_offered(desk: Desk) -> None:
    await desk.issue("chair")
    desk.world.step((authority.LEAF_DAYS + 1) * DAY)
    assert await desk.signing.certificate_of("person", "chair") is None
    assert await desk.issue("chair")


async def test_trust_is_our_own_authority_with_lists_as_of_now(desk: Desk) -> None:
    serial = await desk.issue("chair")
    await desk.signing.revoke(serial, "left-office", CLERK)
    desk.world.step(DAY)
    trust, held = await desk.signing.trust(), desk.signing.safe.authority
    assert (trust.anchors, trust.between) == ((held.root.der,), (held.issuing.der,))
    lists = [x509.load_der_x509_crl(one) for one in trust.lists]
    assert [one.issuer for one in lists] == [held.root.certificate.subject, held.issuing.certificate.subject]
    now = datetime.fromtimestamp(desk.world.utc_ms / 1000, UTC)
    assert all(one.last_update_utc <= now < one.next_update_utc for one in lists if one.next_update_utc)
    entry = lists[1].get_revoked_certificate_by_serial_number(int(serial, 16))
    assert entry is not None
    assert entry.revocation_date_utc < now


@ONCE
async def test_the_timestamp_is_ours_and_of_now(desk: Desk) -> None:
    from asn1crypto import cms

    digest = hashlib.sha256(b"signature").digest()
    at = datetime.fromtimestamp(desk.world.utc_ms / 1000, UTC)
    one, other = [await desk.signing.stamps.token(digest, at) for _ in range(2)]
    found = [cms.ContentInfo.load(t)["content"]["encap_content_info"]["content"].parsed for t in (one, other)]
    assert all(info["message_imprint"]["hashed_message"].native == digest for info in found)
    assert all(info["gen_time"].native.timestamp() * 1000 == desk.world.utc_ms for info in found)
    assert found[0]["serial_number"].native != found[1]["serial_number"].native
