"""store/blobs.py on a folder, a sealed folder, memory and S3."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.blobs import CHUNK, Blobs, Keys, open_blobs
from store.errors import Missing, Refused, Unavailable


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 10_000):
        yield data[at : at + 10_000]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 7])
async def test_what_goes_in_comes_out(blobs: Blobs, size: int) -> None:
    data = bytes(index * 7 % 251 for index in range(size))
    name = await blobs.commit(await blobs.stage(pieces(data), 10_000_000))
    assert name == hashlib.sha256(data).hexdigest()
    assert await blobs.load(name) == data
    assert (await blobs.lies(name)).size == size
    assert await blobs.keep(data) == name  # the same again is the same blob


async def test_what_is_large_goes_in_part_by_part_and_comes_out_the_same(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.blobs.SMALL", CHUNK)
    data = b"".join(index.to_bytes(4) for index in range(3_000_000))  # 12 MB: several parts of S3 too
    name = await blobs.commit(await blobs.stage(pieces(data), 20_000_000))
    assert await blobs.load(name) == data
    assert await blobs.keep(data) == name


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (5, 70_000), (CHUNK, 2 * CHUNK), (2 * CHUNK - 1, None), (3 * CHUNK, 9 * CHUNK)]
)
async def test_a_range_is_that_range(blobs: Blobs, start: int, end: int | None) -> None:
    data = bytes(index * 11 % 253 for index in range(4 * CHUNK + 100))
    name = await blobs.keep(data)
    assert b"".join([piece async for piece in blobs.read(name, start, end)]) == data[start:end]


async def test_too_large_is_refused_and_leaves_nothing(blobs: Blobs) -> None:
    with pytest.raises(Refused, match="too-large"):
        await blobs.stage(pieces(bytes(50_001)), 50_000)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63 + "/"])
async def test_no_such_blob_is_missing(blobs: Blobs, name: str) -> None:
    with pytest.raises(Missing):
        await blobs.load(name)


async def test_every_flipped_byte_is_noticed(tmp_path: Path) -> None:
    for keys in (None, Keys({"00000001": bytes(32)}, "00000001")):
        folder = tmp_path / ("sealed" if keys else "plain")
        blobs = open_blobs(f"file://{folder}", keys)
        name = await blobs.keep(bytes(CHUNK + 50))
        [path] = [path for path in folder.rglob("*") if path.is_file()]
        stored = bytearray(path.read_bytes())
        for at in range(5 if keys else 1, len(stored), 4999):
            damaged = bytearray(stored)
            damaged[at] ^= 1
            path.write_bytes(damaged)
            with pytest.raises(Unavailable, match="blob-damaged"):
                await blobs.load(name)


async def test_a_sealed_store_shows_neither_names_nor_contents(tmp_path: Path) -> None:
    blobs = open_blobs(f"file://{tmp_path}", Keys({"00000001": bytes(32)}, "00000001"))
    name = await blobs.keep(b"mat va " * 100)
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert name not in str(path)
    assert b"mat va" not in path.read_bytes()


async def test_keys_rotate_and_old_blobs_stay_readable(tmp_path: Path) -> None:
    plain = open_blobs(f"file://{tmp_path}")
    first = await plain.keep(b"one")
    old = open_blobs(f"file://{tmp_path}", Keys({"00000001": bytes(32)}, "00000001"))
    second = await old.keep(b"two")
    new = open_blobs(f"file://{tmp_path}", Keys({"00000001": bytes(32), "00000002": b"k" * 32}, "00000002"))
    third = await new.keep(b"three")
    assert [await new.load(name) for name in (first, second, third)] == [b"one", b"two", b"three"]


async def test_only_what_lies_plainly_in_a_folder_may_be_sent_as_a_file(tmp_path: Path) -> None:
    plain = open_blobs(f"file://{tmp_path}")
    lying = await plain.lies(await plain.keep(b"a paper"))
    assert lying.file is not None and lying.file.read_bytes()[lying.before :] == b"a paper" and lying.size == 7
    for other in (open_blobs(f"file://{tmp_path}", Keys({"00000001": bytes(32)}, "00000001")), open_blobs("memory:")):
        lying = await other.lies(await other.keep(b"another one"))
        assert lying.file is None and lying.size == 11
    with pytest.raises(Missing):
        await plain.lies("0" * 64)


@pytest.mark.parametrize("keys", [None, Keys({"00000001": bytes(range(32))}, "00000001")], ids=["plain", "sealed"])
@pytest.mark.parametrize("left", [b"", b"\0"], ids=["nothing", "a head"])
async def test_a_name_without_its_bytes_after_a_crash_is_filled(tmp_path: Path, keys: Keys | None, left: bytes) -> None:
    blobs = open_blobs(f"file://{tmp_path}", keys)
    name = await blobs.keep(b"twice")
    [path] = [one for one in tmp_path.rglob("*") if one.is_file()]
    path.write_bytes(left)
    assert await blobs.keep(b"twice") == name
    assert await blobs.load(name) == b"twice"
