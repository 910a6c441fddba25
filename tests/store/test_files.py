"""Small files that survive whole: store.files"""

from __future__ import annotations

from pathlib import Path

from store.files import write_durably


def test_a_file_is_replaced_whole_and_private_ones_are_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.key"
    write_durably(path, b"old", private=True)
    write_durably(path, b"new", private=True)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["a.key"]  # nothing is left aside
