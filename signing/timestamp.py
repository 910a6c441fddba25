"""The node's own timestamp authority: RFC 3161 tokens over a digest, and answers to requests of others.

Refuses what RFC 3161 says to refuse: weak or unknown digests, lengths that do not fit, policies not its own.
"""

from __future__ import annotations

from datetime import datetime

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from . import asn1  # noqa: F401  (the correction must be in place before anything is encoded)
from .authority import HASH, Holder

POLICY = "1.3.6.1.4.1.99999.3161.1"  # a placeholder arc, to be replaced by the operator's own
SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


class HeldKey(Signer):
    """pyHanko's idea of a signer over a live `cryptography` key: no other code touches the private key."""

    def __init__(self, holder: Holder, chain: list[bytes]) -> None:
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple([asn1_x509.Certificate.load(der) for der in chain])
        certificate = asn1_x509.Certificate.load(holder.der)
        super().__init__(signing_cert=certificate, cert_registry=registry, embed_roots=False)
        self._key = holder.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(72) if dry_run else self._key.sign(data, ec.ECDSA(HASH))


class Refusal(core.Sequence):  # type: ignore[misc]
    """A response without a token, which asn1crypto's own class does not allow."""

    _fields = [("status", tsp.PKIStatusInfo)]  # noqa: RUF012  (asn1crypto's way)


async def token(
    holder: Holder, chain: list[bytes], digest: bytes, at: datetime, serial: int, *, nonce: int | None = None,
    algorithm: str = "sha256",
) -> cms.ContentInfo:  # fmt: skip
    """A timestamp over DIGEST at AT."""
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
    info = {
        "version": "v1", "policy": POLICY, "message_imprint": tsp.MessageImprint(imprint), "serial_number": serial,
        "gen_time": at, "accuracy": {"seconds": 1},
    }  # fmt: skip
    if nonce is not None:
        info["nonce"] = nonce
    content = core.ParsableOctetString(tsp.TSTInfo(info).dump())
    wrapped = cms.EncapsulatedContentInfo({"content_type": "tst_info", "content": content})
    signer = HeldKey(holder, chain)
    made: cms.ContentInfo = await signer.async_sign_general_data(wrapped, "sha256", detached=False, use_cades=True)
    return made


async def respond(request: bytes, holder: Holder, chain: list[bytes], at: datetime, serial: int) -> bytes:
    """Answer a DER request of RFC 3161 with a DER response; a refusal is a response too."""
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint = asked["message_imprint"]
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        policy, nonce = asked["req_policy"].native, asked["nonce"].native
    except (ValueError, KeyError, TypeError):
        return _refusal("bad_data_format")
    if SIZES.get(algorithm) != len(digest):
        return _refusal("bad_alg")
    if policy not in (None, POLICY):
        return _refusal("unaccepted_policy")
    made = await token(holder, chain, digest, at, serial, nonce=nonce, algorithm=algorithm)
    response = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": made})
    return bytes(response.dump())


def _refusal(why: str) -> bytes:
    status = {"status": "rejection", "fail_info": tsp.PKIFailureInfo({why})}
    return bytes(Refusal({"status": status}).dump())


class Given(TimeStamper):
    """A timestamp that was made beforehand, as pyHanko asks for one."""

    def __init__(self, made: cms.ContentInfo) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._made = made

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return self._made
