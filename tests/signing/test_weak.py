"""signing.verify and weak algorithms: what was strong once, and short keys, prove nothing, whoever certified them."""

from __future__ import annotations

import io

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing import authority, timestamp

from ..kit.authority import NOW, Office

DIGESTS: dict[str, hashes.HashAlgorithm] = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "md5": hashes.MD5()}
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class AnyKey(Signer):
    """Signs with whatever key and digest it is told to: the tool of someone less careful."""

    def __init__(self, office: Office, key: PrivateKey) -> None:
        name = authority.subject("Khóa yếu", office.organization)
        made = authority.issue(office.authority.issuing, name, key.public_key(), "person", NOW)  # type: ignore[arg-type]
        registry = SimpleCertificateStore()
        registry.register(asn1_x509.Certificate.load(office.authority.issuing.der))
        certificate = asn1_x509.Certificate.load(made.public_bytes(Encoding.DER))
        super().__init__(signing_cert=certificate, cert_registry=registry, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        digest = DIGESTS[digest_algorithm]
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), digest)
        return self._key.sign(data, ec.ECDSA(digest))


class Stamper(TimeStamper):
    """This office's timestamp authority, asked for real."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._held = office.authority

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        held = self._held
        return await timestamp.token(held.timestamp, held.chain, message_digest, NOW, 3, algorithm=md_algorithm)


async def sign(office: Office, laid: bytes, key: PrivateKey, digest: str) -> bytes:
    metadata = PdfSignatureMetadata(field_name="secretary", md_algorithm=digest, subfilter=SigSeedSubFilter.PADES)
    signer = PdfSigner(metadata, AnyKey(office, key), timestamper=Stamper(office))
    out = io.BytesIO()
    await signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(laid)), existing_fields_only=True, output=out)
    return out.getvalue()


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())], ids=["RSA-2048", "P-256"]
)
async def test_the_tool_itself_makes_good_signatures(office: Office, laid: bytes, key: PrivateKey) -> None:
    """So that what is refused below is refused for its weakness."""
    report = await office.judge(await sign(office, laid, key, "sha256"))
    assert (report.state, report.reason) == ("valid", "")


async def test_rsa_of_1024_bits_is_refused(office: Office, laid: bytes) -> None:
    report = await office.judge(await sign(office, laid, rsa.generate_private_key(65537, 1024), "sha256"))
    assert report.state == "not-valid"


@pytest.mark.parametrize("digest", ["sha1", "md5"])
async def test_a_digest_of_yesterday_is_refused(office: Office, laid: bytes, digest: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    report = await office.judge(await sign(office, laid, key, digest))
    assert report.state == "not-valid"


async def test_a_curve_of_192_bits_is_refused(office: Office, laid: bytes) -> None:
    report = await office.judge(await sign(office, laid, ec.generate_private_key(ec.SECP192R1()), "sha256"))
    assert report.state == "not-valid"
