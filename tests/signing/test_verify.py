"""signing.verify: one good file under other trust, clocks and certificates; and bytes that are no file at all."""

from __future__ import annotations

import io
import random
from datetime import timedelta

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import TextStringObject

from signing import algorithms, pades, verify
from signing.authority import Revocation
from signing.model import Trust

from ..kit import pdfs
from ..kit.authority import NOW, STAMP, Office, minutes, minutes_form

DAY = timedelta(days=1)


# ── trust ──


async def test_a_foreign_authority_is_not_trusted(office: Office, laid: bytes, signed: bytes) -> None:
    """The same names under another root: the names are not what is trusted."""
    foreign = Office()
    report = await office.judge(await foreign.sign(laid, "secretary", first=True))
    assert report.state == "not-valid"
    assert (await foreign.judge(signed)).state == "not-valid"


async def test_one_foreign_signature_spoils_the_file(office: Office, two: bytes) -> None:
    report = await office.judge(await Office().sign(two, "seal"))
    assert report.state == "not-valid"
    assert [one.state for one in report.signatures] == ["valid", "valid", "not-valid"]


@pytest.mark.parametrize("kept", [0, 1], ids=["none", "the root's alone"])
async def test_without_revocation_lists_nothing_is_valid(office: Office, signed: bytes, kept: int) -> None:
    trust = office.trust()
    report = await office.judge(signed, Trust(trust.anchors, trust.between, trust.lists[:kept]))
    assert report.state in ("not-valid", "cannot-tell")


async def test_a_stale_revocation_list_will_not_do(office: Office, signed: bytes) -> None:
    assert (await office.judge(signed, office.trust(at=NOW - 30 * DAY))).state in ("not-valid", "cannot-tell")


async def test_lists_signed_by_another_authority_will_not_do(office: Office, signed: bytes) -> None:
    trust = office.trust()
    report = await office.judge(signed, Trust(trust.anchors, trust.between, Office().trust().lists))
    assert report.state in ("not-valid", "cannot-tell")


@pytest.mark.parametrize("who", ["secretary", "chair", "seal"])
async def test_a_certificate_revoked_before_signing_is_not_valid(office: Office, signed: bytes, who: str) -> None:
    serial = office.holders[who].certificate.serial_number
    report = await office.judge(signed, office.trust([Revocation(serial, NOW - timedelta(hours=2))]))
    assert report.state == "not-valid"
    assert report.reason in ("revoked", "untrusted")
    for one in report.signatures:
        assert one.state == ("not-valid" if one.field == who else "valid")


async def test_a_revoked_timestamp_authority_proves_no_time(office: Office, signed: bytes) -> None:
    serial = office.authority.timestamp.certificate.serial_number
    report = await office.judge(signed, office.trust([Revocation(serial, NOW - timedelta(hours=2))]))
    assert (report.state, report.reason) == ("not-valid", "timestamp")


async def test_someone_else_s_revocation_changes_nothing(office: Office, signed: bytes) -> None:
    other = office.holder("Người khác").certificate.serial_number
    assert (await office.judge(signed, office.trust([Revocation(other, NOW - DAY)]))).state == "valid"


async def test_an_issuing_authority_that_was_revoked_signs_nothing_valid(office: Office, signed: bytes) -> None:
    from signing import authority

    held, trust = office.authority, office.trust()
    gone = [Revocation(held.issuing.certificate.serial_number, NOW - DAY)]
    lists = (authority.revocation_list(held.root, gone, 2, NOW), trust.lists[1])
    assert (await office.judge(signed, Trust(trust.anchors, trust.between, lists))).state == "not-valid"


@pytest.mark.parametrize("which", ["timestamp", "issuing"])
async def test_a_certificate_for_another_purpose_signs_no_minutes(office: Office, laid: bytes, which: str) -> None:
    holder = getattr(office.authority, which)
    report = await office.judge(await office.sign(laid, "secretary", first=True, by=holder))
    assert (report.state, report.reason) == ("not-valid", "untrusted")


@pytest.mark.parametrize("days", [-1200, 1], ids=["run out", "not yet begun"])
async def test_a_certificate_outside_its_term_signs_nothing_valid(office: Office, laid: bytes, days: int) -> None:
    holder = office.holder("Ngoài hạn", begins=NOW + days * DAY)
    report = await office.judge(await office.sign(laid, "secretary", first=True, by=holder))
    assert report.state == "not-valid"
    assert report.reason in ("untrusted", "timestamp")  # where it has not begun, the timestamp is older than it


# ── time ──


async def test_without_a_timestamp_nobody_can_tell(office: Office, laid: bytes) -> None:
    report = await office.judge(await office.sign_unstamped(laid, "secretary", first=True))
    assert (report.state, report.reason) == ("cannot-tell", "no-timestamp")
    assert report.signatures[0].at == 0


async def test_one_signature_without_a_timestamp_is_enough_to_doubt(office: Office, two: bytes) -> None:
    report = await office.judge(await office.sign_unstamped(two, "seal"))
    assert (report.state, report.reason) == ("cannot-tell", "no-timestamp")
    assert [one.state for one in report.signatures] == ["valid", "valid", "cannot-tell"]


async def test_a_timestamp_by_a_signer_s_own_certificate_proves_nothing(office: Office, laid: bytes) -> None:
    signed = await office.sign(laid, "secretary", first=True, stamped_by=office.holders["chair"])
    report = await office.judge(signed)
    assert (report.state, report.reason) == ("not-valid", "timestamp")


async def test_a_timestamp_of_something_else_proves_nothing(office: Office, laid: bytes) -> None:
    report = await office.judge(await office.sign(laid, "secretary", first=True, stamp_of=b"another signature"))
    assert (report.state, report.reason) == ("not-valid", "timestamp")


@pytest.mark.parametrize("off", [timedelta(minutes=10), DAY, 400 * DAY], ids=str)
async def test_a_timestamp_from_the_future_is_not_valid(office: Office, laid: bytes, off: timedelta) -> None:
    """The clock of a timestamp authority was wrong, or its key is in wrong hands: such a token proves nothing."""
    report = await office.judge(await office.sign(laid, "secretary", first=True, stamped_at=NOW + off))
    assert report.state == "not-valid"


@pytest.mark.parametrize("off", [timedelta(hours=1), DAY, 400 * DAY], ids=str)
async def test_a_timestamp_older_than_the_certificate_is_not_valid(office: Office, laid: bytes, off: timedelta) -> None:
    report = await office.judge(await office.sign(laid, "secretary", first=True, stamped_at=NOW - off))
    assert report.state == "not-valid"


async def test_it_stays_valid_while_its_certificates_last(office: Office, signed: bytes) -> None:
    then = NOW + 2 * 365 * DAY
    report = await office.judge(signed, at=then)
    assert report.state == "valid"
    assert {one.at for one in report.signatures} == {int(NOW.timestamp() * 1000)}
    assert (await office.judge(signed, at=NOW + 4 * 365 * DAY)).state != "valid"  # without an archive timestamp


async def test_a_clock_that_is_a_little_late_is_forgiven(office: Office, signed: bytes) -> None:
    assert (await office.judge(signed, at=NOW - timedelta(seconds=30))).state == "valid"


# ── what the report says ──


async def test_keywords_are_those_the_first_signer_saw(office: Office, signed: bytes) -> None:
    def change(writer: pdfs.Writer) -> None:
        info = writer.trailer["/Info"]
        info["/Keywords"] = TextStringObject("bacap-journal:another:1:00")
        writer.update_container(info)

    before = (await office.judge(signed)).keywords
    after = await office.judge(pdfs.revise(signed, change))
    assert after.keywords in (before, ())
    assert "another" not in str(after)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF\n", b"not a PDF at all", bytes(5000), b"%PDF-1.7\n" * 1000])
async def test_what_is_no_pdf_is_not_valid_and_raises_nothing(office: Office, data: bytes) -> None:
    report = await office.judge(data)
    assert (report.state, report.signatures) == ("not-valid", ())


async def test_a_file_without_signatures_cannot_be_told(office: Office, laid: bytes) -> None:
    for data in (pdfs.pdf(pdfs.page()), laid):
        report = await office.judge(data)
        assert (report.state, report.reason) == ("cannot-tell", "no-signature")


@pytest.mark.parametrize("seed", range(4))
async def test_hostile_bytes_never_raise_and_never_pass(office: Office, signed: bytes, seed: int) -> None:
    """Pieces of a good file cut, swapped, doubled and overwritten at random, from a seed."""
    dice = random.Random(seed)
    for _ in range(12):
        data = bytearray(signed)
        at, size = dice.randrange(len(data) - 4000), dice.randrange(1, 3000)
        piece = data[at : at + size]
        match dice.randrange(4):
            case 0:
                del data[at : at + size]
            case 1:
                data[at:at] = piece
            case 2:
                data[at : at + size] = dice.randbytes(len(piece))
            case _:
                data = data[: max(at, 10)]
        if bytes(data) != signed and not signed.startswith(bytes(data)):
            assert (await office.judge(bytes(data))).state != "valid", (seed, at, size)


async def test_minutes_of_several_pages_are_valid_and_an_altered_later_page_is_not(office: Office) -> None:
    long = minutes(minutes_form(tuple(f"Ý kiến {number}: " + "nhất trí với tờ trình; " * 20 for number in range(30))))
    signed = await office.sign(long, "secretary", first=True)
    assert (await office.judge(signed)).state == "valid"

    report = await office.judge(pdfs.revise(signed, lambda writer: pdfs.swap_page(writer, 2)))
    assert (report.state, report.reason) == ("not-valid", "strict-changed")


def test_shape_asks_form_and_not_trust(signed: bytes) -> None:
    assert verify.shape(signed) == ""
    assert verify.shape(signed + b"A") != ""
    assert verify.shape(b"junk") == "unreadable"
    assert verify.shape(pdfs.revise(signed, pdfs.swap_page)) == "changed"


def test_shape_sees_that_signed_bytes_were_changed(signed: bytes) -> None:
    """A paper whose own signature is broken is turned away at the door, not laid on desks."""
    assert verify.shape(pdfs.flipped(signed, 7)) not in ("", "unreadable")


@pytest.mark.parametrize("first", [True, False])
async def test_a_second_timestamp_slipped_in_beside_the_true_one_moves_no_time(
    office: Office, laid: bytes, first: bool
) -> None:
    """No signature covers the tokens. A stranger's, dated before the revocation, must not be the one that counts."""
    holder, file = office.holders["secretary"], io.BytesIO(laid)
    who = office.signatory(holder)
    given = {"first": True, "stamp": 3 * STAMP}
    pending = await pades.prepare(file, "secretary", who, office.picture("secretary"), NOW, **given)  # type: ignore[arg-type]
    signature = algorithms.scheme_of(holder.key.public_key()).sign(holder.key, pending.attributes)
    await pades.embed(file, pending, who, signature, await office.stamp(signature))
    revoked = [Revocation(holder.certificate.serial_number, NOW - timedelta(hours=1))]
    assert (await office.judge(file.getvalue(), office.trust(revoked))).reason == "revoked"
    early = await Office("Nơi khác").stamp(signature, NOW - DAY)
    held = bytearray(file.getvalue())
    content = cms.ContentInfo.load(bytes.fromhex(held[pending.start + 1 : pending.end - 1].decode()))
    attribute = content["content"]["signer_infos"][0]["unsigned_attrs"][0]
    tokens = [attribute["values"][0], cms.ContentInfo.load(early)]
    attribute["values"] = tokens[::-1] if first else tokens
    made = content.dump().hex().encode()
    held[pending.start + 1 : pending.end - 1] = made.ljust(pending.end - pending.start - 2, b"0")
    report = await office.judge(bytes(held), office.trust(revoked))
    assert report.state == "not-valid"
    report = await office.judge(bytes(held))
    assert (report.state, report.reason) == ("not-valid", "strict-timestamps")
