"""signing.authority: root, issuing authority, leaves and revocation lists, as RFC 5280 and RFC 3161 want them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing import authority
from signing.authority import Holder, Revocation, Use

from ..kit.authority import AGENCY, NOW, Office


def usages(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert found.critical
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return {name for name in (*names, "key_cert_sign", "crl_sign") if getattr(found.value, name)}


def constraints(certificate: x509.Certificate) -> tuple[bool, int | None]:
    found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert found.critical
    return found.value.ca, found.value.path_length


def test_every_certificate_is_signed_by_the_one_above(office: Office) -> None:
    held = office.authority
    held.root.certificate.verify_directly_issued_by(held.root.certificate)
    held.issuing.certificate.verify_directly_issued_by(held.root.certificate)
    for leaf in (held.timestamp, *office.holders.values()):
        leaf.certificate.verify_directly_issued_by(held.issuing.certificate)
        assert leaf.certificate.public_key() == leaf.key.public_key()
    with pytest.raises((InvalidSignature, ValueError)):
        held.timestamp.certificate.verify_directly_issued_by(Office().authority.issuing.certificate)


def test_who_may_certify_and_how_deep(office: Office) -> None:
    held = office.authority
    assert constraints(held.root.certificate) == (True, 1)
    assert constraints(held.issuing.certificate) == (True, 0)
    assert usages(held.root.certificate) == usages(held.issuing.certificate) == {"key_cert_sign", "crl_sign"}
    for leaf in (held.timestamp, *office.holders.values()):
        assert constraints(leaf.certificate) == (False, None)
        assert not usages(leaf.certificate) & {"key_cert_sign", "crl_sign"}


@pytest.mark.parametrize("use", ["person", "seal"])
def test_people_and_seals_sign_with_non_repudiation(office: Office, use: Use) -> None:
    made = office.holder("Ai đó", use).certificate
    assert usages(made) == {"digital_signature", "content_commitment"}
    with pytest.raises(x509.ExtensionNotFound):
        made.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_the_timestamp_certificate_has_its_one_critical_purpose(office: Office) -> None:
    made = office.authority.timestamp.certificate
    purpose = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purpose.critical
    assert list(purpose.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    assert usages(made) == {"digital_signature"}


def test_key_identifiers_chain(office: Office) -> None:
    held = office.authority

    def above(certificate: x509.Certificate) -> bytes | None:
        return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier

    def own(holder: Holder) -> bytes:
        return holder.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest

    assert above(held.issuing.certificate) == own(held.root)
    assert above(held.timestamp.certificate) == own(held.issuing)


def test_strength_and_term(office: Office) -> None:
    held = office.authority
    for holder in (held.root, held.issuing):
        assert isinstance(holder.key.curve, ec.SECP384R1)
    leaf = office.holders["chair"].certificate
    assert isinstance(office.holders["chair"].key.curve, ec.SECP256R1)
    assert leaf.signature_hash_algorithm is not None
    assert leaf.signature_hash_algorithm.name == "sha384"  # as strong as the key that signs it
    assert leaf.not_valid_before_utc == NOW - authority.BACKDATED
    assert leaf.not_valid_after_utc == NOW + timedelta(days=authority.LEAF_DAYS)
    assert leaf.not_valid_after_utc < held.issuing.certificate.not_valid_after_utc
    assert held.issuing.certificate.not_valid_after_utc < held.root.certificate.not_valid_after_utc
    assert held.chain == [held.issuing.der]


def test_serials_differ_and_do_not_count_up(office: Office) -> None:
    serials = [holder.certificate.serial_number for holder in office.holders.values()]
    assert len(set(serials)) == len(serials)
    assert all(serial.bit_length() > 64 for serial in serials)


def test_a_subject_names_person_title_and_agency() -> None:
    name = authority.subject("Phạm Thị Thử", AGENCY, "Chủ tịch", "p-1")
    found = {attribute.oid: attribute.value for attribute in name}
    assert found[NameOID.COMMON_NAME] == "Phạm Thị Thử"
    assert found[NameOID.ORGANIZATION_NAME] == AGENCY
    assert found[NameOID.TITLE] == "Chủ tịch"
    assert found[NameOID.SERIAL_NUMBER] == "p-1"
    assert found[NameOID.COUNTRY_NAME] == "VN"
    assert not {NameOID.TITLE, NameOID.SERIAL_NUMBER} & {one.oid for one in authority.subject("a", "b")}


@pytest.mark.parametrize(
    "agency",
    [
        "Ủy ban nhân dân thị xã Quảng Trị (trình diễn)",
        "Ủy ban nhân dân phường Hoàn Lão, huyện Bố Trạch, tỉnh Quảng Bình",
        "Đoàn đại biểu Quốc hội và Hội đồng nhân dân thành phố Hồ Chí Minh",
        "ữ" * 100,
    ],
    ids=["demonstration", "ward", "delegation", "endless"],
)
def test_a_long_name_is_cut_not_refused(agency: str) -> None:
    """RFC 5280 allows 64 characters; `cryptography` counts octets, of which a Vietnamese letter has up to three."""
    name = authority.subject(agency, agency, agency, agency)
    assert len(list(name)) == 5
    for attribute in name:
        value = str(attribute.value)
        assert value == "VN" or (agency.startswith(value) and 20 <= len(value) <= 64)


def test_a_revocation_list_says_who_when_and_until(office: Office) -> None:
    first, second = office.holders["chair"].certificate, office.holders["seal"].certificate
    revoked = [
        Revocation(first.serial_number, NOW - timedelta(hours=1)),
        Revocation(second.serial_number, NOW, x509.ReasonFlags.key_compromise),
    ]
    made = authority.revocation_list(office.authority.issuing, revoked, 42, NOW)
    found = x509.load_der_x509_crl(made)
    assert found.issuer == office.authority.issuing.certificate.subject
    assert found.is_signature_valid(office.authority.issuing.certificate.public_key())  # type: ignore[arg-type]
    assert not found.is_signature_valid(office.authority.root.certificate.public_key())  # type: ignore[arg-type]
    assert found.last_update_utc == NOW
    assert found.next_update_utc == NOW + timedelta(days=authority.CRL_DAYS)
    assert found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 42
    entry = found.get_revoked_certificate_by_serial_number(first.serial_number)
    assert entry is not None
    assert entry.revocation_date_utc == NOW - timedelta(hours=1)
    entry = found.get_revoked_certificate_by_serial_number(second.serial_number)
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason == x509.ReasonFlags.key_compromise
    assert found.get_revoked_certificate_by_serial_number(office.holders["secretary"].certificate.serial_number) is None
    assert len(found) == 2


def test_an_empty_list_is_a_list_too(office: Office) -> None:
    found = x509.load_der_x509_crl(authority.revocation_list(office.authority.root, (), 1, NOW))
    assert len(found) == 0
    assert found.is_signature_valid(office.authority.root.certificate.public_key())  # type: ignore[arg-type]
