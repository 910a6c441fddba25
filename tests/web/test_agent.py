"""web.agent, web.routes.agents, meetings.signatories.agents, meetings.sitting.signatures: signing with one's own token.

A real node, a real token in software, the agent as it runs on a member's machine. What an attacker would try is in
tests/meetings/sitting/test_signatures.py."""

from __future__ import annotations

import asyncio
import hashlib
import io
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from meetings.sitting.room import Room
from signing import authority
from signing.tokens import Token
from store.errors import Fault, Refused
from tests.kit.authority import Office
from tests.kit.machine import FIELD, Machine, paired
from tests.kit.node import Node
from tests.kit.softhsm import PIN
from tests.meetings.signatories.test_kit import trusting
from tests.meetings.sitting.test_minutes import base, closed, numbered, sign
from web.agent import Server
from web.cli import main


async def ready(node: Node) -> Room:
    room = await closed(node)
    await numbered(node, room)
    return room


async def refused(act: Any) -> str:
    with pytest.raises(Fault) as caught:
        await act
    return caught.value.code


async def test_a_token_signs_through_its_agent(node: Node, machine: Machine) -> None:
    room = await ready(node)
    assert (await machine.turn(room))["kept"] == "own"
    assert (await sign(machine.browser, room, "secretary")).code == "token-elsewhere"
    before = room.state.minutes.pdf
    await machine.begin(room)
    machine.typed = [PIN]
    await machine.agent.handle(await machine.job())
    assert (machine.said, room.state.minutes.signatures[0][:2]) == (["agent.signed"], ("secretary", "secretary"))
    shown = machine.asked[0]
    assert (shown.shown, shown.symbol, shown.title) == (before, room.state.minutes.symbol, room.state.title)
    report = await node.office.signing.verify(await node.office.house.blobs.load(room.state.minutes.pdf))
    assert report.state == "valid" and report.signatures[0].signer == room.cards["secretary"].name
    assert (await machine.turn(room))["field"] == "", "the chair's turn"
    assert await node.office.signatures.job("secretary") is None


async def test_who_says_no_at_the_token_signs_nothing(node: Node, machine: Machine) -> None:
    room = await ready(node)
    await machine.begin(room)
    machine.typed = [""]
    await machine.agent.handle(await machine.job())
    assert machine.said == ["agent.declined"] and not room.state.minutes.signatures
    assert (await machine.turn(room))["waits"] == ""
    await machine.begin(room)  # and may be asked again


async def test_a_wrong_pin_is_asked_for_again_but_not_without_end(node: Node, machine: Machine) -> None:
    room = await ready(node)
    await machine.begin(room)
    machine.typed = ["000000", PIN]
    await machine.agent.handle(await machine.job())
    assert machine.said == ["agent.pin-wrong", "agent.signed"]
    second = await ready(node)
    await machine.begin(second)
    machine.typed = ["1", "2", "3", PIN]
    with pytest.raises(Refused, match="pin-wrong"):
        await machine.agent.handle(await machine.job())
    assert machine.typed == [PIN] and not second.state.minutes.signatures
    assert (await machine.turn(second))["waits"] == ""


async def test_the_page_may_be_loaded_again_in_the_middle(node: Node, machine: Machine) -> None:
    room = await ready(node)
    await machine.begin(room)
    job = await machine.job()
    turn = await machine.turn(room)  # what the page asks when it is loaded
    assert (turn["waits"], turn["ends"]) == ("token", job.ends)
    await machine.server.give(job.step, await machine.signature(job))
    assert (await machine.turn(room))["waits"] == "" and len(room.state.minutes.signatures) == 1


# ── an agent looks for itself ──


async def test_a_server_that_lies_gets_no_signature(
    node: Node, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, real = await ready(node), machine.server.file
    for how in ("file", "shown", "hole", "attributes", "size"):
        await machine.begin(room)
        job, machine.typed = await machine.job(), [PIN]

        async def altered(step: str, at: int = job.size // 2) -> bytes:
            data = bytearray(await real(step))
            data[at] ^= 1
            return bytes(data)

        changes: dict[str, dict[str, Any]] = {
            "shown": {"shown": hashlib.sha256(b"other").hexdigest()},
            "hole": {"start": job.start + 1},
            "attributes": {"attributes": b"TLS" * 9},
            "size": {"size": job.size - 1},
        }
        with monkeypatch.context() as patched:
            if how == "file":
                patched.setattr(machine.server, "file", altered)
            with pytest.raises(Refused, match="attributes-strange"):
                await machine.agent.handle(msgspec.structs.replace(job, **changes.get(how, {})))
        assert not machine.asked and machine.typed == [PIN], "nobody was asked for a PIN"
        assert not room.state.minutes.signatures and (await machine.turn(room))["waits"] == "", how


# ── pairing ──


async def test_a_code_pairs_once_and_an_agent_is_cut_off(node: Node, token: Token) -> None:
    machine = await paired(node, "secretary", token)
    listed = (await machine.browser.get("/api/agents")).body
    assert [one["name"] for one in listed] == ["máy bàn"]
    ca = (node.settings.folder / "tls" / "ca.crt").read_text()
    stranger = Server(node.base, ca)
    assert await refused(stranger.pair("AAAA-AAAA", "x")) == "pairing-unknown"
    word = await node.confirmed("secretary")
    assert (await machine.browser.post("/api/agents/code", {"password": "wrong"})).code == "confirm-wrong"
    code = (await machine.browser.post("/api/agents/code", word)).body["code"]
    again = (await machine.browser.post("/api/agents/code", word)).body["code"]
    assert await refused(stranger.pair(code, "x")) == "pairing-unknown", "the newest alone is good"
    second = await stranger.pair(again.lower(), "máy khác")
    assert await refused(stranger.pair(again, "x")) == "pairing-unknown", "once"
    await stranger.close()
    chair = await node.signed_in("chair")
    for one in (await machine.browser.get("/api/agents")).body:
        assert (await chair.ask("DELETE", f"/api/agents/{one['id']}")).status == 404
        assert (await machine.browser.ask("DELETE", f"/api/agents/{one['id']}")).status == 204
    assert await refused(machine.server.itself()) == "token-unknown"
    assert second.token.startswith("bacapagent_")


async def test_an_agent_opens_nothing_else(node: Node, machine: Machine) -> None:
    room = await ready(node)
    anyone = await node.browser()
    code = (await machine.browser.post("/api/agents/code", await node.confirmed("secretary"))).body["code"]
    server = Server(node.base, (node.settings.folder / "tls" / "ca.crt").read_text())
    held = {"Authorization": f"Bearer {(await server.pair(code, 'x')).token}", "Origin": ""}
    await server.close()
    for path in ("/api/desk", f"{base(room)}", f"{base(room)}/file", "/api/kits", "/api/agents", "/api/certificates"):
        assert (await anyone.get(path, headers=held)).status == 403, path
    assert (await anyone.post(f"{base(room)}/token", FIELD, headers=held)).status == 403
    assert (await anyone.get("/api/agent", headers=held)).status == 200


async def test_a_closed_account_s_agents_are_cut_off(node: Node, machine: Machine) -> None:
    await node.office.accounts.close_account(node.committee.who["technician"], "secretary")
    assert await refused(machine.server.itself()) == "token-unknown"


async def test_a_key_that_did_not_show_itself_is_not_certified(node: Node, token: Token) -> None:
    machine = await paired(node, "secretary", token)
    public = await asyncio.to_thread(token.new_key, PIN, b"k")
    assert await refused(machine.server.certify(public, b"no proof")) == "proof-wrong"
    proof = await asyncio.to_thread(token.sign_by_name, b"k", PIN, b"bacap.agent.key.v1\nchair\n" + public)
    assert await refused(machine.server.certify(public, proof)) == "proof-wrong", "for another person"
    assert await node.office.signing.certificate_of("person", "secretary") is None


async def test_an_agent_alone_makes_no_key_later_on(node: Node, token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who steals what an agent keeps does not get a certificate in its person's name."""
    machine = await paired(node, "secretary", token)
    now = node.office.house.now_ms
    monkeypatch.setattr(type(node.office.house), "now_ms", lambda self: now() + 31 * 60_000)
    with pytest.raises(Refused, match="agent-old"):
        await machine.agent.make_key(PIN)


async def test_a_certificate_is_taken_only_with_its_key(node: Node, token: Token) -> None:
    """Certificates are public, and others have one's name."""
    others = Office("Ban Cơ yếu (thử)", node.office.signing._now())
    trusting(node, others)
    machine = await paired(node, "secretary", token)
    name = (await node.office.kits.person("secretary")).name
    public = await asyncio.to_thread(token.new_key, PIN, b"k")
    made = authority.issue(
        others.authority.issuing, authority.subject(name, "Ban"), load_der_public_key(public), "person", others.now,  # type: ignore[arg-type]
    )  # fmt: skip
    der = made.public_bytes(Encoding.DER)
    for proof in (b"", b"junk", await asyncio.to_thread(token.sign_by_name, b"k", PIN, b"something else")):
        assert await refused(machine.server.offer([(der, proof)])) == "token-nobodys"
    await asyncio.to_thread(token.keep, der, PIN, b"k")
    assert await machine.agent.present(lambda: PIN) == name
    assert await node.office.kits.own_tokens("secretary") == [der]
    room = await ready(node)
    await machine.begin(room)
    machine.typed = [PIN]
    await machine.agent.handle(await machine.job())
    report = await node.office.signing.verify(await node.office.house.blobs.load(room.state.minutes.pdf))
    assert (report.state, report.signatures[0].trust) == ("valid", "public-service")


async def test_what_a_server_paints_over_the_document_is_not_signed(
    node: Node, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file begins with what was shown, the digest is right, and a revision in between replaces the page."""
    room = await ready(node)
    shown = await node.office.house.blobs.load(room.state.minutes.pdf)
    painted = io.BytesIO(shown)
    writer = IncrementalPdfFileWriter(painted)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    writer.write_in_place()
    keep = node.office.signing.bench.prepare

    async def prepare(pdf: bytes, *given: Any, **more: Any) -> Any:
        return await keep(painted.getvalue(), *given, **more)

    monkeypatch.setattr(node.office.signing.bench, "prepare", prepare)
    await machine.begin(room)
    job, machine.typed = await machine.job(), [PIN]
    with pytest.raises(Refused, match="attributes-strange"):
        await machine.agent.handle(job)
    assert not machine.asked and not room.state.minutes.signatures


# ── the command line ──


def test_the_command_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "agent.json"
    assert main(["agent", "--state", str(state), "run"]) == 1
    pair = ["agent", "--state", str(state), "pair"]
    assert main([*pair, "https://127.0.0.1:9", "AAAA-BBBB", "--module", "/nowhere.so"]) == 1
    assert main([*pair, "http://127.0.0.1:9", "AAAA-BBBB", "--module", "/nowhere.so"]) == 1
    assert main([*pair, "https://127.0.0.1:9", "A", "--module", "/n.so", "--ca", str(tmp_path / "none")]) == 1
    assert not state.exists()
    told = capsys.readouterr().err
    assert "bacap agent pair" in told and "/nowhere" not in told


async def test_pair_key_and_run_by_the_command(node: Node, token: Token, tmp_path: Path) -> None:
    browser = await node.signed_in("secretary")
    room = await ready(node)
    state, ca = tmp_path / "agent.json", node.settings.folder / "tls" / "ca.crt"
    code = (await browser.post("/api/agents/code", await node.confirmed("secretary"))).body["code"]

    async def bacap(*words: str, typed: str = "") -> tuple[int, str]:
        process = await command(*words)
        out, _ = await process.communicate(typed.encode())
        return process.returncode or 0, out.decode()

    async def command(*words: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "web.cli", "agent", "--state", str(state), *words, stdin=pipe, stdout=pipe
        )

    given = ("--module", token.module, "--token", token.label, "--ca", str(ca))
    status, told = await bacap("pair", node.base, code, *given)
    assert status == 0 and state.stat().st_mode & 0o777 == 0o600, told
    assert (await bacap("key", typed=PIN + "\n"))[0] == 0
    process = await command("run")
    assert process.stdin is not None and process.stdout is not None
    try:
        await process.stdout.readline()
        asked = FIELD | {"based_on": room.state.minutes.pdf}
        assert (await browser.post(f"{base(room)}/token", asked)).status == 200
        process.stdin.write(PIN.encode() + b"\n")
        await process.stdin.drain()
        for _ in range(400):
            if room.state.minutes.signatures:
                break
            await asyncio.sleep(0.05)
    finally:
        process.kill()
        await process.communicate()
    assert room.state.minutes.signatures[0][:2] == ("secretary", "secretary")
