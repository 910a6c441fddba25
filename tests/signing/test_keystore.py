"""signing.keystore: the node's own keys are made once, closed to others, and found again after a restart."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from signing import authority, keystore
from signing.authority import Revocation

from ..kit.authority import AGENCY, NOW, Office


def test_the_same_authority_is_opened_again(tmp_path: Path) -> None:
    made = keystore.open_authority(tmp_path / "authority", AGENCY, NOW)
    again = keystore.open_authority(tmp_path / "authority", "another name", NOW + timedelta(days=400))
    for name in keystore.PARTS:
        before, after = getattr(made, name), getattr(again, name)
        assert before.der == after.der
        assert before.key.private_numbers() == after.key.private_numbers()
        assert after.certificate.public_key() == after.key.public_key()
    again.timestamp.certificate.verify_directly_issued_by(again.issuing.certificate)


def test_two_folders_are_two_authorities(tmp_path: Path) -> None:
    one, other = (keystore.open_authority(tmp_path / name, AGENCY, NOW) for name in ("a", "b"))
    assert one.root.der != other.root.der


def test_private_keys_are_readable_by_the_node_alone(tmp_path: Path) -> None:
    keystore.open_authority(tmp_path / "authority", AGENCY, NOW)
    private = sorted(tmp_path.rglob("*.key"))
    assert len(private) == 4
    for path in private:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert not [path for path in tmp_path.rglob("*") if path.suffix not in (".key", ".crt") and path.is_file()]


def test_an_authority_of_before_gets_a_node_s_certificate(tmp_path: Path) -> None:
    made = keystore.open_authority(tmp_path, AGENCY, NOW)
    for kind in ("key", "crt"):
        (tmp_path / f"node.{kind}").unlink()
    again = keystore.open_authority(tmp_path, "another name", NOW)
    assert again.issuing.der == made.issuing.der and again.node.der != made.node.der
    again.node.certificate.verify_directly_issued_by(again.issuing.certificate)
    assert authority.organization_of(again.node.certificate) == AGENCY


@pytest.mark.parametrize("left", range(1, 8))
def test_a_founding_that_was_cut_short_is_done_anew(tmp_path: Path, left: int) -> None:
    """After a crash some files are there; whole keys and certificates must fit each other afterwards."""
    folder = tmp_path / "authority"
    keystore.open_authority(folder, AGENCY, NOW)
    written = [folder / f"{name}.{kind}" for name in keystore.PARTS for kind in ("key", "crt")]
    for path in written[left:]:
        path.unlink()
    again = keystore.open_authority(folder, AGENCY, NOW)
    again.root.certificate.verify_directly_issued_by(again.root.certificate)
    again.issuing.certificate.verify_directly_issued_by(again.root.certificate)
    for one in (again.timestamp, again.node):
        one.certificate.verify_directly_issued_by(again.issuing.certificate)
    for name in keystore.PARTS:
        assert getattr(again, name).certificate.public_key() == getattr(again, name).key.public_key()


def test_a_damaged_key_is_not_silently_replaced(tmp_path: Path) -> None:
    """A new authority in the place of a damaged one would make every signature so far worthless."""
    folder = tmp_path / "authority"
    keystore.open_authority(folder, AGENCY, NOW)
    kept = (folder / "root.crt").read_bytes()
    (folder / "root.key").write_bytes(b"-----BEGIN PRIVATE KEY-----\ndamaged\n-----END PRIVATE KEY-----\n")
    with pytest.raises(ValueError):
        keystore.open_authority(folder, AGENCY, NOW)
    assert (folder / "root.crt").read_bytes() == kept


# ── renewal ──

YEAR = timedelta(days=365)


def test_nothing_is_renewed_before_it_is_due(tmp_path: Path) -> None:
    made = keystore.open_authority(tmp_path, AGENCY, NOW)
    assert authority.renew(made, NOW + 2 * YEAR) is made


def test_what_was_renewed_is_found_again_and_what_it_follows_stays(tmp_path: Path) -> None:
    made = keystore.open_authority(tmp_path, AGENCY, NOW)
    third = authority.renew(made, NOW + 3 * YEAR)
    assert (third.issuing, third.older) == (made.issuing, ()) and third.timestamp.der != made.timestamp.der
    keystore.keep_renewed(tmp_path, made, third)
    again = keystore.open_authority(tmp_path, AGENCY, NOW + 3 * YEAR)
    assert (again.issuing.der, again.timestamp.der) == (made.issuing.der, third.timestamp.der)
    sixth = authority.renew(again, NOW + 6 * YEAR)
    keystore.keep_renewed(tmp_path, again, sixth)
    found = keystore.open_authority(tmp_path, AGENCY, NOW + 6 * YEAR)
    assert [one.der for one in found.issuers] == [sixth.issuing.der, made.issuing.der]
    for one in found.issuers:
        one.certificate.verify_directly_issued_by(found.root.certificate)
        assert one.certificate.public_key() == one.key.public_key()
    found.timestamp.certificate.verify_directly_issued_by(found.issuing.certificate)
    assert found.chain == [found.issuing.der] and found.chain_of(made.timestamp.certificate) == (made.issuing.der,)


def test_a_renewal_that_was_cut_short_leaves_what_was_there(tmp_path: Path) -> None:
    made = keystore.open_authority(tmp_path, AGENCY, NOW)
    keystore.keep_renewed(tmp_path, made, authority.renew(made, NOW + 3 * YEAR))
    (tmp_path / "timestamp-2.crt").unlink()
    again = keystore.open_authority(tmp_path, AGENCY, NOW)
    assert again.timestamp.der == made.timestamp.der
    renewed = authority.renew(again, NOW + 3 * YEAR)
    keystore.keep_renewed(tmp_path, again, renewed)
    assert keystore.open_authority(tmp_path, AGENCY, NOW).timestamp.der == renewed.timestamp.der


async def test_what_an_older_issuing_authority_certified_is_still_judged(office: Office, signed: bytes) -> None:
    """Its list is told beside the new one's, and what was revoked is on it."""
    at = NOW + 2 * YEAR
    held = authority.Authority(*(getattr(office.authority, part) for part in keystore.PARTS))
    later = authority.renew(held, NOW + 6 * YEAR)
    assert len(later.issuers) == 2
    trust = authority.trust_in(later, (), at, "internal")
    assert (await office.judge(signed, trust, at)).state == "valid"
    revoked = [Revocation(office.holders["chair"].certificate.serial_number, NOW - YEAR)]
    report = await office.judge(signed, authority.trust_in(later, revoked, at, "internal"), at)
    assert (report.state, report.reason) == ("not-valid", "revoked")
