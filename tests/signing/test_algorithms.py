"""signing.algorithms, signing.signer: valid minutes by every scheme, for us and for OpenSSL; none by weak keys."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from signing import algorithms, authority, pades
from signing.authority import Holder
from signing.model import Signatory
from store.errors import Refused
from tests.conftest import absent

from ..kit.authority import NOW, STAMP, Office

OF_KIND = {
    "p256": ("ecdsa-sha256",), "p384": ("ecdsa-sha384",), "rsa2048": ("rsa-sha256", "rsa-pss-sha256"),
    "rsa3072": ("rsa-sha256", "rsa-pss-sha256"), "rsa4096": ("rsa-sha256", "rsa-pss-sha256"),
    "ed25519": ("ed25519",),
}  # fmt: skip
CASES = [(kind, scheme) for kind, schemes in OF_KIND.items() for scheme in schemes]


async def signed_by(office: Office, laid: bytes, kind: str, scheme: str) -> bytes:
    key = algorithms.KINDS[kind]()
    name = authority.subject("Người thử", office.organization)
    holder = Holder(authority.issue(office.authority.issuing, name, key.public_key(), "person", NOW), key)
    who, file = Signatory(holder.der, tuple(office.authority.chain), scheme), io.BytesIO(laid)
    pending = await pades.prepare(file, "secretary", who, office.picture("secretary"), NOW, first=True, stamp=STAMP)
    signature = algorithms.SCHEMES[scheme].sign(key, pending.attributes)
    await pades.embed(file, pending, who, signature, await office.stamp(signature))
    return file.getvalue()


@pytest.mark.parametrize(("kind", "scheme"), CASES)
async def test_every_scheme_makes_a_valid_signature(office: Office, laid: bytes, kind: str, scheme: str) -> None:
    report = await office.judge(await signed_by(office, laid, kind, scheme))
    assert (report.state, report.reason) == ("valid", "")


@pytest.mark.parametrize(("kind", "scheme"), [case for case in CASES if case[0] not in ("ed25519", "rsa3072")])
async def test_openssl_accepts_them(office: Office, laid: bytes, kind: str, scheme: str, tmp_path: Path) -> None:
    """Not Ed25519: OpenSSL 3.0 knows no CMS signature by it, as few readers do; it is for those who ask for it."""
    if shutil.which("openssl") is None:
        absent("openssl is not installed")
    signed = await signed_by(office, laid, kind, scheme)
    one = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    zero, first, second, rest = (int(part) for part in one.sig_object["/ByteRange"])
    (tmp_path / "content").write_bytes(signed[zero:first] + signed[second : second + rest])
    (tmp_path / "cms").write_bytes(bytes(one.pkcs7_content))
    pem = office.authority.root.certificate.public_bytes(Encoding.PEM)
    (tmp_path / "root.pem").write_bytes(pem)
    words = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms", "-content", "content"]
    words += ["-CAfile", "root.pem", "-purpose", "any", "-attime", str(int(NOW.timestamp())), "-out", "/dev/null"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP192R1())],
    ids=["RSA-1024", "P-192"],
)
def test_weak_keys_sign_nothing(key: object) -> None:
    public = key.public_key()  # type: ignore[attr-defined]
    assert algorithms.schemes_of(public) == ()
    with pytest.raises(Refused, match="key-unfit"):
        algorithms.scheme_of(public)


def test_a_key_signs_by_no_scheme_of_another_kind() -> None:
    with pytest.raises(Refused, match="key-unfit"):
        algorithms.scheme_of(authority.new_key().public_key(), "rsa-sha256")


@pytest.mark.parametrize("kind", OF_KIND)
def test_the_place_reserved_is_long_enough_and_not_wasteful(kind: str) -> None:
    key = algorithms.KINDS[kind]()
    for scheme in OF_KIND[kind]:
        longest = max(len(algorithms.SCHEMES[scheme].sign(key, bytes([turn]))) for turn in range(20))
        assert longest <= algorithms.longest(key.public_key()) <= longest + 10
