"""`bacap paper examine`: the gate without a server, for technicians and scripts. web.cli.paper"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.files import picture, sheet, stamp
from tests.kit.pdfs import page, pdf
from web.cli import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", *(name for name in os.environ if name.startswith("BACAP_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)


def examine(capsys: pytest.CaptureFixture[str], data: bytes, *words: str) -> tuple[int, str]:
    Path("f.pdf").write_bytes(data)
    status = main(["paper", "examine", "f.pdf", *words])
    return status, capsys.readouterr().out


def test_a_good_file_is_accepted_and_what_was_done_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = examine(capsys, pdf(page(b"/OpenAction << /S /JavaScript /JS (x) >>")))
    assert status == 0
    assert "Accepted: 1 pages" in told
    assert "Taken out: code that runs by itself." in told or "Taken out:" in told
    status, told = examine(capsys, picture("PNG"))
    assert (status, "Made into PDF from: picture." in told) == (0, True)


def test_json_says_the_same_to_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = examine(capsys, pdf(page()), "--json")
    given = json.loads(told)
    assert (status, given["accepted"], given["found"]["pages"]) == (0, True, 1)
    status, told = examine(capsys, b"nothing", "--json")
    given = json.loads(told)
    assert (status, given["accepted"], given["refused"]) == (1, False, "kind-unknown")
    assert given["text"]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", pdf(page())[:-40], b"PK\3\4"], ids=["empty", "head", "cut", "zip"])
def test_a_bad_file_is_refused_in_words(capsys: pytest.CaptureFixture[str], data: bytes) -> None:
    status, told = examine(capsys, data)
    assert status == 1
    assert told.startswith("Refused: ")


def test_a_stamp_stops_it_and_a_person_may_answer(capsys: pytest.CaptureFixture[str]) -> None:
    data = sheet(stamp("MẬT"))
    assert examine(capsys, data)[0] == 1
    assert examine(capsys, data, "--cleared")[0] == 0


@pytest.mark.parametrize("name", ["not-there.pdf", ".", "a\0b"])
def test_what_is_no_file_is_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["paper", "examine", name]) == 1
    assert capsys.readouterr().out.startswith("Refused: ")


def test_what_is_too_large_is_refused_unread(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACAP_LARGEST_PAPER_MB", "1")
    with Path("f.pdf").open("wb") as large:
        large.truncate(10 * 1024**3)  # 10 GB claimed, none of it there
    assert main(["paper", "examine", "f.pdf"]) == 1
    assert "1 MB" in capsys.readouterr().out


def test_every_file_of_the_corpus_ends_with_a_status_and_never_a_traceback(corpora: Path) -> None:
    """As a script would run it: a few of each kind, in a process of their own."""
    files = [
        path
        for kind in ("ordinary", "broken", "signature-attacks")
        for path in sorted((corpora / "pdf" / kind).iterdir())[:3]
    ]
    for path in files:
        words = [sys.executable, "-m", "web.cli", "paper", "examine", str(path), "--json"]
        done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
        assert done.returncode in (0, 1), path.name
        assert "Traceback" not in done.stderr
        assert json.loads(done.stdout)["accepted"] == (done.returncode == 0)
