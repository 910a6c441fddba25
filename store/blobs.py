"""Content-addressed files: papers, pictures, signed minutes. Written once, never changed.

`stage` streams bytes to a private spool while counting and hashing; `commit` puts them where they stay and
returns only when they are durable. A folder, memory and S3 serve alike through obstore.

Stored form: one format byte, then chunks of 64 KiB. Format 0 is plain. Format 1 is AES-256-GCM: a key id (4),
a file id (16), then each chunk with its tag; the chunk's number and whether it is the last are authenticated,
so chunks cannot be cut, swapped or dropped. With a key the stored name is an HMAC of the SHA-256, so a listing
tells nothing of the contents. A range decrypts only the chunks it needs.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import os
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, S3Store

from .errors import Missing, Refused, Unavailable
from .files import opening, sync

CHUNK = 64 * 1024
PIECE = 1024 * 1024
SMALL = 4 * 1024 * 1024
PARTS_AT_ONCE = 1  # of 5 MiB, the least that S3 takes: what lies in memory of a large file
TAG = 16
PLAIN, SEALED = b"\x00", b"\x01"
SEALED_HEAD = 1 + 4 + 16


@dataclass(frozen=True, slots=True)
class Keys:
    """The installation's blob keys: the newest seals, all open. Key ids are 4 bytes in hex."""

    by_id: Mapping[str, bytes] = field(default_factory=dict)
    newest: str | None = None


@dataclass(slots=True)
class Staged:
    """Bytes that arrived and are not yet kept: a spool file, its size in bytes, its SHA-256 in hex."""

    spool: IO[bytes]
    path: Path
    size: int
    sha256: str

    def drop(self) -> None:
        self.spool.close()


@dataclass(frozen=True, slots=True)
class Lying:
    """`size` of the content in bytes; `file` that holds it as it is, behind its first `before` bytes; None where it is
    sealed, or in no folder."""

    size: int
    file: Path | None = None
    before: int = len(PLAIN)


class Blobs:
    """One store of blobs. FOLDER is given where it is a folder, so that its writes can be made durable."""

    def __init__(self, store: LocalStore | MemoryStore | S3Store, folder: Path | None = None, keys: Keys | None = None):
        self._store: Any = store
        self._folder = folder
        self._keys = keys or Keys()

    async def stage(self, source: AsyncIterable[bytes], limit: int) -> Staged:
        """Take bytes in. Raises Refused `too-large` as soon as there are more than LIMIT, Unavailable `store-full`;
        keeps nothing then."""
        spool = tempfile.NamedTemporaryFile(prefix="bacap-stage-")  # noqa: SIM115  (closed by drop or commit)
        digest, size = hashlib.sha256(), 0
        try:
            async for piece in source:
                size += len(piece)
                if size > limit:
                    raise Refused("too-large", limit=limit // 1_000_000)
                digest.update(piece)
                await asyncio.to_thread(spool.write, piece)
            await asyncio.to_thread(spool.flush)
        except BaseException as error:
            with contextlib.suppress(OSError):  # what is in its buffer finds no room either
                spool.close()
            if isinstance(error, OSError):
                raise Unavailable("store-full") from error
            raise
        return Staged(spool, Path(spool.name), size, digest.hexdigest())

    async def staged_at(self, path: Path) -> Staged:
        """A file at hand as one that arrived: it stays where it is, and is read from there."""
        size, sha256 = await asyncio.to_thread(_measure, path)
        return Staged(await opening(path, "rb"), path, size, sha256)

    async def commit(self, staged: Staged) -> str:
        """Keep staged bytes; returns their SHA-256, which is their name from now on. Durable on return, and read back:
        whatever a store answered, what is not there as it came is not kept. Raises Unavailable."""
        try:
            for _ in range(2):
                if await self._reads_back(staged):
                    break
                await self._put(staged)
            else:
                if not await self._reads_back(staged):
                    raise Unavailable("blob-damaged")
            if self._folder is not None:  # another may have put it there a moment ago, and not come so far
                name, _, _ = await self._find(staged.sha256)
                await asyncio.to_thread(_sync, self._folder / name, self._folder)
            return staged.sha256
        finally:
            staged.drop()

    async def _put(self, staged: Staged) -> None:
        """Over whatever lies there: its name says what it has to be."""
        name = self._name(staged.sha256, self._keys.newest)
        body: Any = self._encoded(staged)
        if staged.size <= SMALL:  # in one piece; what is larger goes part by part, never whole in memory
            body = await asyncio.to_thread(b"".join, body)
        try:
            await obstore.put_async(self._store, name, body, max_concurrency=PARTS_AT_ONCE)
        except (BaseError, OSError) as error:
            raise Unavailable("blobs-gone") from error

    async def _reads_back(self, staged: Staged) -> bool:
        try:
            digest = hashlib.sha256()
            async for chunk in self.read(staged.sha256):
                digest.update(chunk)
        except (Missing, Unavailable):
            return False
        return digest.hexdigest() == staged.sha256

    async def keep(self, data: bytes) -> str:
        """Stage and commit bytes at hand."""
        return await self.commit(await self.stage(once(data), len(data)))

    def _encoded(self, staged: Staged) -> Iterator[bytes]:
        """The stored form, in pieces."""
        staged.spool.seek(0)
        if self._keys.newest is None:
            yield PLAIN
            while piece := staged.spool.read(PIECE):
                yield piece
            return
        key_id, file_id = bytes.fromhex(self._keys.newest), os.urandom(16)
        cipher = _cipher(self._keys.by_id[self._keys.newest], file_id)
        yield SEALED + key_id + file_id
        count = max(1, -(-staged.size // CHUNK))
        for number in range(count):
            yield cipher.encrypt(_nonce(number), staged.spool.read(CHUNK), _bound(number == count - 1))

    async def lies(self, sha256: str) -> Lying:
        """How long it is, and where. Raises Missing."""
        name, head, stored = await self._find(sha256)
        if head[:1] != PLAIN:
            return Lying(_opened_size(stored))
        return Lying(stored - len(PLAIN), self._folder / name if self._folder is not None else None)

    async def read(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from START up to END (or the end), in chunks. Raises Missing; Unavailable `blob-damaged`."""
        name, head, stored = await self._find(sha256)
        if head[:1] == PLAIN:
            stop = stored - 1 if end is None else min(end, stored - 1)
            for at in range(start, stop, CHUNK * 4):
                upto = min(at + CHUNK * 4, stop)
                yield await self._piece(name, 1 + at, 1 + upto)
            return
        total = _opened_size(stored)
        stop = total if end is None else min(end, total)
        cipher = _cipher(self._key(head[1:5].hex()), head[5:21])
        last = max(0, -(-total // CHUNK) - 1)
        for number in range(start // CHUNK, last + 1):
            if number * CHUNK >= stop and total:
                return
            at = SEALED_HEAD + number * (CHUNK + TAG)
            sealed = await self._piece(name, at, min(at + CHUNK + TAG, stored))
            try:
                chunk = cipher.decrypt(_nonce(number), sealed, _bound(number == last))
            except InvalidTag as error:
                raise Unavailable("blob-damaged") from error
            yield chunk[max(0, start - number * CHUNK) : stop - number * CHUNK]

    async def _piece(self, name: str, start: int, end: int) -> bytes:
        """Raises Unavailable for a store that breaks off."""
        try:
            return bytes(await obstore.get_range_async(self._store, name, start=start, end=end))
        except (BaseError, OSError) as error:
            raise Unavailable("blobs-gone") from error

    async def load(self, sha256: str) -> bytes:
        """All of it, checked against its name. Raises Missing; Unavailable `blob-damaged`."""
        data = b"".join([chunk async for chunk in self.read(sha256)])
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Unavailable("blob-damaged")
        return data

    async def _find(self, sha256: str) -> tuple[str, bytes, int]:
        """Stored name, head and stored size: under the newest key, an older one, or none."""
        for key_id in [self._keys.newest, *(k for k in self._keys.by_id if k != self._keys.newest), None]:
            name = self._name(sha256, key_id)
            try:
                meta = await obstore.head_async(self._store, name)
                head = bytes(await obstore.get_range_async(self._store, name, start=0, end=min(21, meta["size"])))
            except (
                NotFoundError,
                FileNotFoundError,
                ValueError,
            ):  # of no length: a name without its bytes, after a crash
                continue
            except BaseError as error:
                raise Unavailable("blobs-gone") from error
            return name, head, meta["size"]
        raise Missing("blob")

    def _key(self, key_id: str) -> bytes:
        try:
            return self._keys.by_id[key_id]
        except KeyError:
            raise Unavailable("blob-key") from None

    def _name(self, sha256: str, key_id: str | None) -> str:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise Missing("blob")  # no string from outside ever becomes a path
        name = sha256 if key_id is None else hmac.digest(self._keys.by_id[key_id], sha256.encode(), "sha256").hex()
        return f"{name[:2]}/{name}"


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as reading:
        return os.fstat(reading.fileno()).st_size, hashlib.file_digest(reading, "sha256").hexdigest()


async def once(data: bytes) -> AsyncIterator[bytes]:
    """Bytes at hand, as what comes in pieces."""
    yield data


def _cipher(key: bytes, file_id: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=file_id, info=b"bacap.blob.v1").derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(last: bool) -> bytes:
    return b"last" if last else b"more"


def _opened_size(stored: int) -> int:
    sealed = stored - SEALED_HEAD
    return sealed - TAG * max(1, -(-sealed // (CHUNK + TAG)))


def _sync(path: Path, root: Path) -> None:
    """fsync the file, then every folder up to the root: a name is durable only when its folder is."""
    for place in (path, *path.parents):
        sync(place)
        if place == root:
            return


def open_blobs(url: str, keys: Keys | None = None, **s3: str) -> Blobs:
    """Open `file:///FOLDER`, `memory:` or `s3://BUCKET[/PREFIX]` (S3 settings as keyword arguments)."""
    if url.startswith("file://"):
        folder = Path(url.removeprefix("file://"))
        folder.mkdir(parents=True, exist_ok=True)
        return Blobs(LocalStore(folder), folder, keys)
    if url == "memory:":
        return Blobs(MemoryStore(), None, keys)
    if url.startswith("s3://"):
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        options: dict[str, Any] = dict(s3)
        return Blobs(S3Store(bucket, prefix=prefix or None, client_options={"allow_http": True}, **options), None, keys)
    raise Unavailable("blobs-url")
