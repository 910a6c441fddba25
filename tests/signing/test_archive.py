"""signing.archive, signing.evidence, signing.verify: proof that outlives certificates, years ahead by a given clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509

from signing import authority
from signing.authority import Holder, Revocation
from signing.model import Trust

from ..kit import pdfs
from ..kit.authority import NOW, Office
from .conftest import LATER
from .test_revisions import CHANGES

YEAR = timedelta(days=365)


async def test_an_archived_file_is_valid_at_level_lta(office: Office, archived: bytes) -> None:
    report = await office.judge(archived, at=LATER)
    assert report.state == "valid"
    assert {one.level for one in report.signatures} == {"B-LTA"}
    assert [stamp.state for stamp in report.stamps] == ["valid"]
    end = office.authority.timestamp.certificate.not_valid_after_utc
    assert report.until == int(end.timestamp() * 1000)


async def test_levels_below(office: Office, signed: bytes) -> None:
    before = await office.judge(signed)
    assert {one.level for one in before.signatures} == {"B-T"}
    assert (
        before.until
        == int(min(one.certificate.not_valid_after_utc for one in office.holders.values()).timestamp()) * 1000
    )
    enclosed = await office.judge(await office.enclose(signed, LATER), at=LATER)
    assert enclosed.state == "valid"
    assert {one.level for one in enclosed.signatures} == {"B-LT"}


async def test_a_report_names_path_and_class_of_trust(office: Office, archived: bytes) -> None:
    trust = office.trust(at=LATER)
    shown = Trust(trust.anchors, trust.between, trust.lists, ("demonstration",))
    signature = (await office.judge(archived, shown, LATER)).signatures[0]
    assert signature.path == ("Hồ Thị Ghi", "bacap: cấp chứng thư", "bacap: chứng thư gốc")
    assert signature.trust == "demonstration"
    foreign = (await office.judge(archived, Office("Nơi khác").trust(at=LATER), LATER)).signatures[0]
    assert foreign.trust is None


async def test_revisions_are_listed_in_order(office: Office, archived: bytes) -> None:
    listed = (await office.judge(archived, at=LATER)).revisions
    assert [(one.kind, one.field) for one in listed] == [
        ("document", ""), ("data", ""), ("signature", "secretary"), ("signature", "chair"), ("signature", "seal"),
        ("stamp", "bacap-stamp-1"),
    ]  # fmt: skip
    ends = [one.end for one in listed]
    assert ends == sorted(ends) and ends[-1] == len(archived)


# ── years ahead ──


@pytest.mark.parametrize("years", [0.5, 2, 4])
async def test_it_stays_valid_when_the_signers_certificates_have_run_out(
    office: Office, archived: bytes, years: float
) -> None:
    report = await office.judge(archived, at=NOW + years * YEAR)
    assert (report.state, report.reason) == ("valid", "")


async def test_without_an_archive_timestamp_nobody_can_tell_after_that(office: Office, signed: bytes) -> None:
    for pdf in (signed, await office.enclose(signed, LATER)):
        report = await office.judge(pdf, at=NOW + 4 * YEAR)
        assert (report.state, report.reason) == ("cannot-tell", "expired")


async def test_revoked_later_does_not_undo_what_was_signed_before(
    office: Office, signed: bytes, archived: bytes
) -> None:
    serial = office.holders["chair"].certificate.serial_number
    revoked = [Revocation(serial, NOW + timedelta(days=100), x509.ReasonFlags.key_compromise)]
    for pdf, years in ((archived, 0.5), (archived, 4), (signed, 0.5)):
        at = NOW + years * YEAR
        assert (await office.judge(pdf, office.trust(revoked, at), at)).state == "valid", years


async def test_revoked_before_signing_is_found_even_if_it_is_told_later(office: Office, archived: bytes) -> None:
    """A list of today that dates the revocation back to before the signature."""
    serial = office.holders["chair"].certificate.serial_number
    revoked = [Revocation(serial, NOW - timedelta(days=1))]
    for at in (LATER, NOW + 2 * YEAR):
        report = await office.judge(archived, office.trust(revoked, at), at)
        assert (report.state, report.reason) == ("not-valid", "revoked")


async def test_an_archive_timestamp_that_ran_out_is_no_proof(office: Office, archived: bytes) -> None:
    report = await office.judge(archived, at=NOW + 6 * YEAR)
    assert (report.state, report.reason) == ("cannot-tell", "expired")
    assert report.stamps[0].state == "cannot-tell"


def stamper_of(office: Office, at: datetime) -> Holder:
    """The timestamp authority's next certificate."""
    key = authority.new_key()
    name = authority.subject("bacap: dấu thời gian", office.organization)
    issued = authority.issue(office.authority.issuing, name, key.public_key(), "timestamp", at, authority.STAMP_DAYS)
    return Holder(issued, key)


async def test_renewed_in_time_it_is_valid_ten_years_on(archived: bytes, office: Office) -> None:
    """The issuing authority itself ends after ten years: the last renewal is by a certificate of another anchor."""
    fourth = NOW + 4 * YEAR
    renewed = await office.archive(archived, fourth, stamper_of(office, fourth))
    report = await office.judge(renewed, at=NOW + 8 * YEAR)
    assert (report.state, [one.state for one in report.stamps]) == ("valid", ["valid", "valid"])
    eighth = NOW + 8 * YEAR
    successor = Office(now=eighth)
    trust = successor.joined(office, eighth)
    twice = await office.archive(renewed, eighth, successor.authority.timestamp, trust)
    at = NOW + 12 * YEAR
    report = await office.judge(twice, successor.joined(office, at), at)
    assert (report.state, len(report.stamps)) == ("valid", 3)
    assert report.until == int(successor.authority.timestamp.certificate.not_valid_after_utc.timestamp() * 1000)
    assert len(twice) - len(archived) < 40_000


async def test_renewed_too_late_it_stays_unproved(office: Office, archived: bytes) -> None:
    sixth = NOW + 6 * YEAR
    late = await office.archive_unproved(archived, sixth, stamper_of(office, sixth))
    report = await office.judge(late, at=sixth)
    assert (report.state, report.reason) == ("cannot-tell", "expired")


# ── attacks on it ──


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_behind_the_archive_timestamp_is_refused(office: Office, archived: bytes, name: str) -> None:
    changed = pdfs.revise(archived, CHANGES[name])
    assert (await office.judge(changed, at=LATER)).state == "not-valid"


async def test_a_stamp_of_another_file_proves_nothing(office: Office, signed: bytes) -> None:
    _, held = await office.examined(signed, LATER)
    reserved, _ = office.reserve(signed, held)
    copied = office.fill(*office.reserve(signed, held), await office.stamp_digest(bytes(32), LATER))
    assert reserved[: len(signed)] == signed
    report = await office.judge(copied, at=LATER)
    assert (report.state, report.reason) == ("not-valid", "stamp-broken")


async def test_a_stamp_by_a_stranger_is_no_proof_and_no_harm(office: Office, signed: bytes) -> None:
    stranger = Office("Nơi khác")
    stamped = await office.archive(signed, LATER, stranger.authority.timestamp)
    report = await office.judge(stamped, at=LATER)
    assert (report.state, report.stamps[0].state) == ("valid", "cannot-tell")
    assert {one.level for one in report.signatures} == {"B-LT"}
    assert (await office.judge(stamped, at=NOW + 4 * YEAR)).state == "cannot-tell"


async def test_a_stamp_from_the_future_is_not_valid(office: Office, signed: bytes) -> None:
    ahead = await office.archive_unproved(signed, LATER, stamped_at=LATER + YEAR)
    report = await office.judge(ahead, at=LATER)
    assert (report.state, report.reason) == ("not-valid", "timestamp")


async def test_a_stamp_with_evidence_older_than_the_signatures_gives_no_level(office: Office, signed: bytes) -> None:
    """Lists made before the signatures cannot tell whether the certificates were good at them."""
    early = office.trust(at=NOW - timedelta(days=1))
    stamped = await office.archive(signed, LATER, trust=early)
    report = await office.judge(stamped, at=NOW + 4 * YEAR)
    assert report.state != "valid"


async def test_a_forged_list_inside_the_file_revokes_nobody(office: Office, signed: bytes) -> None:
    """Under the authority's name, but by another key."""
    forger = Office()
    serial = office.holders["chair"].certificate.serial_number
    forged = authority.revocation_list(forger.authority.issuing, [Revocation(serial, NOW - YEAR)], 1, LATER)
    marked = await office.enclose(signed, LATER, lists=(forged,))
    assert (await office.judge(marked, at=LATER)).state == "valid"


async def test_a_file_that_brings_too_much_evidence_is_refused(office: Office, signed: bytes) -> None:
    held = office.holders["chair"].der
    padded = tuple(held + bytes([0, number]) for number in range(2))
    heavy = await office.enclose(signed, LATER, lists=tuple(
        authority.revocation_list(office.authority.issuing, (), number, LATER) for number in range(401)
    ))  # fmt: skip
    assert padded
    report = await office.judge(heavy, at=LATER)
    assert report.state == "not-valid"
