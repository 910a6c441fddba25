"""signing.enrolment, signing.pkcs12: certificates issued here, brought, asked of others, for keys in tokens; and whose
they must be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PublicFormat, pkcs12

from documents.signed import SignedFiles
from documents.workshop import Workshop
from signing import anchors, authority, keys, records
from signing.actions import Signing
from signing.authority import Authority, Holder
from signing.enrolment import path_of
from signing.model import Trust
from signing.stamping import Safe
from store.blobs import open_blobs
from store.chain import Actor
from store.db import Database
from store.errors import Missing, Refused

from ..kit.authority import NOW, Office
from ..kit.world import Fixed

WHO, NAME, WORD = Actor("person", "chair"), "Phạm Thị Thử", "một câu thật dài"


@pytest.fixture
def others() -> Office:
    """Another authority, that this node trusts, with a holder of the same name."""
    return Office("Ban Cơ yếu (thử)")


@pytest.fixture
async def signing(
    database: Database, world: Fixed, office: Office, others: Office, tmp_path: Path
) -> AsyncIterator[Signing]:
    chain = (others.root, others.authority.issuing)
    pem = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in chain)
    anchors.add(tmp_path / "trust", "public-service", pem)
    for der in others.trust().lists:
        anchors.add_list(tmp_path / "trust", der)
    workshop = Workshop(workers=1)
    held: Authority = office.authority
    safe = Safe(held, trusted=tmp_path / "trust")
    yield Signing(database, open_blobs("memory:"), world, "node-1", safe, SignedFiles(workshop))
    await workshop.close()


def p12(holder: Holder, password: bytes = b"pw", key: object = None) -> bytes:
    seal = BestAvailableEncryption(password)
    given = (holder.key if key is None else key, holder.certificate)
    return pkcs12.serialize_key_and_certificates(b"me", *given, None, seal)  # type: ignore[arg-type]


async def bring(signing: Signing, data: bytes, name: str = NAME, password: str = "pw") -> str:
    return await signing.enrolment.bring("person", "chair", name, data, password, WORD, WHO)


async def test_a_file_from_another_authority_is_taken_in_and_signs(
    signing: Signing, others: Office, laid: bytes
) -> None:
    serial = await bring(signing, p12(others.holders["chair"]))
    row = await signing.certificate_of("person", "chair")
    assert row is not None and (row.serial, row.kept, row.outside) == (serial, "file", True)
    assert keys.unseal(row.sealed_key, WORD).public_key() == others.holders["chair"].certificate.public_key()
    key = await signing.key_on_file(serial, WORD)
    step = await signing.begin(laid, "chair", serial, others.picture("chair"), first=True)
    await signing.sign(step, key)
    report = await signing.verify(await signing.finish(step))
    one = report.signatures[0]
    assert (report.state, one.trust, one.signer) == ("valid", "public-service", NAME)
    assert one.path[-1] == "bacap: chứng thư gốc" and len(one.path) == 3


async def test_names_are_compared_as_people_read_them(signing: Signing, others: Office) -> None:
    import unicodedata

    typed = unicodedata.normalize("NFD", "  phạm THỊ  thử ")
    assert await bring(signing, p12(others.holders["chair"]), typed)


async def test_what_does_not_fit_is_refused_and_leaves_nothing(
    signing: Signing, others: Office, office: Office
) -> None:
    chair, strangers = others.holders["chair"], Office("Nơi lạ").holders["chair"]
    weak = rsa.generate_private_key(65537, 1024)
    subject = authority.subject(NAME, "Ban")
    weakly = Holder(authority.issue(others.authority.issuing, subject, weak.public_key(), "person", NOW), weak)
    old = others.holder(NAME, begins=NOW - timedelta(days=4000))
    coming = others.holder(NAME, begins=NOW + timedelta(days=9))
    stamping = Holder(
        authority.issue(others.authority.issuing, subject, chair.key.public_key(), "timestamp", NOW), chair.key
    )
    cases = [
        (b"none", NAME, "pw", "pkcs12-unreadable"),
        (p12(chair), NAME, "wrong", "pkcs12-unreadable"),
        (p12(chair), "Phạm Thị Thứ", "pw", "certificate-name"),
        (p12(strangers), NAME, "pw", "certificate-stranger"),
        (p12(weakly), NAME, "pw", "key-unfit"),
        (p12(old), NAME, "pw", "certificate-ended"),
        (p12(coming), NAME, "pw", "certificate-ended"),
        (p12(stamping), NAME, "pw", "certificate-purpose"),
        (p12(others.authority.issuing), NAME, "pw", "certificate-purpose"),
    ]
    for data, name, password, why in cases:
        with pytest.raises(Refused, match=why):
            await bring(signing, data, name, password)
        assert await signing.certificate_of("person", "chair") is None
    with pytest.raises(Refused, match="passphrase-short"):
        await signing.enrolment.bring("person", "chair", NAME, p12(chair), "pw", "short", WHO)
    await bring(signing, p12(chair))
    with pytest.raises(Refused, match="certificate-exists"):
        await bring(signing, p12(chair))
    with pytest.raises(Refused, match="certificate-exists"):  # nor is it anybody else's beside
        await signing.enrolment.bring("person", "member", NAME, p12(chair), "pw", WORD, WHO)


async def test_another_authority_answers_our_request(signing: Signing, others: Office) -> None:
    subject = authority.subject(NAME, "UBND huyện", "Chủ tịch", "chair")
    pem = await signing.enrolment.ask("person", "chair", subject, WORD, WHO)
    asked = x509.load_pem_x509_csr(pem)
    assert asked.is_signature_valid and asked.subject == subject
    assert await signing.certificate_of("person", "chair") is None, "not before it is answered"
    issue = authority.issue
    given = issue(others.authority.issuing, subject, asked.public_key(), "person", NOW)  # type: ignore[arg-type]
    other = others.holders["chair"].certificate
    for data, why in ((b"-----BEGIN none", "chain-unreadable"), (other.public_bytes(Encoding.DER), "request-other")):
        with pytest.raises(Refused, match=why):
            await signing.enrolment.answer("person", "chair", NAME, data, WHO)
    serial = await signing.enrolment.answer("person", "chair", NAME, given.public_bytes(Encoding.PEM), WHO)
    assert await (await signing.key_on_file(serial, WORD)).sign(b"x")
    assert await signing.enrolment.request_of("person", "chair") is None
    with pytest.raises(Missing):
        await signing.enrolment.answer("person", "member", NAME, given.public_bytes(Encoding.PEM), WHO)


async def test_a_second_request_voids_the_first(signing: Signing, others: Office) -> None:
    subject = authority.subject(NAME, "UBND")
    first, second = [await signing.enrolment.ask("person", "chair", subject, WORD, WHO) for _ in range(2)]
    late = x509.load_pem_x509_csr(first).public_key()
    given = authority.issue(others.authority.issuing, subject, late, "person", NOW)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="request-other"):
        await signing.enrolment.answer("person", "chair", NAME, given.public_bytes(Encoding.DER), WHO)
    assert first != second


async def test_of_a_token_s_certificates_the_holder_s_own_is_taken(signing: Signing, others: Office) -> None:
    held = [others.root.der, others.authority.issuing.der, others.holders["secretary"].der]
    with pytest.raises(Refused, match="certificate-name"):
        await signing.enrolment.accept("person", "chair", NAME, held, "own", WHO)
    with pytest.raises(Refused, match="token-nobodys"):
        await signing.enrolment.accept("person", "chair", NAME, held[:2], "own", WHO)
    serial = await signing.enrolment.accept("person", "chair", NAME, [*held, others.holders["chair"].der], "own", WHO)
    row = await signing.certificate(serial)
    assert (row.kept, row.sealed_key) == ("own", None)
    with pytest.raises(Refused, match="certificate-none"):
        await signing.key_on_file(serial, WORD)


async def test_a_key_in_a_token_is_certified_by_our_own_authority(signing: Signing) -> None:
    public = authority.new_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    given = (authority.subject(NAME, "UBND"), public, "own", WHO)
    der = await signing.enrolment.certify("person", "chair", *given)
    made = x509.load_der_x509_certificate(der)
    made.verify_directly_issued_by(signing.safe.authority.issuing.certificate)
    with pytest.raises(Refused, match="certificate-exists"):
        await signing.enrolment.certify("person", "chair", *given)
    with pytest.raises(Refused, match="key-unfit"):
        await signing.enrolment.certify("person", "other", authority.subject(NAME, "UBND"), b"junk", "own", WHO)


async def test_another_s_revocations_are_not_on_our_list(signing: Signing, others: Office, database: Database) -> None:
    serial = await bring(signing, p12(others.holders["chair"]))
    await signing.revoke(serial, "superseded", WHO)
    assert await database.read(records.revoked) == []
    assert await signing.certificate_of("person", "chair") is None
    assert await signing.trust()


async def test_a_name_like_ours_makes_nobody_ours(signing: Signing, office: Office) -> None:
    """Every installation of this program calls its authority alike: who signed counts, not the name."""
    twin = Office(office.organization)
    subject = twin.authority.issuing.certificate.subject
    holder = twin.holders["chair"]
    assert subject != signing.safe.authority.issuing.certificate.subject, "nor are the names quite the same"
    assert signing.safe.authority.chain_of(holder.certificate) == ()
    with pytest.raises(Refused, match="certificate-stranger"):
        await bring(signing, p12(holder))


async def test_a_node_s_certificate_is_nobody_s_to_sign_with(signing: Signing, others: Office) -> None:
    node = others.authority.node
    with pytest.raises(Refused, match="certificate-purpose"):
        await bring(signing, p12(node), "bacap: máy chủ")


def test_of_two_ways_up_the_one_to_an_anchor_is_found(office: Office, others: Office) -> None:
    """A cross-certified authority: same name, same key, two certificates, the stranger's met first."""
    ours = office.authority.issuing
    crossed = (
        x509.CertificateBuilder().subject_name(ours.certificate.subject).issuer_name(others.root.certificate.subject)
        .public_key(ours.key.public_key()).serial_number(5)
        .not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=900))
        .add_extension(x509.BasicConstraints(True, 0), True)
        .sign(others.root.key, hashes.SHA384())
    )  # fmt: skip
    leaf, between = office.holders["chair"].certificate, (crossed.public_bytes(Encoding.DER), ours.der)
    for order in (between, between[::-1]):
        for anchor in (office.root, others.root):
            path = path_of(leaf, Trust((anchor.der,), (*order, others.root.der, office.root.der)))
            assert [path[0], path[-1], len(path)] == [leaf, anchor.certificate, 3]
    assert path_of(leaf, Trust((others.root.der,), (ours.der,))) == []


async def test_of_two_at_once_one_is_certified(signing: Signing) -> None:
    """A second certificate would still sign when the first is revoked."""
    subject = authority.subject(NAME, "UBND")
    both = (signing.enrolment.issue("seal", "district", subject, WORD, WHO) for _ in range(2))
    told = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(isinstance(one, str) for one in told) == [False, True]
    assert any(isinstance(one, Refused) and one.code == "certificate-exists" for one in told)


async def test_who_was_certified_meanwhile_leaves_no_request(signing: Signing) -> None:
    subject = authority.subject(NAME, "UBND")
    enrolment, given = signing.enrolment, ("person", "chair", subject, WORD, WHO)
    await asyncio.gather(enrolment.ask(*given), enrolment.issue(*given), return_exceptions=True)
    held = await signing.certificate_of("person", "chair")
    assert (held is None) != (await signing.enrolment.request_of("person", "chair") is None)


async def test_a_certificate_with_an_extension_twice_is_refused(signing: Signing, others: Office) -> None:
    """RFC 5280, 4.2"""
    there = asn1_x509.Certificate.load(others.holders["secretary"].der)
    extensions = there["tbs_certificate"]["extensions"]
    extensions.append(extensions[0].copy())
    odd = there.dump(force=True)
    with pytest.raises(Refused, match="certificate-purpose"):
        await signing.enrolment.accept("person", "chair", NAME, [odd], "own", WHO)
