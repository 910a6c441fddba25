"""meetings.handover.actions, meetings.handover.records, web.routes.handovers: a signing program that takes whole files
gets one, once, and what it brings back is taken only if it is that file, rightly signed."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meetings.handover.actions import HANDED_MS
from meetings.sitting.room import Room
from tests.kit.authority import Office
from tests.kit.node import Answer, Browser, Node, running
from tests.kit.vgca import Program
from tests.meetings.signatories.test_kit import kits, trusting
from tests.meetings.sitting.test_minutes import base, closed, numbered
from web.guard import VGCA, headers_of

Prepared = tuple[Node, Room, Browser, Program]


@pytest.fixture
async def prepared(tmp_path: Path, template: Path) -> AsyncIterator[Prepared]:
    """A node that has the program switched on; minutes to be signed by their secretary; the program on their machine,
    with a certificate of the public service."""
    async with running(tmp_path / "data", template, vgca=True) as node:
        others = Office("Ban Cơ yếu (thử)", datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))
        trusting(node, others)
        secretary = await node.signed_in("secretary")
        name = str((await kits(secretary))["me"]["name"])
        trust = ssl.create_default_context(cafile=str(node.settings.folder / "tls" / "ca.crt"))
        room = await closed(node)
        await numbered(node, room)
        yield node, room, secretary, Program(others, others.holder(name), trust)


async def hand(browser: Browser, room: Room, **given: str) -> Answer:
    asked = {"field": "secretary", "based_on": room.state.minutes.pdf} | given
    return await browser.post(f"{base(room)}/handover", asked)


def asked_of(answer: Answer) -> dict[str, Any]:
    """What the page tells the program."""
    made = answer.body
    data = [{"Key": "field", "Value": "secretary"}]
    return {"FileName": made["fetch"], "FileUploadHandler": made["bring"], "MetaData": data}


async def test_what_it_signed_is_taken_and_is_valid(prepared: Prepared) -> None:
    node, room, secretary, program = prepared
    answer = await hand(secretary, room)
    assert answer.status == 200 and answer.body["symbol"] == room.state.minutes.symbol
    assert (await secretary.get(f"{base(room)}/signer")).body["waits"] == "program", "after a reload too"
    status, told = await program.act(asked_of(answer))
    assert (status, told["Status"]) == (200, True), told
    assert room.state.minutes.signatures[0][:2] == ("secretary", "secretary")
    report = await node.office.signing.verify(await node.office.house.blobs.load(room.state.minutes.pdf))
    assert (report.state, report.signatures[0].trust) == ("valid", "public-service")
    for url in (answer.body["fetch"], answer.body["bring"]):
        again = await secretary.ask("GET" if "pdf" in url else "POST", url.removeprefix(node.base), data=b"" or None)
        assert again.status in (400, 403), "each is good once"


async def test_it_is_off_unless_it_is_switched_on(node: Node) -> None:
    room = await closed(node)
    await numbered(node, room)
    assert (await hand(await node.signed_in("secretary"), room)).code == "vgca-off"
    assert VGCA not in headers_of(vgca=False)["Content-Security-Policy"]
    allowed = headers_of(vgca=True)["Content-Security-Policy"]
    assert f"connect-src 'self' {VGCA};" in allowed and "127.0.0.1:8987;" in allowed


def _flip(at: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


WRONG = (
    "another document", "a byte of what was sent", "nothing added", "a byte of the signature", "another field",
    "no timestamp", "a stranger's authority", "another's name", "an old timestamp", "text behind it",
)  # fmt: skip


def spoilt(program: Program, how: str, sent: bytes, name: str, patched: pytest.MonkeyPatch) -> None:
    """PROGRAM from now on does something wrong."""
    strange = Office("Nơi lạ", program.office.now)
    if how == "another field":
        program.field = "chair"
    elif how == "no timestamp":
        program.stamped = False
    elif how == "a stranger's authority":
        program.office, program.holder = strange, strange.holder(name)
    elif how == "another's name":
        program.holder = program.office.holder("Người Khác")
    elif how == "an old timestamp":
        patched.setattr("signing.actions.CLOCKS_APART_MS", -1)  # no moment is near enough
    changes: dict[str, Callable[[bytes], bytes]] = {
        "another document": lambda data: b"%PDF-1.7\n" + data,
        "a byte of what was sent": _flip(2000),
        "nothing added": lambda data: sent,
        "a byte of the signature": lambda data: _flip(len(data) - 900)(data),
        "text behind it": lambda data: data + b"\n% more\n",
    }
    program.change = changes.get(how, program.change)


@pytest.mark.timeout(240)
async def test_anything_else_that_comes_back_is_not(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    node, room, secretary, right = prepared
    sent = await node.office.house.blobs.load(room.state.minutes.pdf)
    name = str((await kits(secretary))["me"]["name"])
    for how in WRONG:
        program, answer = Program(right.office, right.holder, right.trust), await hand(secretary, room)
        with monkeypatch.context() as patched:
            spoilt(program, how, sent, name, patched)
            status, told = await program.act(asked_of(answer))
        assert status >= 400 and told["Status"] is False and told["Message"], (how, status, told)
        assert not room.state.minutes.signatures and room.state.minutes.step == "typeset", how
        assert (await secretary.get(f"{base(room)}/signer")).body["waits"] == "", "it is used, and begun anew"


async def test_addresses_are_for_one_document_and_run_out(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    node, room, secretary, program = prepared
    first = await hand(secretary, room)
    second = await hand(secretary, room)
    status, _ = await program.act(asked_of(first))
    assert status == 403, "a second asking voids the first"
    now = node.office.house.now_ms
    monkeypatch.setattr(type(node.office.house), "now_ms", lambda self: now() + HANDED_MS)
    status, _ = await program.act(asked_of(second))
    assert status == 403 and not room.state.minutes.signatures
    monkeypatch.undo()
    third = await hand(secretary, room)
    asked = {"field": "secretary", "based_on": room.state.minutes.pdf, "reason": "Thiếu tên"}
    assert (await secretary.post(f"{base(room)}/refusal", asked)).status == 204
    status, _ = await program.act(asked_of(third))
    assert status >= 400 and not room.state.minutes.signatures, "the document is void meanwhile"


async def test_only_whose_turn_it_is_hands_it_over(prepared: Prepared) -> None:
    node, room, secretary, _ = prepared
    assert (await hand(await node.signed_in("chair"), room)).status in (403, 422)
    assert (await hand(await node.signed_in("member1"), room)).status == 403
    assert (await hand(secretary, room, based_on="0" * 64)).code == "minutes-changed"
    assert (await hand(secretary, room, field="president")).status == 400


async def test_no_body_breaks_the_door(prepared: Prepared) -> None:
    node, room, secretary, _ = prepared
    anyone = await node.browser()
    for data, kind in ((b"", "multipart/form-data; boundary=x"), (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
                       (b"{}", "application/json"), (b"x", "multipart/form-data")):  # fmt: skip
        made = (await hand(secretary, room)).body
        path = made["bring"].removeprefix(node.base)
        answer = await anyone.ask("POST", path, data=data, headers={"Content-Type": kind, "Origin": ""})
        assert answer.status in (400, 422) and answer.body["Status"] is False, (data, answer.data)
    assert (await anyone.ask("POST", "/handover/none", data=b"", headers={"Origin": ""})).status == 403
    assert (await anyone.get("/handover/none/x.pdf")).status == 403
