"""Backup while running, restore, drill; by the command line too. web.archive, web.cli.backup, web.cli.restore"""

from __future__ import annotations

import asyncio
import tarfile
from pathlib import Path

import pytest

from store import journal
from store.errors import Refused, Unavailable
from tests.kit.node import pdf, running, settings_for
from web import archive
from web.cli import main


async def filled(folder: Path, template: Path, file: Path) -> tuple[str, int]:
    """A node with a sitting under way and a paper, backed up while it runs; the sitting and its last event."""
    async with running(folder, template) as node:
        room = await node.planned()
        browser = await node.signed_in("secretary")
        path = f"/api/sittings/{room.sitting}/items/i1/papers?secrecy=none&name=T"
        assert (await browser.post(path, data=pdf(), headers={"Content-Type": "application/pdf"})).status == 200
        await node.opened(room)
        counted: list[int] = []
        count = await asyncio.to_thread(archive.back_up, node.settings, file, counted.append)
        assert count == len(counted) + 1 > 8
        return room.sitting, room.state.seq


@pytest.fixture
def kept(tmp_path: Path, template: Path) -> tuple[Path, str, int]:
    file = tmp_path / "node.tar"
    return file, *asyncio.run(filled(tmp_path / "data", template, file))


def test_a_running_node_is_backed_up_and_lives_again_elsewhere(kept: tuple[Path, str, int], tmp_path: Path) -> None:
    file, sitting, seq = kept
    assert archive.restore(file, tmp_path / "again") > 8
    for name in ("keys/authority/node.key", "tls/ca.key", "keys/links.key"):
        assert not (tmp_path / "again" / name).stat().st_mode & 0o077, name

    async def look() -> None:
        async with running(tmp_path / "again") as node:
            room = await node.office.rooms.get(sitting)
            assert room.state.seq == seq and room.state.phase == "open"
            assert (await node.office.house.blobs.load(room.state.papers[0].sha256)).startswith(b"%PDF")
            assert await node.office.house.read(journal.exists, "installation")

    asyncio.run(look())
    assert (tmp_path / "again" / "node.id").read_text() == (tmp_path / "data" / "node.id").read_text()
    assert not list(tmp_path.glob("*.part"))


def test_an_archive_holds_keys_and_is_for_ones_own_eyes(kept: tuple[Path, str, int]) -> None:
    with tarfile.open(kept[0]) as opened:
        assert "keys/authority/node.key" in opened.getnames()
    assert not kept[0].stat().st_mode & 0o077, oct(kept[0].stat().st_mode)


def test_a_drill_reads_every_stream_and_every_blob(kept: tuple[Path, str, int]) -> None:
    streams, blobs = archive.drill(kept[0])
    assert streams == 2 and blobs >= 1


def spoiled(file: Path, name: str, before: bytes, after: bytes) -> None:
    """Change bytes of one member, leaving the archive as such whole."""
    data = bytearray(file.read_bytes())
    with tarfile.open(file) as opened:
        member = next(one for one in opened.getmembers() if one.name.startswith(name))
    at = data.index(before, member.offset_data, member.offset_data + member.size)
    data[at : at + len(before)] = after
    file.write_bytes(data)


def test_a_drill_finds_a_changed_event(kept: tuple[Path, str, int]) -> None:
    spoiled(kept[0], "node.db", '"question":"Thông qua?"'.encode(), '"question":"Thông qua!"'.encode())  # the event's
    with pytest.raises(Refused) as caught:
        archive.drill(kept[0])
    assert caught.value.code == "archive-flawed" and caught.value.params == {"stream": kept[1], "seq": 2}


def test_a_drill_finds_a_changed_paper(kept: tuple[Path, str, int]) -> None:
    spoiled(kept[0], "blobs/", b"%PDF-1", b"%PDF-9")
    with pytest.raises(Unavailable, match="blob-damaged"):
        archive.drill(kept[0])


def test_a_damaged_archive_is_refused_and_leaves_room_for_a_good_one(
    kept: tuple[Path, str, int], tmp_path: Path
) -> None:
    good, into = kept[0].read_bytes(), tmp_path / "again"
    for damaged in (good[: len(good) // 2], b"", b"not an archive" * 99, good[:100] + b"\xff" * 412 + good[512:]):
        kept[0].write_bytes(damaged)
        with pytest.raises(Refused) as caught:
            archive.restore(kept[0], into)
        assert caught.value.code == "archive-damaged"
    kept[0].write_bytes(good)
    assert archive.restore(kept[0], into) > 8


def test_a_folder_with_a_node_in_it_is_not_written_over(kept: tuple[Path, str, int], tmp_path: Path) -> None:
    before = (tmp_path / "data" / "node.db").read_bytes()
    with pytest.raises(Refused) as caught:
        archive.restore(kept[0], tmp_path / "data")
    assert caught.value.code == "not-empty" and (tmp_path / "data" / "node.db").read_bytes() == before


def test_a_member_that_would_leave_the_folder_is_refused(kept: tuple[Path, str, int], tmp_path: Path) -> None:
    with tarfile.open(kept[0], "a") as opened:
        opened.add(__file__, "../outside.py")
    with pytest.raises(Refused, match="archive-damaged"):
        archive.restore(kept[0], tmp_path / "again")
    assert not (tmp_path / "outside.py").exists()


def test_an_empty_folder_and_other_stores_have_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing-there"):
        archive.back_up(settings_for(tmp_path), tmp_path / "x.tar")
    for given in ({"database": "postgresql://x/y"}, {"blobs": "s3://papers"}):
        with pytest.raises(Unavailable, match="backup-by-postgres"):
            archive.back_up(settings_for(tmp_path, **given), tmp_path / "x.tar")
    assert not list(tmp_path.iterdir())


def test_by_the_command_line(
    tmp_path: Path, template: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en")
    file, again = str(tmp_path / "n.tar"), tmp_path / "again"
    assert main(["--data", str(template), "backup", file]) == 0 and file in capsys.readouterr().out
    assert main(["restore", "--drill", file]) == 0 and "1" in capsys.readouterr().out
    assert main(["--data", str(again), "restore", file]) == 0 and (again / "node.db").exists()
    assert main(["--data", str(again), "restore", file]) == 1
    assert str(again) in capsys.readouterr().err
