"""A push service on the loopback, and a browser that subscribes with it: takes messages over TLS as a browser vendor's
service would, and opens them as the browser would, step by step as RFC 8291 says it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import ssl
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from web import tls

from .servers import free_port


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def data(given: str) -> bytes:
    return base64.urlsafe_b64decode(given + "==")


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(message)
    return made.finalize()


def key_of(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def opened(body: bytes, private: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a message says to the browser that has these keys: RFC 8291, section 3.4, and RFC 8188, section 2."""
    salt, (size, length), rest = body[:16], struct.unpack("!IB", body[16:21]), body[21:]
    assert (size, length) == (4096, 65) and len(body) <= size
    sender, sealed = rest[:65], rest[65:]
    shared = private.exchange(ec.ECDH(), key_of(sender))
    secret = hmac_sha256(hmac_sha256(auth, shared), b"WebPush: info\0" + point_of(private) + sender + b"\x01")
    pseudo = hmac_sha256(salt, secret)
    content = hmac_sha256(pseudo, b"Content-Encoding: aes128gcm\0\x01")[:16]
    nonce = hmac_sha256(pseudo, b"Content-Encoding: nonce\0\x01")[:12]
    padded = AESGCM(content).decrypt(nonce, sealed, None)
    said, delimiter, padding = padded.rpartition(b"\x02")
    assert delimiter and not padding.strip(b"\0")
    return said


@dataclass
class Device:
    """A browser: its keys, and where its service listens."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def body(self) -> dict[str, str]:
        """As it tells our server."""
        return {"endpoint": self.endpoint, "p256dh": text(point_of(self.private)), "auth": text(self.auth)}

    def read(self, body: bytes) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(opened(body, self.private, self.auth))
        return said


@dataclass
class Receiver:
    """`got`: (path, headers, body) of what was taken; `answers`: path -> status, 201 for others."""

    port: int
    authority: Path
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def device(self, name: str) -> Device:
        return Device(f"https://{self.host}/{name}")

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.path, dict(request.headers), await request.read()))
        return web.Response(status=self.answers.get(request.path, 201))

    def sender(self, headers: dict[str, str]) -> tuple[dict[str, Any], bytes]:
        """The claims of who sent it, verified, and their public key: RFC 8292, section 3."""
        scheme, _, rest = headers["Authorization"].partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, claims, signature = given["t"].split(".")
        assert scheme == "vapid" and json.loads(data(head)) == {"typ": "JWT", "alg": "ES256"}
        raw, point = data(signature), data(given["k"])
        made = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key_of(point).verify(made, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        return json.loads(data(claims)), point


@contextlib.asynccontextmanager
async def receiving(folder: Path) -> AsyncIterator[Receiver]:
    port = free_port()
    certificate, key = tls.ensure(folder, ["localhost", "127.0.0.1"], datetime.now(UTC))
    receiver = Receiver(port, folder / "ca.crt")
    app = web.Application()
    app.router.add_post("/{name}", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    await web.TCPSite(runner, "localhost", port, ssl_context=context).start()
    yield receiver
    await runner.cleanup()
