"""documents.uploads: files that come in pieces: cut, resumed, taken over, forgotten, refused."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from documents import uploads
from documents.uploads import ASKED_MS, LIFE_MS, MOST, Uploads
from store.errors import Missing, Refused, Stale

from ..kit.pdfs import pieces
from ..kit.world import Fixed

LIMIT = 1000


@pytest.fixture
def made(world: Fixed, tmp_path: Path) -> Uploads:
    (tmp_path / "uploads").mkdir()
    return Uploads(world, tmp_path / "uploads", LIMIT)


async def cut(data: bytes) -> AsyncIterator[bytes]:
    """A line that breaks."""
    yield data
    raise ConnectionError("cut")


async def test_a_file_comes_in_pieces_and_is_whole(made: Uploads) -> None:
    begun = await made.begin("a", 10)
    assert (await made.append("a", begun.id, 0, pieces(b"01234", 2))).offset == 5
    assert (await made.find("a", begun.id)).offset == 5
    assert (await made.append("a", begun.id, 5, pieces(b"56789", 2))).offset == 10
    async with made.whole("a", begun.id) as path:
        assert path.read_bytes() == b"0123456789"
    with pytest.raises(Missing):
        await made.find("a", begun.id)
    assert list(path.parent.iterdir()) == [], "taken over, it leaves nothing behind"


async def test_after_a_cut_it_goes_on_from_what_came(made: Uploads, world: Fixed, tmp_path: Path) -> None:
    begun = await made.begin("a", 10)
    with pytest.raises(ConnectionError):
        await made.append("a", begun.id, 0, cut(b"0123"))
    again = Uploads(world, tmp_path / "uploads", LIMIT)  # and after a restart
    assert (await again.find("a", begun.id)).offset == 4
    for wrong in (0, 3, 5, 10):
        with pytest.raises(Stale, match="upload-elsewhere") as refusal:
            await again.append("a", begun.id, wrong, pieces(b"x"))
        assert refusal.value.params == {"offset": 4}
    await again.append("a", begun.id, 4, pieces(b"456789"))
    async with again.whole("a", begun.id) as path:
        assert path.read_bytes() == b"0123456789"


async def test_what_failed_behind_it_leaves_it_for_another_try(made: Uploads) -> None:
    begun = await made.begin("a", 2)
    await made.append("a", begun.id, 0, pieces(b"xx"))
    with pytest.raises(Refused, match="secret-stamp"):
        async with made.whole("a", begun.id):
            raise Refused("secret-stamp", grade="frame", page=1)
    async with made.whole("a", begun.id) as path:
        assert path.read_bytes() == b"xx"


async def test_it_is_its_owner_s_alone(made: Uploads) -> None:
    begun = await made.begin("a", 2)
    for act in (made.find, made.drop):
        with pytest.raises(Missing, match="no-such-upload"):
            await act("b", begun.id)
    with pytest.raises(Missing):
        await made.append("b", begun.id, 0, pieces(b"xx"))
    await made.drop("a", begun.id)
    with pytest.raises(Missing):
        await made.find("a", begun.id)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "x" * 36, "%2e%2e", "\0" * 36, "0" * 36])
async def test_no_name_from_outside_becomes_a_path(made: Uploads, name: str) -> None:
    with pytest.raises(Missing):
        await made.find("a", name)


async def test_more_than_was_said_is_refused(made: Uploads) -> None:
    begun = await made.begin("a", 4)
    with pytest.raises(Refused, match="upload-longer"):
        await made.append("a", begun.id, 0, pieces(b"0123456", 3))
    assert (await made.find("a", begun.id)).offset == 3
    with pytest.raises(Refused, match="upload-unfinished"):
        async with made.whole("a", begun.id):
            pass


async def test_too_large_too_many_and_no_room(made: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    for large in (LIMIT + 1, 10 * 1024**3):
        with pytest.raises(Refused, match="too-large"):
            await made.begin("a", large)
    for _ in range(5):
        await made.begin("a", LIMIT)
    with pytest.raises(Refused, match="uploads-many"):
        await made.begin("a", 1)  # five times the largest is under way
    for _ in range(MOST):
        await made.begin("b", 1)
    with pytest.raises(Refused, match="uploads-many"):
        await made.begin("b", 1)
    monkeypatch.setattr(uploads, "SPARE", 2**60)
    with pytest.raises(Refused, match="store-full"):
        await made.begin("c", 1)


async def test_who_comes_anew_takes_over_from_a_dead_line(made: Uploads) -> None:
    begun, reached = await made.begin("a", 4), asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield b"01"
        reached.set()
        await asyncio.sleep(60)

    first = asyncio.create_task(made.append("a", begun.id, 0, stalled()))
    await reached.wait()
    assert (await made.find("a", begun.id)).offset == 2
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await made.append("a", begun.id, 2, pieces(b"23"))).offset == 4


async def test_of_two_at_once_the_bytes_of_one_are_kept(made: Uploads) -> None:
    begun = await made.begin("a", 4)
    both = (made.append("a", begun.id, 0, pieces(one, 1)) for one in (b"aaaa", b"bbbb"))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) <= 1
    found = await made.find("a", begun.id)
    if found.offset == 4:
        async with made.whole("a", begun.id) as path:
            assert path.read_bytes() in (b"aaaa", b"bbbb", b"abbb", b"aabb", b"aaab")


async def test_what_nobody_comes_back_for_is_swept(made: Uploads, world: Fixed, tmp_path: Path) -> None:
    begun = await made.begin("a", 4)
    await made.append("a", begun.id, 0, pieces(b"01"))
    world.step(LIFE_MS - 1)
    await made.sweep()
    assert (await made.find("a", begun.id)).offset == 2
    world.step(1)
    await made.sweep()
    assert list((tmp_path / "uploads").iterdir()) == []


async def test_a_hundred_who_begin_at_once_are_counted(made: Uploads) -> None:
    outcomes = await asyncio.gather(*(made.begin("a", 1) for _ in range(100)), return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == MOST


async def test_what_a_stamp_stopped_does_not_lie_about(made: Uploads, world: Fixed, tmp_path: Path) -> None:
    begun = await made.begin("a", 2)
    await made.append("a", begun.id, 0, pieces(b"xx"))
    with pytest.raises(Refused, match="secret-stamp"):
        async with made.whole("a", begun.id):
            raise Refused("secret-stamp", grade="frame", page=1)
    world.step(ASKED_MS)
    await made.sweep()
    assert list((tmp_path / "uploads").iterdir()) == []


async def test_bytes_of_which_nothing_is_said_are_swept(made: Uploads, tmp_path: Path) -> None:
    orphan = tmp_path / "uploads" / "0198-orphan"
    orphan.write_bytes(b"x")
    os.utime(orphan, (0, 0))
    await made.sweep()
    assert not orphan.exists()


async def test_nobody_stops_another_s_upload(made: Uploads) -> None:
    begun, go = await made.begin("a", 2), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await go.wait()
        yield b"y"

    writing = asyncio.create_task(made.append("a", begun.id, 0, slow()))
    await asyncio.sleep(0.05)
    with pytest.raises(Missing):
        await made.find("b", begun.id)
    go.set()
    assert (await writing).offset == 2
