"""Papers over HTTP: sent up, refused with the fitting status, fetched by short-lived addresses in ranges.
web.routes.papers, web.links
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader, PdfWriter

from meetings.sitting import commands as c
from meetings.sitting.room import Room
from store.errors import Denied
from tests.kit.node import Answer, Browser, Node, pdf, running
from web import links, pace


async def send(browser: Browser, room: Room, data: object, item: str = "i1", name: str = "Tờ trình") -> Answer:
    path = f"/api/sittings/{room.sitting}/items/{item}/papers"
    from urllib.parse import quote

    headers = {"Content-Type": "application/pdf"}
    return await browser.post(f"{path}?secrecy=none&name={quote(name)}", data=data, headers=headers)


def kept(node: Node) -> set[str]:
    return {path.name for path in (node.settings.folder / "blobs").rglob("*") if path.is_file()}


def encrypted() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.encrypt("mật khẩu", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


# ── sent up ──


async def test_an_ordinary_pdf_is_kept_and_attached(node: Node) -> None:
    browser, room = await node.signed_in("secretary"), await node.planned()
    data = pdf(3)
    taken = await send(browser, room, data)
    assert taken.status == 200 and taken.body["pages"] == 3 and taken.body["signed"] is False
    [paper] = room.state.papers
    assert (paper.item, paper.name, paper.pages, paper.sha256) == ("i1", "Tờ trình", 3, taken.body["sha256"])
    assert paper.sha256 in kept(node) and paper.size == taken.body["size"]
    again = await send(browser, room, data)
    assert (again.status, again.code) == (422, "paper-twice") and len(room.state.papers) == 1
    assert (await send(browser, room, data, name=" ")).code == "field-needed"


BAD = {
    "not a PDF": (b"PK\x03\x04 an archive", 422, "archive-broken"),
    "empty": (b"", 415, "kind-unknown"),
    "encrypted": (encrypted(), 422, "pdf-encrypted"),
    "broken": (b"%PDF-1.7\n" + b"\x00\xff nonsense " * 200, 422, "pdf-broken"),
    "cut": (pdf(5)[:600], 422, "pdf-broken"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_good_paper_is_refused_and_nothing_changes(node: Node, name: str) -> None:
    browser, room = await node.signed_in("secretary"), await node.planned()
    data, status, code = BAD[name]
    seq, before = room.state.seq, kept(node)
    answer = await send(browser, room, data)
    assert (answer.status, answer.code) == (status, code) and answer.body["text"]
    assert room.state.seq == seq and kept(node) == before


async def test_a_file_too_large_is_refused_whether_or_not_it_says_so(tmp_path: Path, template: Path) -> None:
    async with running(tmp_path, template, largest_paper_mb=1) as node:
        browser, room = await node.signed_in("secretary"), await node.planned()
        before, large = kept(node), pdf() + b" " * 1_000_000

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(large), 64 * 1024):
                yield large[at : at + 64 * 1024]

        for data in (large, pieces()):
            answer = await send(browser, room, data)
            assert (answer.status, answer.code) == (413, "too-large") and "1 MB" in answer.body["text"]
        assert room.state.papers == () and kept(node) == before


async def test_the_right_and_the_item_are_asked_before_a_byte_is_read(node: Node) -> None:
    room = await node.planned()
    before = kept(node)
    for person, item, status in (("chair", "i1", 403), ("member1", "i1", 403), ("secretary", "nothing", 404)):
        assert (await send(await node.signed_in(person), room, pdf(), item)).status == status, person
    assert room.state.papers == () and kept(node) == before


# ── fetched ──


async def attached(node: Node, item: str = "i1") -> tuple[Room, bytes, str]:
    """An open sitting with a paper; its bytes and its id."""
    room, data = await node.planned(), pdf(2, item)
    await send(await node.signed_in("secretary"), room, data, item)
    await node.opened(room)
    [paper] = room.state.papers
    return room, await node.office.house.blobs.load(paper.sha256), paper.id


async def link(browser: Browser, room: Room, paper: str) -> str:
    async with browser.channel() as line:
        return str((await line.ask("fetch", "fetched", id="f", sitting=room.sitting, paper=paper))["url"])


async def test_a_link_serves_all_or_a_part_without_a_cookie(node: Node) -> None:
    room, data, paper = await attached(node)
    url, anyone = await link(await node.signed_in("member1"), room, paper), await node.browser()
    whole = await anyone.get(url)
    assert (whole.status, whole.data) == (200, data) and whole.headers["Content-Type"] == "application/pdf"
    assert whole.headers["Content-Disposition"].startswith("inline") and whole.headers["Accept-Ranges"] == "bytes"
    size = len(data)
    for asked, start, end in (("0-9", 0, 10), ("100-", 100, size), (f"5-{size * 2}", 5, size), ("7-7", 7, 8)):
        part = await anyone.get(url, headers={"Range": f"bytes={asked}"})
        assert (part.status, part.data) == (206, data[start:end]), asked
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    for asked in (f"{size}-", f"{size + 5}-{size + 9}", "9-3"):
        beyond = await anyone.get(url, headers={"Range": f"bytes={asked}"})
        assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{size}"), asked
    for odd in ("bytes=0-1,5-6", "bytes=", "lines=1-2", "bytes=²-"):
        assert (await anyone.get(url, headers={"Range": odd})).status in (200, 206, 416), odd


async def test_a_range_of_endless_digits_is_no_fault_of_ours(node: Node) -> None:
    room, _, paper = await attached(node)
    url, anyone = await link(await node.signed_in("member1"), room, paper), await node.browser()
    assert (await anyone.get(url, headers={"Range": f"bytes={'9' * 5000}-"})).status in (200, 416)


async def test_a_copy_that_is_held_is_not_sent_again(node: Node) -> None:
    room, data, paper = await attached(node)
    url, anyone = await link(await node.signed_in("member1"), room, paper), await node.browser()
    tag = (await anyone.get(url)).headers["ETag"]
    assert tag == f'"{hashlib.sha256(data).hexdigest()}"'
    held = await anyone.get(url, headers={"If-None-Match": tag})
    assert (held.status, held.data) == (304, b"") and held.headers["ETag"] == tag
    assert (await anyone.get(url, headers={"If-None-Match": '"other"'})).status == 200


async def test_a_forged_or_old_link_is_refused(node: Node) -> None:
    room, _, paper = await attached(node)
    url, anyone = await link(await node.signed_in("member1"), room, paper), await node.browser()
    sha256, key = room.state.papers[0].sha256, node.office.link_key
    turned = url[:20] + ("A" if url[20] != "A" else "B") + url[21:]
    other = links.make(b"k" * 32, sha256, "x.pdf")
    for forged in (turned, url[:30], "/papers/%C3%A9", "/papers/" + "A" * 900, other):
        refused = await anyone.get(forged)
        assert (refused.status, refused.code) == (403, "link-old"), forged
    old = await anyone.get(f"/papers/{aged(key, sha256, int(time.time()) - 1)}")
    assert (old.status, old.code) == (403, "link-old")
    assert (await anyone.get(f"/papers/{aged(key, sha256, int(time.time()) + 60)}")).status == 200
    assert (await anyone.get(links.make(key, "0" * 64, "x.pdf"))).status == 404
    assert (await anyone.get(links.make(key, "../../keys/links.key", "x.pdf"))).status == 404


def aged(key: bytes, sha256: str, ends: int) -> str:
    body = msgspec.msgpack.encode(links.Link(sha256, "x.pdf", ends))
    return base64.urlsafe_b64encode(body + hmac.digest(key, body, "sha256")[:16]).decode().rstrip("=")


async def test_a_guest_gets_no_link_to_a_closed_items_paper(node: Node) -> None:
    room, _, paper = await attached(node, "i2")
    assert (await link(await node.signed_in("member1"), room, paper)).startswith("/papers/")
    async with (await node.signed_in("east-chair")).channel() as line:
        refused = await line.ask("fetch", "refused", id="f", sitting=room.sitting, paper=paper)
        assert refused["code"] == "no-such-paper"
    async with (await node.browser()).channel(await node.enrol("site-east")) as line:
        refused = await line.ask("fetch", "refused", id="f", sitting=room.sitting, paper=paper)
        assert refused["code"] == "no-such-paper"


async def test_before_release_a_member_gets_no_link(node: Node) -> None:
    room, secretary = await node.planned(), await node.signed_in("secretary")
    await send(secretary, room, pdf())
    paper = room.state.papers[0].id
    async with (await node.signed_in("member1")).channel() as line:
        refused = await line.ask("fetch", "refused", id="f", sitting=room.sitting, paper=paper)
        assert refused["code"] == "no-such-paper"
    assert (await link(secretary, room, paper)).startswith("/papers/")
    await room.ask(node.committee.who["secretary"], c.Release(3))
    assert (await link(await node.signed_in("member1"), room, paper)).startswith("/papers/")


# ── links by themselves ──


def test_a_link_says_what_it_was_made_for() -> None:
    key = secrets.token_bytes(32)
    other = links.make(secrets.token_bytes(32), "ab" * 32, "Tờ trình.pdf").removeprefix("/papers/")
    made = links.read(key, links.make(key, "ab" * 32, "Tờ trình.pdf").removeprefix("/papers/"))
    assert (made.sha256, made.name) == ("ab" * 32, "Tờ trình.pdf") and 0 < made.ends - time.time() <= links.LIFE_S
    for token in ("", "A", "AAAA", "é", "=" * 40, other):
        with pytest.raises(Denied, match="link-old"):
            links.read(key, token)


async def test_a_watermarked_paper_is_fetched_with_the_readers_name_in_any_ranges(node: Node) -> None:
    """web.ranges, web.reading"""
    room, data, paper = await attached(node)
    secretary = await node.signed_in("secretary")
    early = await link(await node.signed_in("member1"), room, paper)
    await room.ask(node.committee.who["secretary"], c.WatermarkPaper(paper, True))
    member, other, size = await node.signed_in("member1"), await node.signed_in("member2"), len(data)
    assert (await member.get(early)).code == "link-old", "given out before it was to bear a mark"
    url = await link(member, room, paper)
    whole = await member.get(url)
    copy = whole.data
    assert whole.status == 200 and copy.startswith(data) and len(copy) > size
    assert len(PdfReader(io.BytesIO(copy)).pages) == 2
    ranges = ((0, 10), (size - 5, size), (size - 5, size + 5), (size, size + 9), (size + 3, len(copy)))
    for start, end in ranges:
        part = await member.get(url, headers={"Range": f"bytes={start}-{end - 1}"})
        assert (part.status, part.data) == (206, copy[start:end])
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(copy)}"
    assert (await member.get(url, headers={"If-None-Match": whole.headers["ETag"]})).status == 304
    theirs = await other.get(await link(other, room, paper))
    assert len(theirs.data) == len(copy) and theirs.data != copy and theirs.headers["ETag"] != whole.headers["ETag"]
    assert (await secretary.get(await link(secretary, room, paper))).data == data
    pictures = f"/api/sittings/{room.sitting}/papers/{paper}/pages/1/small"
    bare, marked = await secretary.get(pictures), await member.get(pictures)
    assert bare.status == marked.status == 200 and bare.data != marked.data
    assert marked.headers["Cache-Control"] == "private, max-age=600"
    pack = f"/api/sittings/{room.sitting}/pack"
    assert (await member.get(f"{pack}.pdf")).data.startswith((await secretary.get(f"{pack}.pdf")).data)
    assert (await member.get(f"{pack}.zip")).code == "no-papers"


@pytest.mark.parametrize("sealed", [False, True])
async def test_what_is_fetched_at_a_weak_site_comes_whole_at_the_pace_of_its_line(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, sealed: bool
) -> None:
    """web.pace, web.ranges: a paper, its watermarked copy, a page as a picture, all papers in one; with the test's own
    rate, for what is asked is who goes through it."""
    given: list[int] = []
    take = pace.Pace.take

    async def counted(self: pace.Pace, left: int) -> int:
        given.append(await take(self, left))
        return given[-1]

    monkeypatch.setattr(pace.Pace, "take", counted)
    monkeypatch.setattr(pace.Paces, "_rate", lambda *_: 8_000_000)
    monkeypatch.setattr(pace, "site_of", lambda _, reader: "site-east" if reader in ("member1", "secretary") else "")
    async with running(tmp_path, template, **({"blob_key": "ab" * 32} if sealed else {})) as node:
        room, data, paper = await attached(node)
        secretary, member, other = [await node.signed_in(one) for one in ("secretary", "member1", "member2")]
        await room.ask(node.committee.who["secretary"], c.WatermarkPaper(paper, True))
        base = f"/api/sittings/{room.sitting}"
        for browser in (secretary, member):
            for address in (
                await link(browser, room, paper),
                f"{base}/papers/{paper}/pages/1/large",
                f"{base}/pack.pdf",
            ):
                given.clear()
                whole = await browser.get(address)
                assert whole.status == 200 and int(whole.headers["Content-Length"]) == len(whole.data)
                assert sum(given) == len(whole.data) and max(given) <= pace.LARGEST, address
        given.clear()
        assert (await other.get(await link(other, room, paper))).data.startswith(data) and given == []
