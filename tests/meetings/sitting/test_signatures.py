"""meetings.sitting.signatures, web.agent: what an attacker tries at signing from afar (replayed, another's, altered,
late, over another document), and what a pause or a restart leaves."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from meetings.sitting.signatures import TOKEN_MS
from signing import algorithms, authority
from tests.kit import softhsm as soft_tokens
from tests.kit.machine import FIELD, Machine, paired
from tests.kit.node import Node
from tests.kit.softhsm import PIN
from tests.meetings.sitting.test_minutes import base, certify, sign
from tests.web.test_agent import ready, refused


async def test_a_signature_is_good_once(node: Node, machine: Machine) -> None:
    room = await ready(node)
    await machine.begin(room)
    job = await machine.job()
    signature = await machine.signature(job)
    await machine.server.give(job.step, signature)
    assert await refused(machine.server.give(job.step, signature)) == "signing-step"
    assert len(room.state.minutes.signatures) == 1
    second = await ready(node)
    await machine.begin(second)
    other = await machine.job()
    assert await refused(machine.server.give(other.step, signature)) == "signature-wrong", "of another document"
    assert not second.state.minutes.signatures and (await machine.turn(second))["waits"] == "token"


async def test_another_member_s_agent_sees_and_does_nothing(node: Node, machine: Machine, softhsm: str) -> None:
    room = await ready(node)
    await machine.begin(room)
    job = await machine.job()
    other = await paired(node, "chair", soft_tokens.made(softhsm))
    assert await node.office.signatures.job("chair") is None
    for act in (other.server.file(job.step), other.server.give(job.step, b"x"), other.server.decline(job.step)):
        assert await refused(act) == "signing-step"
    await other.agent.make_key(PIN)
    assert (await other.browser.post(f"{base(room)}/token", FIELD | {"based_on": job.shown})).status == 403
    assert (await machine.turn(room))["waits"] == "token"


async def test_what_is_not_over_the_document_by_the_key_is_refused(node: Node, machine: Machine) -> None:
    room = await ready(node)
    await machine.begin(room)
    job = await machine.job()
    scheme = algorithms.scheme_of_certificate(job.certificate)
    forged = {
        "junk": b"\x30\x06\x02\x01\x01\x02\x01\x01",
        "empty": b"",
        "another key": scheme.sign(authority.new_key(), job.attributes),
        "another digest": await machine.signature(msgspec.structs.replace(job, attributes=job.attributes[:-1] + b"\0")),
    }
    for how, signature in forged.items():
        assert await refused(machine.server.give(job.step, signature)) == "signature-wrong", how
        assert not room.state.minutes.signatures and (await machine.turn(room))["waits"] == "token", how
    await machine.server.give(job.step, await machine.signature(job))
    assert len(room.state.minutes.signatures) == 1


async def test_too_late_is_too_late(node: Node, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await ready(node)
    await machine.begin(room)
    job = await machine.job()
    signature, world = await machine.signature(job), node.office.house.world
    real = world.now

    def later(_: object) -> Any:
        return dataclasses.replace(real(), utc_ms=real().utc_ms + TOKEN_MS)

    monkeypatch.setattr(type(world), "now", later)
    assert await refused(machine.server.give(job.step, signature)) == "signing-late"
    assert await node.office.signatures.job("secretary") is None
    monkeypatch.undo()
    assert not room.state.minutes.signatures


async def test_a_document_that_changed_voids_what_was_asked(node: Node, machine: Machine) -> None:
    """Returned by its chair, numbered anew: the token's answer over the old one is worth nothing."""
    room = await ready(node)
    await machine.begin(room)
    job = await machine.job()
    asked = FIELD | {"based_on": room.state.minutes.pdf, "reason": "Thiếu tên"}
    assert (await machine.browser.post(f"{base(room)}/refusal", asked)).status == 204
    assert await refused(machine.server.give(job.step, await machine.signature(job))) == "signing-step"
    assert not room.state.minutes.signatures and await node.office.signatures.job("secretary") is None


async def test_two_tabs_ask_and_one_signature_comes_of_it(node: Node, machine: Machine) -> None:
    room = await ready(node)
    await machine.begin(room)
    first = await machine.job()
    await machine.begin(room)
    second = await machine.job()
    assert first.step != second.step
    assert await refused(machine.server.give(first.step, await machine.signature(first))) == "signing-step"
    await machine.server.give(second.step, await machine.signature(second))
    assert len(room.state.minutes.signatures) == 1


# ── a timestamp authority that is away, a restart ──


async def test_what_is_signed_waits_for_its_timestamp_and_goes_on_by_itself(
    node: Node, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, stamps = await ready(node), node.office.signing.stamps
    away = True

    async def ask(request: bytes) -> bytes:
        if away:
            raise ConnectionError
        return await stamps.answer(request, node.office.signing._now())

    monkeypatch.setattr(stamps, "_ask", ask)
    monkeypatch.setattr("meetings.sitting.signatures.SETTLED_MS", 0)
    await machine.begin(room)
    job = await machine.job()
    await machine.server.give(job.step, await machine.signature(job))
    assert (await machine.turn(room))["waits"] == "stamp" and not room.state.minutes.signatures
    again = await machine.browser.post(f"{base(room)}/token", FIELD | {"based_on": job.shown})
    assert again.code == "signature-waits"
    await node.office.signatures._go_on()
    assert not room.state.minutes.signatures, "not yet timestamped: nothing is shown as signed"
    away = False
    await node.office.signatures._go_on()
    assert room.state.minutes.signatures[0][:2] == ("secretary", "secretary")
    assert await node.office.signing.under_way(room.sitting) is None


async def test_a_passphrase_given_while_no_timestamp_is_to_be_had_is_not_asked_for_again(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, stamps = await ready(node), node.office.signing.stamps
    secretary = await node.signed_in("secretary")
    assert (await certify(secretary, room, "secretary")).status == 204

    async def ask(_: bytes) -> bytes:
        raise TimeoutError

    monkeypatch.setattr(stamps, "_ask", ask)
    monkeypatch.setattr("meetings.sitting.signatures.SETTLED_MS", 0)
    assert (await sign(secretary, room, "secretary")).code == "timestamp-away"
    assert (await secretary.get(f"{base(room)}/signer")).body["waits"] == "stamp"
    monkeypatch.setattr(stamps, "_ask", None)
    await node.office.signatures._go_on()
    assert len(room.state.minutes.signatures) == 1
