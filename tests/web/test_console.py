"""Command-line verbs that need the store, in the running node or in its place: user, journal. web.console,
web.cli.user, web.cli.journal

The journal is tampered with as someone would who has the database file in hand: with plain SQL, and hashed anew.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from store import chain
from store.chain import Circumstance, Draft, Head
from store.errors import Unavailable
from tests.kit.node import running, settings_for
from web import console
from web.cli import main
from web.console import Asked, Line, Outcome, perform
from web.supervisor import node_lock


@pytest.fixture(scope="module")
def voted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A node at rest in which a vote was taken, with its checkpoint; the id of the sitting."""
    folder = tmp_path_factory.mktemp("voted")

    async def make() -> str:
        async with running(folder, template) as node:
            room = await node.opened()
            await node.voted(room)
            await node.checkpointed(room.sitting)
            return room.sitting

    return folder, asyncio.run(make())


@pytest.fixture
def data(voted: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, for one test to spoil. The terminal is English."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    shutil.copytree(voted[0], tmp_path / "data")
    return tmp_path / "data"


def said(capsys: pytest.CaptureFixture[str], data: Path, *words: str) -> tuple[int, str]:
    status = main(["--data", str(data), *words])
    out, err = capsys.readouterr()
    return status, out + err


def sql(data: Path, statement: str, *values: Any) -> list[Any]:
    base = sqlite3.connect(data / "node.db")
    try:
        found = base.execute(statement, values).fetchall()
        base.commit()
        return found
    finally:
        base.close()


# ── where an act is done ──


def test_an_act_is_done_in_place_where_no_node_runs(data: Path) -> None:
    outcome = console.run(settings_for(data), "user", {"act": "list", "login": "", "base": ""})
    assert outcome.status == 0 and Line("cli.user-line", {"login": "chair", "name": "Phạm Thị Thử"}) in outcome.lines


async def test_an_act_is_done_by_the_running_node(data: Path) -> None:
    async with running(data) as node, console.listening(node.settings, node.office.house):
        path = console.socket_path(node.settings)
        assert not path.stat().st_mode & 0o077
        with node_lock(node.settings):
            given = {"act": "reset", "login": "member1", "base": "https://x"}
            outcome = await asyncio.to_thread(console.run, node.settings, "user", given)
            token = str(outcome.lines[0].params["url"]).rsplit("/", 1)[1]
            await node.office.accounts.set_password(token, "nắng lên trên đồi")
            refused = await asyncio.to_thread(console.run, node.settings, "user", given | {"login": "nobody"})
            assert refused == Outcome(1, [Line("refused.account")])
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"nonsense\n")  # is hung up on, and hurts no one
            assert await reader.read() == b""
            writer.close()
            assert (await asyncio.to_thread(console.run, node.settings, "journal", {
                "act": "verify", "stream": "", "against": [],
            })).status == 0  # fmt: skip


def test_a_node_that_does_not_answer_is_said_so(data: Path) -> None:
    settings = settings_for(data)
    with node_lock(settings), pytest.raises(Unavailable, match="node-silent"):
        console.run(settings, "user", {"act": "list", "login": "", "base": ""})


async def test_a_refusal_becomes_a_line(data: Path) -> None:
    async with running(data) as node:
        asked = Asked("user", {"act": "reset", "login": "nobody", "base": ""})
        assert await perform(node.office.house, node.settings, asked) == Outcome(1, [Line("refused.account", {})])


# ── user ──


def test_the_console_lists_resets_and_makes_an_administrator(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, data, "user", "list")
    assert status == 0 and "secretary" in text and "Hồ Thị Ghi" in text
    status, text = said(capsys, data, "user", "reset", "member1")
    assert status == 0 and "https://localhost:8443/password/" in text
    status, text = said(capsys, data, "user", "administrator")
    assert status == 0 and "https://localhost:8443/first/" in text
    assert said(capsys, data, "user", "reset", "nobody")[0] == 1
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert said(capsys, data, "user", "reset", "nobody")[1].strip() != ""


# ── journal ──


def test_a_whole_journal_is_whole(voted: tuple[Path, str], data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, data, "journal", "verify")
    lines = text.strip().splitlines()
    assert status == 0 and len(lines) == 2 and any(voted[1] in line for line in lines)
    assert said(capsys, data, "journal", "verify", "--stream", "nothing")[0] == 1
    assert len(said(capsys, data, "journal", "verify", "--stream", voted[1])[1].strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("statement", "seq", "flaw"),
    [
        ("UPDATE events SET body = replace(body, 'Ngân sách', 'Ngân quỹ') WHERE stream = ? AND seq = 2", 2, "digest"),
        ("UPDATE events SET actor_id = 'chair' WHERE stream = ? AND seq = 3", 3, "hash"),
        ("DELETE FROM events WHERE stream = ? AND seq = 4", 4, "gap"),
        ("UPDATE events SET at = 1 WHERE stream = ? AND seq = 5", 5, "time"),
        ("DELETE FROM events WHERE stream = ? AND seq >= 20", 20, "short"),
    ],
)
def test_the_first_bad_event_is_named(
    voted: tuple[Path, str], data: Path, capsys: pytest.CaptureFixture[str], statement: str, seq: int, flaw: str
) -> None:
    sql(data, statement, voted[1])
    status, text = said(capsys, data, "journal", "verify")
    from web.words import text as words

    bad = [line for line in text.splitlines() if voted[1] in line]
    assert status == 1 and len(bad) == 1 and f" {seq}" in bad[0] and words("en", f"flaw.{flaw}") in bad[0], bad
    assert len(text.strip().splitlines()) == 2  # the other stream is still said to be whole


MADE = ("body", "salt", "body_digest", "prev", "hash")


def rewrite(data: Path, sitting: str) -> None:
    """Change one vote, and make every later event and the head fit: a journal that is consistent in itself."""
    names = ("seq", "at", "origin", "actor_kind", "actor_id", "mandate", "acting_for", "session", "command", "kind",
             "v", "body")  # fmt: skip
    head = Head()
    for row in sql(data, f"SELECT {', '.join(names)} FROM events WHERE stream = ? ORDER BY seq", sitting):
        old = dict(zip(names, row, strict=True))
        body = json.loads(old["body"].replace('"against"', '"for"'))
        actor = chain.Actor(old["actor_kind"], old["actor_id"], old["mandate"], old["acting_for"])
        given = Circumstance(sitting, old["at"], old["origin"], actor, old["session"], old["command"])
        event = chain.link(head, Draft(old["kind"], body, old["v"]), given, bytes(16))
        sql(
            data, f"UPDATE events SET {', '.join(f'{name} = ?' for name in MADE)} WHERE stream = ? AND seq = ?",
            chain.canonical(dict(event.body or {})).decode(), event.salt, event.body_digest, event.prev, event.hash,
            sitting, event.seq,
        )  # fmt: skip
        head = chain.head_of(event)
    sql(data, "UPDATE streams SET head_hash = ? WHERE id = ?", head.hash, sitting)


def test_a_journal_hashed_anew_is_caught_by_a_checkpoint_kept_elsewhere(
    voted: tuple[Path, str], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = said(capsys, data, "journal", "checkpoints")
    kept = tmp_path / "checkpoints.jsonl"
    kept.write_text(text)
    [line] = [json.loads(one) for one in text.splitlines() if one]
    assert status == 0 and line["stream"] == voted[1] and len(line["hash"]) == 64
    assert said(capsys, data, "journal", "verify", "--against", str(kept))[0] == 0
    rewrite(data, voted[1])
    assert said(capsys, data, "journal", "verify")[0] == 1  # the node's own checkpoint still tells
    sql(data, "DELETE FROM checkpoints")
    status, text = said(capsys, data, "journal", "verify")
    assert status == 0, "what is consistent in itself cannot be told from the true one by itself"
    status, text = said(capsys, data, "journal", "verify", "--against", str(kept))
    bad = next(one for one in text.splitlines() if voted[1] in one)
    assert status == 1 and f" {line['seq']}" in bad, bad


def test_a_checkpoint_that_nobody_signed_is_named(
    voted: tuple[Path, str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sql(data, "UPDATE checkpoints SET signature = 'zz'")
    status, text = said(capsys, data, "journal", "verify")
    assert status == 1 and [line for line in text.splitlines() if voted[1] in line and line.startswith("✗")]


def test_bodies_that_were_erased_are_counted(
    voted: tuple[Path, str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sql(data, "UPDATE events SET body = NULL, salt = NULL WHERE stream = ? AND kind = 'vote-cast'", voted[1])
    [(count,)] = sql(data, "SELECT count(*) FROM events WHERE body IS NULL")
    status, text = said(capsys, data, "journal", "verify")
    [line] = [line for line in text.splitlines() if voted[1] in line]
    assert status == 0 and f" {count} " in line and count > 0, line


def test_where_nothing_is_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "none"
    for words, ends, told in (
        (("journal", "verify"), 1, str(folder)),
        (("user", "list"), 1, str(folder)),
        (("verify", __file__), 2, "--trust"),
    ):
        status, text = said(capsys, folder, *words)
        assert status == ends and told in text and not folder.exists(), words
    said(capsys, folder, "doctor")
    assert not folder.exists()


def test_an_empty_file_of_checkpoints_compares_nothing(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_text("")
    status, text = said(capsys, data, "journal", "verify", "--against", str(tmp_path / "kept"))
    assert status == 1 and "✓" not in text


def test_a_forgotten_passphrase_gets_a_new_key_and_keeps_what_was_signed(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "'c1', 'person', 'chair', 'CN=Chair', x'00', x'01', 0, 9999999999999, 0, '', 'file', 0"
    sql(data, f"INSERT INTO certificates VALUES ({row})")
    status, text = said(capsys, data, "user", "new-key", "chair")
    assert status == 0 and "1 " in text
    kept = sql(data, "SELECT sealed_key, kept, revoked_at FROM certificates WHERE serial = 'c1'")
    assert kept == [(None, "nowhere", 0)]
    [(body,)] = sql(data, "SELECT body FROM events WHERE kind = 'signing-key-destroyed'")
    assert json.loads(body)["serials"] == ["c1"]
    assert said(capsys, data, "user", "new-key", "chair")[0] == 0  # nothing left to destroy
    assert said(capsys, data, "user", "new-key", "nobody")[0] == 1
    sql(
        data,
        "INSERT INTO certificates SELECT 'c2', 'seal', 'district', subject, der, x'01', 0, ends, 0, '', 'file', 0 "
        "FROM certificates WHERE serial = 'c1'",
    )
    assert said(capsys, data, "user", "new-seal", "chair")[1].startswith("0 ")  # she is no clerk
    assert said(capsys, data, "user", "new-seal", "clerk")[1].startswith("1 ")


def test_a_stream_that_is_gone_is_missed(
    voted: tuple[Path, str], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "checkpoints.jsonl"
    kept.write_text(said(capsys, data, "journal", "checkpoints")[1])
    rows = dict.fromkeys(("sitting_parts", "sitting_rooms", "sitting_waiting"), "thing")
    named = rows | {"sittings": "id", "streams": "id"}
    for table in ("checkpoints", "commands", "events", *named):
        sql(data, f"DELETE FROM {table} WHERE {named.get(table, 'stream')} = ?", voted[1])
    assert said(capsys, data, "journal", "verify")[0] == 0
    status, text = said(capsys, data, "journal", "verify", "--against", str(kept))
    assert status == 1 and voted[1] in text


def test_a_file_of_checkpoints_that_cannot_be_read_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad"
    bad.write_text("{")
    for path in (bad, tmp_path / "none"):
        assert said(capsys, data, "journal", "verify", "--against", str(path))[0] == 1
    bad.write_text('{"stream": "x"}\n')  # JSON, and no checkpoint
    assert said(capsys, data, "journal", "verify", "--against", str(bad))[0] == 1
