"""A message to one browser through its push service, which can neither read nor alter it. Pure.

The content is encrypted for the browser alone (RFC 8291, in the coding of RFC 8188); the request says who sends it by a
token that our key signed (RFC 8292). Written out because the library for it comes without a built wheel, and what
builds it could not be pinned by hash.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Iterable
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from meetings.devices.records import Subscription
from store.errors import Refused

from . import outside

RECORD = 4096  # bytes of a record: the whole message is one (RFC 8291, section 4)
LONGEST = RECORD - 16 - 1 - 86  # less tag, delimiter and header
LAST = b"\x02"  # delimiter of the last record (RFC 8188, section 2)
TOKEN_S = 12 * 3600  # at most a day (RFC 8292, section 2)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raises Refused `field-wrong`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("field-wrong", field="device") from None


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _public(given: str) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(given))
    except ValueError:
        raise Refused("field-wrong", field="device") from None


def check(given: Subscription, services: Iterable[str]) -> None:
    """Raises Refused for keys that are none, and for an address that is not of a push service we know: whoever
    subscribes does not get to choose where this server connects to."""
    _public(given.p256dh)
    if len(decode(given.auth)) != 16:
        raise Refused("field-wrong", field="device")
    if not outside.is_known(given.endpoint, services, "device"):
        raise Refused("push-unknown-service", service=outside.host_of(given.endpoint, "device")[:100])


def seal(text: bytes, to: Subscription, salt: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """TEXT for TO alone. SALT: 16 random bytes, KEY: one made for this message."""
    theirs = _public(to.p256dh)
    ours = point(key.public_key())
    info = b"WebPush: info\0" + point(theirs) + ours
    secret = HKDF(SHA256(), 32, decode(to.auth), info).derive(key.exchange(ec.ECDH(), theirs))
    content = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    header = salt + struct.pack("!IB", RECORD, len(ours)) + ours
    return header + AESGCM(content).encrypt(nonce, text[:LONGEST] + LAST, None)


def authorization(endpoint: str, contact: str, now: int, key: ec.EllipticCurvePrivateKey) -> str:
    """The header that says who sends. CONTACT: mailto: or https:, NOW: UTC seconds."""
    address = urlsplit(endpoint)
    head = {"typ": "JWT", "alg": "ES256"}
    claims = {"aud": f"{address.scheme}://{address.netloc}", "exp": now + TOKEN_S, "sub": contact}
    signed = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={encode(point(key.public_key()))}"
