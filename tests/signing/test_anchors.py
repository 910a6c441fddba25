"""signing.anchors: authorities of others, trusted by hand, with the class of trust that the operator gave them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing import anchors, authority
from signing.authority import Revocation
from signing.model import Trust
from store.errors import Refused

from ..kit.authority import NOW, Office

OTHER = "Ban Cơ yếu (thử)"


def chain_of(office: Office, *parts: str) -> bytes:
    return b"".join(getattr(office.authority, part).certificate.public_bytes(Encoding.PEM) for part in parts)


async def test_what_an_authority_of_others_signed_is_valid_once_it_is_trusted(
    tmp_path: Path, office: Office, laid: bytes
) -> None:
    other = Office(OTHER)
    signed = await other.sign_all(laid)
    ours = Trust(office.trust().anchors, office.trust().between, office.trust().lists, ("internal",))
    assert (await office.judge(signed, anchors.joined(ours, anchors.read(tmp_path)))).state == "not-valid"
    names = anchors.add(tmp_path, "public-service", chain_of(other, "root", "issuing"))
    assert len(names) == 1 and "bacap: chứng thư gốc" in names[0]
    assert (await office.judge(signed, anchors.joined(ours, anchors.read(tmp_path)))).state != "valid", "no lists yet"
    for made in other.trust().lists:
        assert "O=" in anchors.add_list(tmp_path, made)
    report = await office.judge(signed, anchors.joined(ours, anchors.read(tmp_path)))
    assert (report.state, {one.trust for one in report.signatures}) == ("valid", {"public-service"})
    mine = await office.judge(await office.sign_all(laid), anchors.joined(ours, anchors.read(tmp_path)))
    assert {one.trust for one in mine.signatures} == {"internal"}


def test_a_newer_list_takes_the_place_of_the_older(tmp_path: Path) -> None:
    other = Office(OTHER)
    for number, revoked in ((1, ()), (2, (Revocation(7, NOW),))):
        anchors.add_list(tmp_path, authority.revocation_list(other.authority.issuing, revoked, number, NOW))
    [kept] = anchors.read(tmp_path).lists
    assert x509.load_der_x509_crl(kept).get_revoked_certificate_by_serial_number(7) is not None


def test_our_own_root_stays_ours_whatever_a_file_says(tmp_path: Path, office: Office) -> None:
    anchors.add(tmp_path, "public-service", chain_of(office, "root"))
    ours = Trust(office.trust().anchors, kinds=("demonstration",))
    assert anchors.joined(ours, anchors.read(tmp_path)).kind_of(office.authority.root.der) == "demonstration"


@pytest.mark.parametrize(
    ("pem", "code"), [(b"", "chain-unreadable"), (b"no PEM", "chain-unreadable"), (None, "chain-rootless")]
)
def test_what_is_no_authority_is_refused_and_leaves_nothing(
    tmp_path: Path, office: Office, pem: bytes | None, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        anchors.add(tmp_path, "internal", chain_of(office, "issuing") if pem is None else pem)
    assert not list(tmp_path.rglob("*.pem"))


@pytest.mark.parametrize(
    "raw", [b"", b"-----BEGIN X509 CRL-----\nAA==\n-----END X509 CRL-----\n", b"\x30\x03\x02\x01\x01"]
)
def test_what_is_no_list_is_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(Refused, match="list-unreadable"):
        anchors.add_list(tmp_path, raw)
    assert not list(tmp_path.rglob("*.crl"))


def test_a_damaged_file_is_passed_over_and_told(
    tmp_path: Path, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    anchors.add(tmp_path, "internal", chain_of(office, "root"))
    (tmp_path / "internal" / "aa.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "aa.crl").write_bytes(b"damaged")
    with caplog.at_level(logging.WARNING):
        found = anchors.read(tmp_path)
    assert found.anchors == (office.authority.root.der,) and found.lists == ()
    assert caplog.text.count("is passed over") == 2
