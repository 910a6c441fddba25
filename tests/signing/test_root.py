"""signing.root: the root's key lies elsewhere under a passphrase; the node goes on, and it is brought for one act."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from signing import authority, keystore, root
from signing.authority import Away, Holder
from store.errors import Refused

from ..kit.authority import AGENCY, NOW

WORD = "một câu dài trong két"
YEAR = timedelta(days=365)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keystore.open_authority(tmp_path / "authority", AGENCY, NOW)
    return tmp_path / "authority"


def test_its_key_is_in_the_file_and_nowhere_else(folder: Path, tmp_path: Path) -> None:
    before = keystore.read_authority(folder)
    root.put_away(folder, tmp_path / "root.p12", WORD, NOW)
    after = keystore.read_authority(folder)
    assert not (folder / "root.key").exists() and (tmp_path / "root.p12").stat().st_mode & 0o777 == 0o600
    assert isinstance(before.root, Holder) and isinstance(after.root, Away)
    assert (after.root.der, after.issuing.der) == (before.root.der, before.issuing.der)
    found = root.opened((tmp_path / "root.p12").read_bytes(), WORD, after.root.certificate)
    assert found.key.private_numbers() == before.root.key.private_numbers()  # type: ignore[union-attr]


def test_other_programs_read_the_file(folder: Path, tmp_path: Path) -> None:
    """In twenty years this program need not be there."""
    root.put_away(folder, tmp_path / "root.p12", "plain words", NOW)
    words = ("openssl", "pkcs12", "-in", tmp_path / "root.p12", "-passin", "pass:plain words", "-noenc")
    told = subprocess.run(words, capture_output=True, check=True, text=True).stdout
    assert "BEGIN PRIVATE KEY" in told and "BEGIN CERTIFICATE" in told


def test_lists_are_told_without_the_key_and_hold_for_a_year(folder: Path, tmp_path: Path) -> None:
    root.put_away(folder, tmp_path / "root.p12", WORD, NOW)
    held = keystore.read_authority(folder)
    trust = authority.trust_in(held, (), NOW + YEAR, "internal")
    made = x509.load_der_x509_crl(trust.lists[0])
    assert made.is_signature_valid(held.root.certificate.public_key())  # type: ignore[arg-type]
    assert made.next_update_utc is not None and made.next_update_utc > NOW + YEAR


def test_brought_it_signs_its_list_anew_and_the_next_issuing_authority_when_due(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "root.p12"
    root.put_away(folder, file, WORD, NOW)
    before, after = root.use(folder, file, WORD, NOW + YEAR)
    assert before.issuing.der == after.issuing.der and isinstance(after.root, Away)
    assert x509.load_der_x509_crl(after.root.list).last_update_utc == NOW + YEAR
    assert authority.renew(after, NOW + 6 * YEAR).issuing is after.issuing  # it cannot without its root
    _, later = root.use(folder, file, WORD, NOW + 6 * YEAR)
    later.issuing.certificate.verify_directly_issued_by(later.root.certificate)
    assert [one.der for one in later.older] == [before.issuing.der] and not (folder / "root.key").exists()


def test_what_is_wrong_is_refused_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    file, there = tmp_path / "root.p12", tmp_path / "there"
    there.write_bytes(b"another's")
    for path, word, why in ((file, "short", "passphrase-short"), (there, WORD, "file-there")):
        with pytest.raises(Refused, match=why):
            root.put_away(folder, path, word, NOW)
        assert isinstance(keystore.read_authority(folder).root, Holder)
    root.put_away(folder, file, WORD, NOW)
    with pytest.raises(Refused, match="root-away"):
        root.put_away(folder, tmp_path / "second.p12", WORD, NOW)
    listed = (folder / keystore.ROOT_LIST).read_bytes()
    with pytest.raises(Refused, match="passphrase-wrong"):
        root.use(folder, file, "another word", NOW + YEAR)
    other = authority.found(AGENCY, NOW).root
    assert isinstance(other, Holder)
    file.write_bytes(root.sealed(other, WORD))
    with pytest.raises(Refused, match="root-other"):
        root.use(folder, file, WORD, NOW + YEAR)
    assert (folder / keystore.ROOT_LIST).read_bytes() == listed
