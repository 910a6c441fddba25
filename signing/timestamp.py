"""Timestamps by RFC 3161: tokens over a digest, answers to requests of others, and requests to other authorities.

Refuses what RFC 3161 says to refuse: weak or unknown digests, lengths that do not fit, policies not its own.
"""

from __future__ import annotations

from datetime import datetime

from asn1crypto import algos, cms, core, tsp
from pyhanko.sign.timestamps import TimeStamper

from store.errors import Unavailable

from . import algorithms
from .authority import Holder
from .signer import HeldKey

POLICY = "1.3.6.1.4.1.99999.3161.1"  # a placeholder arc, to be replaced by the operator's own
OVERHEAD = 768  # of a token beside certificates and signature
SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


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
    signer = HeldKey(holder, tuple(chain))
    made: cms.ContentInfo = await signer.async_sign_general_data(
        wrapped, signer.scheme.digest, detached=False, use_cades=True
    )
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


def request(digest: bytes, nonce: int) -> bytes:
    """A request for a token over a SHA-256 digest, DER, with the authority's certificate in it."""
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    asked = {"version": "v1", "message_imprint": tsp.MessageImprint(imprint), "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(asked).dump())


def granted(response: bytes, digest: bytes, nonce: int) -> bytes:
    """The token of a response, DER, if it is over what was asked (RFC 3161, 2.4.2). Raises Unavailable
    `timestamp-away`."""
    try:
        read = tsp.TimeStampResp.load(response, strict=True)
        if read["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise Unavailable("timestamp-away", reason="refused")
        token = read["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        imprint = info["message_imprint"]
        told = (imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native, info["nonce"].native)
        if told != ("sha256", digest, nonce):
            raise Unavailable("timestamp-away", reason="other")
        return bytes(token.dump())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unavailable("timestamp-away", reason="unreadable") from error


def until(token: bytes) -> int:
    """When the first of the certificates that a token brings ends, UTC milliseconds."""
    held = cms.ContentInfo.load(token)["content"]["certificates"]
    return min((int(one.chosen.not_valid_after.timestamp() * 1000) for one in held), default=0)


def longest(holder: Holder, chain: list[bytes]) -> int:
    """Bytes of the longest token that HOLDER makes."""
    certificates = len(holder.der) + sum(map(len, chain))
    return certificates + algorithms.longest(holder.key.public_key()) + OVERHEAD


class Given(TimeStamper):
    """A timestamp that was made beforehand, as pyHanko asks for one."""

    def __init__(self, made: cms.ContentInfo) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._made = made

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return self._made
