"""Short-lived addresses of a paper's bytes: signed, good without a cookie, so that any process or a nearer node may
serve them."""

from __future__ import annotations

import base64
import hmac
import time

import msgspec

from store.errors import Denied

LIFE_S = 600


class Link(msgspec.Struct, frozen=True, array_like=True):
    sha256: str
    name: str
    ends: int  # seconds since 1970
    sitting: str = ""  # of a paper that may be replaced or recalled meanwhile: asked about again when it is fetched
    paper: str = ""
    words: tuple[str, str] | None = None  # of the watermark that the copy bears
    bare: bool = False  # for who prepares the sitting: without one, also when the paper is to bear one
    reader: str = ""  # whom it was given to: how fast it comes depends on where they are (pace.py)


def make(
    key: bytes, sha256: str, name: str, sitting: str = "", paper: str = "", words: tuple[str, str] | None = None,
    *, bare: bool = False, reader: str = "",
) -> str:  # fmt: skip
    """The address of a blob, for LIFE_S."""
    body = msgspec.msgpack.encode(Link(sha256, name, int(time.time()) + LIFE_S, sitting, paper, words, bare, reader))
    return f"/papers/{_text(body + hmac.digest(key, body, 'sha256')[:16])}"


def read(key: bytes, token: str) -> Link:
    """Raises Denied `link-old` for one that is forged or too old."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        body, mark = raw[:-16], raw[-16:]
        if not hmac.compare_digest(hmac.digest(key, body, "sha256")[:16], mark):
            raise Denied("link-old")
        link = msgspec.msgpack.decode(body, type=Link)
    except (ValueError, msgspec.DecodeError):
        raise Denied("link-old") from None
    if link.ends < time.time():
        raise Denied("link-old")
    return link


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
