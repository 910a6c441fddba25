"""Papers over tus: whole, in pieces, cut, resumed, turned into a paper or a version, stopped. web.routes.uploads,
web.routes.papers
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from meetings.sitting import commands as c
from meetings.sitting.room import Room
from tests.kit.files import picture, sheet, stamp
from tests.kit.node import Answer, Browser, Node, pdf, running
from tests.web.test_papers import attached, link

TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = {"Content-Type": "application/offset+octet-stream"}


async def begin(browser: Browser, length: int) -> Answer:
    return await browser.post("/api/uploads", data=b"", headers=TUS | {"Upload-Length": str(length)})


async def more(browser: Browser, url: str, offset: int, data: object) -> Answer:
    return await browser.ask("PATCH", url, data=data, headers=TUS | OCTETS | {"Upload-Offset": str(offset)})


async def sent(browser: Browser, data: bytes) -> str:
    """A finished upload; returns its id."""
    url = str((await begin(browser, len(data))).headers["Location"])
    assert (await more(browser, url, 0, data)).status == 204
    return url.rpartition("/")[2]


async def add(browser: Browser, room: Room, upload: str, **given: object) -> Answer:
    body = {"upload": upload, "name": "Tờ trình", "secrecy": "none"} | given
    return await browser.post(f"/api/sittings/{room.sitting}/items/i1/papers", body)


async def version(browser: Browser, room: Room, paper: str, upload: str, replaces: str, **given: object) -> Answer:
    body = {"upload": upload, "replaces": replaces, "secrecy": "none"} | given
    return await browser.post(f"/api/sittings/{room.sitting}/papers/{paper}/versions", body)


def left(node: Node) -> list[str]:
    return [path.name for path in (node.settings.folder / "uploads").iterdir()]


async def test_a_file_goes_up_in_pieces_and_becomes_a_paper(node: Node) -> None:
    browser, room, data = await node.signed_in("secretary"), await node.planned(), pdf(3)
    begun = await begin(browser, len(data))
    url = str(begun.headers["Location"])
    assert (begun.status, begun.headers["Upload-Offset"], begun.headers["Tus-Resumable"]) == (201, "0", "1.0.0")
    assert begun.headers["Upload-Expires"].endswith("GMT")
    first = await more(browser, url, 0, data[:100])
    assert (first.status, first.headers["Upload-Offset"]) == (204, "100")
    reached = await browser.ask("HEAD", url, headers=TUS)
    assert (reached.headers["Upload-Offset"], reached.headers["Upload-Length"]) == ("100", str(len(data)))
    assert reached.headers["Cache-Control"] == "no-store"
    assert (await add(browser, room, url.rpartition("/")[2])).code == "upload-unfinished"
    assert (await more(browser, url, 100, data[100:])).headers["Upload-Offset"] == str(len(data))
    taken = await add(browser, room, url.rpartition("/")[2])
    assert (taken.status, taken.body["pages"]) == (200, 3)
    assert [paper.sha256 for paper in room.state.papers] == [taken.body["sha256"]]
    assert (await browser.ask("HEAD", url, headers=TUS)).status == 404
    assert left(node) == []


async def test_what_the_server_speaks_is_told(node: Node) -> None:
    browser = await node.signed_in("secretary")
    about = await browser.ask("OPTIONS", "/api/uploads", headers={"Origin": ""})
    assert (about.status, about.headers["Tus-Version"]) == (204, "1.0.0")
    assert set(about.headers["Tus-Extension"].split(",")) == {"creation", "expiration", "termination"}
    assert about.headers["Tus-Max-Size"] == "100000000"


async def test_after_a_cut_it_goes_on(node: Node) -> None:
    browser, data = await node.signed_in("secretary"), pdf(40)
    url = str((await begin(browser, len(data))).headers["Location"])

    async def cut() -> AsyncIterator[bytes]:
        yield data[:5000]
        await asyncio.sleep(0.2)
        raise aiohttp.ClientError("cut")

    with pytest.raises(aiohttp.ClientError):
        await more(browser, url, 0, cut())
    offset = int((await browser.ask("HEAD", url, headers=TUS)).headers["Upload-Offset"])
    assert 0 < offset <= 5000
    wrong = await more(browser, url, 0, data)
    assert (wrong.status, wrong.code, wrong.body["params"]) == (409, "upload-elsewhere", {"offset": offset})
    assert (await more(browser, url, offset, data[offset:])).headers["Upload-Offset"] == str(len(data))


@pytest.mark.parametrize(("headers", "status", "code"), [
    ({"Upload-Length": "5"}, 412, "tus-version"),
    (TUS, 400, "header"),
    (TUS | {"Upload-Length": "-1"}, 400, "header"),
    (TUS | {"Upload-Length": "٣"}, 400, "header"),
    (TUS | {"Upload-Length": "1e9"}, 400, "header"),
    (TUS | {"Upload-Length": "10737418240"}, 413, "too-large"),
    (TUS | {"Upload-Length": "9" * 400}, 400, "header"),
], ids=["version", "none", "less than none", "other digits", "power", "10 GB", "endless"])  # fmt: skip
async def test_a_bad_beginning_is_refused(node: Node, headers: dict[str, str], status: int, code: str) -> None:
    answer = await (await node.signed_in("secretary")).post("/api/uploads", data=b"", headers=headers)
    assert (answer.status, answer.code) == (status, code) and answer.body["text"]
    assert left(node) == []


async def test_a_bad_piece_is_refused(node: Node) -> None:
    browser = await node.signed_in("secretary")
    url = str((await begin(browser, 4)).headers["Location"])
    plain = await browser.ask("PATCH", url, data=b"x", headers=TUS | {"Upload-Offset": "0"})
    assert (plain.status, plain.code) == (400, "header")
    assert (await more(browser, url, 0, b"12345")).status == 413
    nowhere = await more(browser, "/api/uploads/" + "0" * 36, 0, b"x")
    assert (nowhere.status, nowhere.code) == (404, "no-such-upload")
    other = await node.signed_in("chair")
    assert (await more(other, url, 4, b"")).status == (await other.ask("HEAD", url, headers=TUS)).status == 404
    assert (await browser.ask("DELETE", url, headers=TUS)).status == 204
    assert left(node) == []


async def test_no_page_of_another_origin_sends_anything(node: Node) -> None:
    browser = await node.signed_in("secretary")
    url = str((await begin(browser, 4)).headers["Location"])
    for origin in ("", "https://evil.example", "null"):
        there = {"Origin": origin, "Upload-Offset": "0", "Upload-Length": "4"}
        for method, path in (("POST", "/api/uploads"), ("PATCH", url), ("DELETE", url)):
            assert (await browser.ask(method, path, data=b"x", headers=TUS | OCTETS | there)).status == 403


# ── what is made of it ──


async def test_what_is_refused_may_be_tried_again_and_is_dropped_by_whoever_sent_it(node: Node) -> None:
    browser, room = await node.signed_in("secretary"), await node.planned()
    upload = await sent(browser, sheet(stamp("TỐI MẬT")))
    refusal = await add(browser, room, upload)
    assert (refusal.status, refusal.code) == (422, "secret-stamp")
    assert refusal.body["params"] == {"grade": "secret", "page": 1}
    assert room.state.papers == ()
    story = await node.office.sittings.story(node.committee.who["secretary"], room.sitting)
    assert story[-1].kind == "paper-stopped"
    assert set(story[-1].body or {}) == {"item", "grade", "page"}, "and nothing by which it might be known"
    assert (await add(browser, room, upload, cleared=True)).status == 200
    [paper] = room.state.papers
    assert paper.taken.cleared == "secret"
    assert left(node) == []


async def test_a_paper_asked_for_again_after_a_lost_answer_is_there_once(node: Node) -> None:
    browser, room = await node.signed_in("secretary"), await node.planned()
    upload = await sent(browser, pdf(3))
    first = await add(browser, room, upload, paper="p1")
    again = await add(browser, room, upload, paper="p1")
    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert [paper.id for paper in room.state.papers] == ["p1"]
    assert (await add(browser, room, upload, paper="p2")).code == "no-such-upload"
    chair = await node.signed_in("chair")
    assert (await add(chair, room, upload, paper="p1")).status == 403


async def test_a_paper_is_a_secret_unless_somebody_says_that_it_is_none(node: Node) -> None:
    browser, room = await node.signed_in("secretary"), await node.planned()
    path = f"/api/sittings/{room.sitting}/items/i1/papers"
    plain = await browser.post(f"{path}?name=T", data=pdf(), headers={"Content-Type": "application/pdf"})
    assert (plain.status, plain.code) == (422, "secrecy-undeclared")
    upload = await sent(browser, pdf())
    for secrecy in ("", "secret", None):
        assert (await add(browser, room, upload, secrecy=secrecy)).status == 400
    assert room.state.papers == ()


async def test_a_picture_becomes_a_paper(node: Node) -> None:
    browser, room = await node.signed_in("secretary"), await node.planned()
    taken = await add(browser, room, await sent(browser, picture("JPEG")))
    assert (taken.status, taken.body["made_from"], room.state.papers[0].taken.made_from) == (200, "picture", "picture")


async def test_of_two_who_replace_one_paper_one_is_told_and_keeps_the_file(node: Node) -> None:
    room, _data, paper = await attached(node)
    first, second = await node.signed_in("secretary"), await node.signed_in("secretary")
    old = room.state.papers[0].sha256
    assert (await version(first, room, paper, await sent(first, pdf(2, "hai")), old, reason="Sửa")).status == 200
    late = await sent(second, pdf(2, "ba"))
    told = await version(second, room, paper, late, old, reason="Sửa")
    assert (told.status, told.code) == (409, "paper-replaced")
    assert late in left(node)
    now = room.state.papers[0].sha256
    assert (await version(second, room, paper, late, now, reason="Sửa")).status == 200
    assert [one.step for one in room.state.papers[0].earlier] == ["replaced", "replaced"]
    missing = await version(first, room, "none", await sent(first, pdf(2, "bốn")), now, reason="Sửa")
    assert (missing.status, missing.code) == (404, "no-such-paper")


async def test_what_a_version_changed_is_told_to_its_readers_and_nothing_of_a_recalled_one(node: Node) -> None:
    room, browser = await node.planned(), await node.signed_in("secretary")
    assert (await add(browser, room, await sent(browser, sheet("Chi một trăm triệu")), paper="p")).status == 200
    path, member = f"/api/sittings/{room.sitting}/papers/p/changes", await node.signed_in("member1")
    assert (await browser.get(path)).code == "no-version-before"
    draft, larger = room.state.papers[0].sha256, sheet("#text(size: 14pt)[Chi một trăm triệu]")
    assert (await version(browser, room, "p", await sent(browser, larger), draft)).status == 200
    assert (await member.get(path)).status == 404, "not before the release"
    await room.ask(node.committee.who["secretary"], c.Release(3))
    assert (await member.get(path)).code == "no-version-before", "drafts are the desk's"
    assert (await browser.get(path)).status == 200
    old, upload = room.state.papers[0].sha256, await sent(browser, sheet("Chi hai trăm triệu"))
    assert (await version(browser, room, "p", upload, old, reason="Sửa")).status == 200
    [page] = (await member.get(path)).body
    assert [(part["change"], part["text"]) for part in page["parts"]] == [
        ("same", "Chi"), ("out", "một"), ("in", "hai"), ("same", "trăm triệu"),
    ]  # fmt: skip
    await room.ask(node.committee.who["secretary"], c.RecallPaper("p", "Nhầm"))
    assert (await member.get(path)).code == "paper-recalled"
    now = room.state.papers[0].sha256
    upload = await sent(browser, sheet("Chi ba trăm triệu"))
    assert (await version(browser, room, "p", upload, now, reason="Sửa")).status == 200
    assert (await member.get(path)).code == "no-version-before"


async def test_addresses_handed_out_before_a_recall_lead_nowhere_after_it(node: Node) -> None:
    room, data, paper = await attached(node)
    member, secretary = await node.signed_in("member1"), node.committee.who["secretary"]
    url = await link(member, room, paper)
    assert (await member.get(url)).data == data
    await room.ask(secretary, c.RecallPaper(paper, "Nhầm số liệu"))
    gone = await member.get(url)
    assert (gone.status, gone.code) == (403, "link-old")
    async with member.channel() as line:
        told = await line.ask("fetch", "refused", id="f", sitting=room.sitting, paper=paper)
    assert (told["code"], told["params"]) == ("paper-recalled", {"reason": "Nhầm số liệu"})
    sha256 = room.state.papers[0].sha256
    async with member.channel() as line:
        told = await line.ask("fetch", "refused", id="f", sitting=room.sitting, paper=paper, sha256=sha256)
    assert told["code"] == "paper-recalled"
    async with (await node.signed_in("secretary")).channel() as line:
        kept = await line.ask("fetch", "fetched", id="f", sitting=room.sitting, paper=paper, sha256=sha256)
    assert (await member.get(str(kept["url"]))).data == data, "the desk keeps the record"


async def test_addresses_of_a_version_that_was_replaced_lead_nowhere(node: Node) -> None:
    room, data, paper = await attached(node)
    browser = await node.signed_in("secretary")
    url, old = await link(browser, room, paper), room.state.papers[0].sha256
    assert (await version(browser, room, paper, await sent(browser, pdf(2, "hai")), old, reason="Sửa")).status == 200
    assert (await browser.get(url)).status == 403
    assert (await browser.get(await link(browser, room, paper))).status == 200
    async with browser.channel() as line:
        kept = await line.ask("fetch", "fetched", id="f", sitting=room.sitting, paper=paper, sha256=old)
    assert (await browser.get(str(kept["url"]))).data == data


async def test_uploads_go_on_after_a_restart(tmp_path: object, template: object) -> None:
    data = pdf(20)
    async with running(tmp_path, template) as node:  # type: ignore[arg-type]
        browser = await node.signed_in("secretary")
        url = str((await begin(browser, len(data))).headers["Location"])
        await more(browser, url, 0, data[:700])
    async with running(tmp_path) as node:  # type: ignore[arg-type]
        browser = await node.signed_in("secretary")
        assert (await browser.ask("HEAD", url, headers=TUS)).headers["Upload-Offset"] == "700"
        assert (await more(browser, url, 700, data[700:])).status == 204
