"""CMS signers as pyHanko knows them: over a live key, or around a signature that a key made elsewhere.

What is constant (certificates read, names of algorithms) is worked out once; no private key is touched but by
`cryptography`.
"""

from __future__ import annotations

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.signers.pdf_cms import ExternalSigner, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from . import algorithms, asn1
from .algorithms import Scheme
from .authority import Holder
from .model import Signatory


@asn1.remembered()
def parsed(der: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(der)


@asn1.remembered()
def public_of(certificate: bytes) -> object:
    return x509.load_der_x509_certificate(certificate).public_key()


def scheme_of(who: Signatory) -> Scheme:
    """Raises Refused `key-unfit`."""
    return algorithms.scheme_of(public_of(who.certificate), who.scheme)


def mechanism(scheme: Scheme) -> algos.SignedDigestAlgorithm:
    """A scheme as CMS writes it: RFC 5754 (RSA, ECDSA), RFC 4056 (PSS), RFC 8419 (Ed25519)."""
    if scheme.name == "rsa-pss-sha256":
        digest = algos.DigestAlgorithm({"algorithm": "sha256"})
        mask = algos.MaskGenAlgorithm({"algorithm": "mgf1", "parameters": digest})
        given = {"hash_algorithm": digest, "mask_gen_algorithm": mask, "salt_length": 32}
        return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(given)})
    names = {"rsa-sha256": "sha256_rsa", "ecdsa-sha256": "sha256_ecdsa", "ecdsa-sha384": "sha384_ecdsa"}
    return algos.SignedDigestAlgorithm({"algorithm": names.get(scheme.name, scheme.name)})


def _store(chain: tuple[bytes, ...]) -> SimpleCertificateStore:
    made = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    made.register_multiple([parsed(der) for der in chain])
    return made


def around(who: Signatory, value: bytes | int) -> ExternalSigner:
    """A signer whose signature is VALUE, or will be that long."""
    certificate, scheme = parsed(who.certificate), mechanism(scheme_of(who))
    return ExternalSigner(certificate, _store(who.chain), value, signature_mechanism=scheme, embed_roots=False)


class HeldKey(Signer):
    """A signer over a live `cryptography` key."""

    def __init__(self, holder: Holder, chain: tuple[bytes, ...]) -> None:
        self._holder = holder
        self.scheme = algorithms.scheme_of(holder.key.public_key())
        super().__init__(
            signing_cert=parsed(holder.der), cert_registry=_store(chain), embed_roots=False,
            signature_mechanism=mechanism(self.scheme),
        )  # fmt: skip

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(algorithms.longest(self._holder.key.public_key()))
        return self.scheme.sign(self._holder.key, data)
