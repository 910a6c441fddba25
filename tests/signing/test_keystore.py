"""signing.keystore: the node's own keys are made once, closed to others, and found again after a restart."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from signing import keystore

from ..kit.authority import AGENCY, NOW


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
    keystore.open_node_key(tmp_path / "node.key")
    private = sorted(tmp_path.rglob("*.key"))
    assert len(private) == 4
    for path in private:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert not [path for path in tmp_path.rglob("*") if path.suffix not in (".key", ".crt") and path.is_file()]


def test_the_node_key_is_made_once(tmp_path: Path) -> None:
    made = keystore.open_node_key(tmp_path / "deep" / "node.key")
    again = keystore.open_node_key(tmp_path / "deep" / "node.key")
    assert made.private_bytes_raw() == again.private_bytes_raw()
    assert keystore.open_node_key(tmp_path / "other.key").private_bytes_raw() != made.private_bytes_raw()


@pytest.mark.parametrize("left", range(1, 6))
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
    again.timestamp.certificate.verify_directly_issued_by(again.issuing.certificate)
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
