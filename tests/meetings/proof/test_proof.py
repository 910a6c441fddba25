"""A sitting taken out, judged without a server, put in again; and every way of altering it found.

meetings.proof.judge, meetings.proof.replay, meetings.proof.bundle, web.cli.journal
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from meetings.proof import bundle
from meetings.proof.judge import HEADS, JOURNAL, MANIFEST, SUMS, judge
from meetings.sitting import commands as c
from meetings.sitting.papers import Offered
from meetings.sitting.rooms import Rooms
from signing import checkpoint
from store import chain, journal
from store.chain import Event
from store.errors import Denied, Missing, Refused
from tests.kit.node import Node, pdf, running

ROOT = Path(__file__).resolve().parents[3]
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def exported(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole sitting with an open, a secret and a named vote, signed minutes and a paper, as a file."""

    async def make(folder: Path) -> bytes:
        async with running(folder / "node", template) as node:
            who, room = node.committee.who, await node.planned()

            async def once() -> AsyncIterator[bytes]:
                yield pdf(2, "Tờ trình")

            take = node.office.papers.stream(once())
            await node.office.papers.add(who["secretary"], room.sitting, "i1", Offered("Tờ trình"), take)
            await node.opened(room)
            await node.voted(room)
            await room.ask(who["chair"], c.OpenVote("s1", "i1", "Kín?", way="secret"))
            for n, marks in enumerate(("100", "100", "010", "001", "100", "010"), 1):
                await room.ask(who[f"member{n}"], c.CastSecretly("s1", marks))
            await room.ask(who["chair"], c.CloseVote("s1"))
            await room.ask(who["chair"], c.OpenVote("n1", "i1", "Bầu ai?", options=("A", "B", "C"), seats=2))
            for n in range(1, 7):
                await room.ask(who[f"member{n}"], c.Cast("n1", ("1", "3")))
            await room.ask(who["chair"], c.CloseVote("n1"))
            await room.ask(who["chair"], c.Conclude("i1", "Thống nhất."))
            await room.ask(who["member1"], c.Say("m1", "Xin nghỉ năm phút", "chair"))  # what it says is left out
            await node.signed_minutes(room)
            await node.checkpointed(room.sitting)
            return await node.office.bundles.export(who["secretary"], room.sitting)

    folder = tmp_path_factory.mktemp("exported")
    path = folder / "sitting.zip"
    path.write_bytes(asyncio.run(make(folder)))
    return path


def summed(files: Files) -> Files:
    """FILES with their sums put right: what a careful forger does."""
    rest = {name: data for name, data in files.items() if name != SUMS}
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(rest.items()))
    return rest | {SUMS: lines.encode()}


def forged(files: Files, change: Callable[[list[dict[str, Any]]], None], *, heads: bool = False) -> Files:
    """The journal with some events changed and everything hashed anew; without the heads, or with them as they were."""
    events = [json.loads(line) for line in files[JOURNAL].splitlines()]
    change(events)
    head, lines = chain.Head(), []
    for raw in events:
        event = msgspec.convert(raw | {"seq": head.seq + 1, "prev": head.hash}, Event)
        if event.salt is not None and event.body is not None:  # of what was left out there is only the digest
            event = dataclasses.replace(event, body_digest=chain.digest_of(event.salt, event.body))
        event = dataclasses.replace(event, hash=chain.hash_of(event))
        lines.append(msgspec.json.encode(event) + b"\n")
        head = chain.head_of(event)
    return summed(files | {JOURNAL: b"".join(lines)} | ({} if heads else {HEADS: b""}))


def codes(files: Files) -> set[str]:
    return {finding.code for finding in judge(files).findings}


def of_kind(events: list[dict[str, Any]], kind: str, place: int = 0) -> dict[str, Any]:
    return [event for event in events if event["kind"] == kind][place]["body"]  # type: ignore[no-any-return]


def test_a_whole_sitting_is_judged_whole(exported: Path) -> None:
    verdict = judge(bundle.read(exported))
    assert verdict.whole, verdict.findings
    assert verdict.title == "Phiên họp thường kỳ" and verdict.events > 40 and verdict.erased == 1
    assert len(verdict.keys) == 1 and verdict.witnessed == verdict.events
    anew = forged(bundle.read(exported), lambda _: None)
    assert codes(anew) == {"unwitnessed"}, "hashing anew adds nothing, and leaving the heads out is seen"


def test_a_byte_changed_anywhere_is_found(exported: Path) -> None:
    files = bundle.read(exported)
    for name in files:
        data = bytearray(files[name])
        data[len(data) // 2] ^= 1
        assert not judge(files | {name: bytes(data)}).whole, name
        if name != SUMS:
            assert not judge(summed(files | {name: bytes(data)})).whole, name
        assert not judge({one: data for one, data in files.items() if one != name}).whole, name
    assert "sum" in codes(files | {"files/more": b"x"})


def test_every_single_event_changed_left_out_or_put_elsewhere_is_found(exported: Path) -> None:
    files = bundle.read(exported)
    lines = files[JOURNAL].splitlines(keepends=True)
    for n in range(len(lines)):
        gone = b"".join(lines[:n] + lines[n + 1 :])
        assert not judge(summed(files | {JOURNAL: gone})).whole, n
        if n:
            swapped = b"".join([*lines[: n - 1], lines[n], lines[n - 1], *lines[n + 1 :]])
            assert not judge(summed(files | {JOURNAL: swapped})).whole, n


FORGERIES: dict[str, tuple[Callable[[list[dict[str, Any]]], None], str]] = {
    "a result": (lambda ev: of_kind(ev, "vote-closed")["result"].update(carried=[]), "result"),
    "a count": (lambda ev: of_kind(ev, "vote-closed")["result"]["counts"][0].__setitem__(1, 9), "result"),
    "the majority": (lambda ev: of_kind(ev, "vote-closed")["result"].update(needed=5), "result"),
    "a vote": (lambda ev: of_kind(ev, "vote-cast").update(choices=["against"]), "result"),
    "a voter": (lambda ev: of_kind(ev, "vote-cast").update(person="member9"), "cast-by-stranger"),
    "a guest's vote": (lambda ev: of_kind(ev, "vote-cast").update(person="east-chair"), "cast-by-stranger"),
    "the electorate": (lambda ev: of_kind(ev, "vote-opened")["electorate"].pop(), "electorate"),
    "the secret sums": (lambda ev: of_kind(ev, "vote-closed", 1)["result"]["counts"][0].__setitem__(1, 6), "sums"),
    "a secret voter twice": (lambda ev: of_kind(ev, "ballot-taken").update(person="member2"), "cast-twice"),
    "who was elected": (lambda ev: of_kind(ev, "vote-closed", 2)["result"].update(carried=["2"]), "result"),
    "the rules": (lambda ev: of_kind(ev, "planned")["rules"].update(quorum=[1, 1]), "vote-without-quorum"),
    "what goes on without quorum": (
        lambda ev: of_kind(ev, "planned")["rules"].update(quorum=[1, 1], without_quorum="wait"), "without-quorum",
    ),
    "the vote of a conclusion": (lambda ev: of_kind(ev, "concluded").update(ballot="b1"), "conclusion-vote"),
    "who was here": (lambda ev: of_kind(ev, "concluded")["present"].append("member9"), "conclusion-attendance"),
    "the paper of a conclusion": (lambda ev: of_kind(ev, "concluded").update(papers=[]), "conclusion-papers"),
    "the paper": (lambda ev: of_kind(ev, "paper-attached").update(sha256="0" * 64), "content-missing"),
    "the minutes": (lambda ev: of_kind(ev, "minutes-signed", 2).update(sha256="1" * 64), "content-missing"),
    "the head in the minutes": (lambda ev: of_kind(ev, "minutes-typeset").update(head_hash="2" * 64), "minutes-head"),
    "an event of no kind": (lambda ev: ev[-1].update(kind="nothing"), "event-wrong"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGERIES)
def test_a_journal_rewritten_and_hashed_anew_is_found_by_what_it_says(exported: Path, what: str) -> None:
    change, code = FORGERIES[what]
    files = bundle.read(exported)
    assert code in codes(forged(files, change))
    assert "chain-checkpoint" in codes(forged(files, change, heads=True)), "and by any head that was kept"


def test_a_head_that_the_node_never_signed_is_found(exported: Path) -> None:
    files = bundle.read(exported)
    [first, *rest] = files[HEADS].splitlines()
    head = json.loads(first)
    head["hash"] = "0" * 64
    assert "head-forged" in codes(summed(files | {HEADS: b"\n".join([json.dumps(head).encode(), *rest])}))
    key = Ed25519PrivateKey.generate()
    last = msgspec.json.decode(files[JOURNAL].splitlines()[-1], type=Event)
    other = checkpoint.sign(last.stream, chain.Head(last.seq, "3" * 64), last.at, key)
    both = files[HEADS] + msgspec.json.encode(other) + b"\n"
    assert codes(summed(files | {HEADS: both})) & {"head-twice", "chain-checkpoint"}
    assert "chain-checkpoint" in codes(summed(files | {HEADS: msgspec.json.encode(other)}))


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04junk", b"not a zip" * 1000])
def test_what_is_no_export_is_refused_with_a_reason(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "junk.zip"
    path.write_bytes(junk)
    with pytest.raises(Refused, match="file-unreadable"):
        bundle.read(path)


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("files/a", b"\0" * 5_000_000)
    monkeypatch.setattr(bundle, "LARGEST", 1_000_000)
    with pytest.raises(Refused, match="file-unreadable"):
        bundle.read(path)


@pytest.mark.parametrize("nonsense", [b"[]", b"{}", b"nul", b"[" * 100_000, b'{"format": 1}'])
def test_nonsense_is_a_finding_and_never_a_crash(exported: Path, nonsense: bytes) -> None:
    files = bundle.read(exported)
    for name in (MANIFEST, JOURNAL, HEADS):
        assert not judge(summed(files | {name: nonsense})).whole


async def test_it_is_put_into_another_node_as_it_is_and_only_whole(node: Node, exported: Path) -> None:
    files, house = bundle.read(exported), node.office.house
    altered = forged(files, FORGERIES["a result"][0])
    with pytest.raises(Refused, match="bundle-altered"):
        await bundle.take_in(house, altered)
    verdict = await bundle.take_in(house, files)
    assert isinstance(await node.office.house.read(journal.verify, verdict.sitting), chain.Head)
    room = await Rooms(node.office.house).get(verdict.sitting)
    assert room.state.phase == "closed" and room.cards["member1"].name == "Nguyễn Văn Thứ 1"
    assert await node.office.house.blobs.load(room.state.minutes.pdf)
    await room.stop()
    with pytest.raises(Refused, match="stream-exists"):
        await bundle.take_in(house, files)
    again = await bundle.pack(house, verdict.sitting)
    (Path(node.settings.data) / "again.zip").write_bytes(again)
    assert judge(bundle.read(Path(node.settings.data) / "again.zip")).whole


async def test_only_who_keeps_the_records_takes_a_sitting_out(node: Node) -> None:
    room = await node.opened()
    with pytest.raises(Denied):
        await node.office.bundles.export(node.committee.who["member1"], room.sitting)
    with pytest.raises(Missing):
        await bundle.pack(node.office.house, "nowhere")
    secretary = await node.signed_in("secretary")
    address = f"/api/sittings/{room.sitting}/export.zip"
    assert (await secretary.get(address)).code == "not-now", "an open sitting has no proof yet"
    await room.ask(node.committee.who["chair"], c.Close())
    answer = await secretary.get(address)
    assert answer.status == 200 and answer.data.startswith(b"PK")


def program(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "web.cli", "--data", str(cwd / "nowhere"), "journal", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={"LANG": "en", "PATH": "/usr/bin"})


def test_the_program_judges_a_file_without_any_server(exported: Path, tmp_path: Path) -> None:
    done = program("verify", str(exported), cwd=tmp_path)
    assert done.returncode == 0 and "Phiên họp thường kỳ" in done.stdout, done.stderr
    assert not (tmp_path / "nowhere").exists(), "it made no data folder"
    files = forged(bundle.read(exported), FORGERIES["a result"][0])
    altered = tmp_path / "altered.zip"
    with zipfile.ZipFile(altered, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    done = program("verify", str(altered), "--json", cwd=tmp_path)
    assert done.returncode == 1 and json.loads(done.stdout)["findings"][0]["code"] == "result"
    done = program("verify", str(tmp_path / "missing.zip"), cwd=tmp_path)
    assert done.returncode == 1 and "Traceback" not in done.stderr
