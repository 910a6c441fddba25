"""A closed sitting handed over to the archive: the package, its judgement without a server, what is fixed from then on.

meetings.archive.actions, meetings.archive.package, meetings.archive.description, meetings.archive.retention,
web.routes.archive
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetings.archive.retention import official, until
from meetings.proof.judge import judge
from meetings.sitting import commands as c
from meetings.sitting.papers import Offered
from meetings.sitting.room import Room
from store.errors import Denied, Refused, Unavailable
from tests.kit.node import Node, pdf

ROOT = Path(__file__).resolve().parents[3]


async def attach(node: Node, room: Room, name: str, text: str) -> None:
    async def once() -> AsyncIterator[bytes]:
        yield pdf(2, text)

    papers = node.office.papers
    await papers.add(node.committee.who["secretary"], room.sitting, "i1", Offered(name), papers.stream(once()))


async def circulated(node: Node) -> Room:
    """A sitting with two papers, one of them replaced and one recalled, whose minutes are out."""
    room, who = await node.planned(), node.committee.who
    for name, text in (("Tờ trình: ngân sách", "một"), ("Phụ lục", "hai")):
        await attach(node, room, name, text)
    await node.opened(room)
    first, second = room.state.papers

    async def newer() -> AsyncIterator[bytes]:
        yield pdf(3, "bản hai")

    from documents.actions import Intake

    papers = node.office.papers
    take = papers.stream(newer())
    await papers.replace(who["secretary"], room.sitting, first.id, first.sha256, "Sửa số liệu", Intake(), take)
    await room.ask(who["secretary"], c.RecallPaper(second.id, "Nhầm"))
    await node.signed_minutes(room)
    await room.ask(who["clerk"], c.Circulate(("member1",)))
    return room


async def test_the_package_is_whole_readable_and_judged_without_a_server(node: Node, tmp_path: Path) -> None:
    room = await circulated(node)
    archives, clerk = node.office.archives, node.committee.who["clerk"]
    await archives.archive(clerk, room.sitting, "middle")
    sha256, name = await archives.package(node.committee.who["chair"], room.sitting)
    data = await node.office.house.blobs.load(sha256)
    assert room.state.archive is not None and (room.state.archive.package, room.state.archive.size) == (
        sha256,
        len(data),
    )
    assert name.endswith(".zip") and hashlib.sha256(data).hexdigest() == sha256
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    assert judge(files).findings == ()
    told = json.loads(files["metadata.json"])
    assert told["retention"] == {
        "term": "middle", "years": 10, "until": f"{int(told['opened'][:4]) + 10}-12-31", "source": official().source,
    }  # fmt: skip
    assert {one["file"] for one in told["documents"]} < set(files)
    steps = [(one["title"], one["version"], one["step"]) for one in told["documents"] if one["kind"] == "paper"]
    assert steps == [
        ("Tờ trình: ngân sách", 1, "replaced"), ("Tờ trình: ngân sách", 2, "released"), ("Phụ lục", 1, "recalled"),
    ]  # fmt: skip
    minutes = next(one for one in told["documents"] if one["kind"] == "minutes")
    assert minutes["pdf_a"] and not any(one["pdf_a"] for one in told["documents"] if one["kind"] == "paper")
    assert "02-tai-lieu/1.1 Tờ trình ngân sách.pdf" in files
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, _, path = line.partition("  ")
        assert hashlib.sha256(files[path]).hexdigest() == digest
    package = tmp_path / "package.zip"
    package.write_bytes(data)
    words = [sys.executable, "-m", "web.cli", "journal", "verify", str(package)]
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == 0
    altered = files | {"02-tai-lieu/1.1 Tờ trình ngân sách.pdf": pdf(1, "khác")}
    assert {finding.code for finding in judge(altered).findings} == {"sum", "content-missing"}
    forged = files | {"03-bien-ban/Nghị quyết giả.pdf": pdf(1, "khác")}
    papers = [name for name in files if name.startswith("02-")]
    forged |= {papers[0]: files[papers[1]], papers[1]: files[papers[0]]}
    forged["metadata.json"] = files["metadata.json"].replace(room.state.title.encode(), "Tên khác".encode())
    sums = {name: hashlib.sha256(held).hexdigest() for name, held in forged.items() if name != "SHA256SUMS"}
    forged["SHA256SUMS"] = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    assert {finding.code for finding in judge(forged).findings} == {"description", "content-missing", "file-unnamed"}


async def test_what_is_archived_is_fixed_and_still_read(node: Node) -> None:
    room, who = await circulated(node), node.committee.who
    archives = node.office.archives
    for other in ("chair", "secretary", "member1", "technician"):
        with pytest.raises(Denied):
            await archives.archive(who[other], room.sitting, "permanent")
    with pytest.raises(Refused, match="field-wrong"):
        await archives.archive(who["clerk"], room.sitting, "a while")
    await archives.archive(who["clerk"], room.sitting, "permanent")
    first, second = room.state.papers
    assert (first.step, second.step) == ("archived", "recalled")
    with pytest.raises(Refused, match="paper-not-now"):
        await room.ask(who["secretary"], c.RecallPaper(first.id, "Nhầm"))
    with pytest.raises(Refused, match="archived"):
        await archives.archive(who["clerk"], room.sitting, "permanent")
    assert (await node.office.papers.find(who["member1"], room.sitting, first.id)).sha256 == first.sha256
    clerk = await node.signed_in("clerk")
    fetched = await clerk.get(f"/api/sittings/{room.sitting}/archive.zip")
    assert fetched.status == 200 and fetched.data[:2] == b"PK"


async def test_nothing_is_archived_before_its_time_or_when_it_is_not_whole(node: Node) -> None:
    who, archives = node.committee.who, node.office.archives
    open_ = await node.opened()
    with pytest.raises(Refused, match="archive-not-now"):
        await archives.archive(who["clerk"], open_.sitting, "permanent")
    room = await circulated(node)
    lying = await node.office.house.blobs.lies(room.state.papers[0].sha256)
    assert lying.file is not None
    whole = lying.file.read_bytes()
    lying.file.chmod(0o600)
    lying.file.write_bytes(whole[:-9] + b"an error\n")
    with pytest.raises(Unavailable, match="blob-damaged"):
        await archives.archive(who["clerk"], room.sitting, "permanent")
    assert room.state.archive is None and room.state.papers[0].step != "archived"


def test_terms_are_data_with_their_source() -> None:
    known = official()
    assert known.source and len({term.code for term in known.terms}) == len(known.terms)
    suited = [occasion for term in known.terms for occasion in term.suits]
    assert sorted(suited) == ["ordinary", "thematic", "urgent"]
    assert (
        until("2026-03-05", known.term("middle")) == "2036-12-31" and until("2026-03-05", known.term("permanent")) == ""
    )
