"""What a key elsewhere is asked to sign, read before it signs: signed attributes of CMS, and nothing else.

A token signs whatever it is given. So whoever holds it reads first: exactly the three attributes of PAdES (ETSI EN
319 142-1, 6.2), naming its own certificate, over a file that begins with the file that was shown.
"""

from __future__ import annotations

import hashlib

from asn1crypto import cms, tsp

from store.errors import Refused

from . import asn1  # noqa: F401  (lengths are read right only behind this)

WANTED = {"content_type", "message_digest", "signing_certificate_v2"}
LONGEST = 4096


def digest_in(attributes: bytes, certificate: bytes) -> bytes:
    """The digest that ATTRIBUTES bind to CERTIFICATE. Raises Refused `attributes-strange` for anything else."""
    try:
        if len(attributes) > LONGEST:
            raise Refused("attributes-strange")
        read = cms.CMSAttributes.load(attributes, strict=True)
        held = {one["type"].native: one["values"] for one in read}
        if set(held) != WANTED or len(read) != len(WANTED) or any(len(values) != 1 for values in held.values()):
            raise Refused("attributes-strange")
        named = tsp.SigningCertificateV2.load(held["signing_certificate_v2"][0].dump())["certs"]
        one = named[0]
        is_own = one["cert_hash"].native == hashlib.sha256(certificate).digest()
        if (
            held["content_type"][0].native != "data" or len(named) != 1 or not is_own
            or one["hash_algorithm"]["algorithm"].native != "sha256" or read.dump() != attributes
        ):  # fmt: skip
            raise Refused("attributes-strange")
        return bytes(held["message_digest"][0].native)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Refused("attributes-strange") from error


def is_over(
    digest: bytes, algorithm: str, prepared: bytes, hole: tuple[int, int], shown: str, size: int
) -> bool:  # fmt: skip
    """Is DIGEST that of PREPARED without its HOLE (start and end of what the signature will fill), and are its first
    SIZE bytes the file that was SHOWN (SHA-256)?"""
    start, end = hole
    if not 0 < size <= start < end <= len(prepared) or hashlib.sha256(prepared[:size]).hexdigest() != shown:
        return False
    hasher = hashlib.new(algorithm, prepared[:start])
    hasher.update(prepared[end:])
    return hasher.digest() == digest
