"""Programs of others are told what happens, signed, at hosts that the settings name: web.hook_office, web.outside."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from meetings.sitting import commands as c
from store import jobs
from store.errors import Missing, Refused
from tests.kit.node import Node, running
from tests.kit.receiver import Receiver
from web import outside


@pytest.fixture
async def node(
    tmp_path: Path, template: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Node]:
    """One that tells programs at our receiver."""
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver.authority))
    async with running(tmp_path, template, webhook_hosts=(receiver.host,)) as made:
        yield made


async def told(node: Node, receiver: Receiver, unit: str = "district") -> tuple[str, str]:
    """An integration of a unit that is told, and its secret."""
    browser = await node.signed_in("technician")
    made = await node.office.integrations.make(node.committee.who["technician"], unit, "Cổng tin", ("tree.see",))
    path = f"/api/integrations/{made.id}/webhook"
    answer = await browser.ask("PUT", path, {"url": f"https://{receiver.host}/{unit}"})
    assert answer.status == 200
    return made.id, str(answer.body["secret"])


async def arrived(receiver: Receiver, count: int) -> list[tuple[str, dict[str, str], bytes]]:
    for _ in range(400):
        if len(receiver.got) >= count:
            break
        await asyncio.sleep(0.05)
    got, receiver.got = receiver.got, []
    return got


async def waiting(node: Node) -> int:
    rows = await node.office.house.read(lambda conn: conn.execute(jobs.jobs.select()).all())
    return sum(row.kind == "webhook" for row in rows)


async def test_a_program_is_told_what_happens_at_its_unit_and_can_prove_who_says_it(
    node: Node, receiver: Receiver
) -> None:
    _, secret = await told(node, receiver)
    await told(node, receiver, "west")  # of another unit: it hears nothing
    room = await node.opened()
    [first, second] = await arrived(receiver, 2)
    kinds = {json.loads(body)["type"] for _, _, body in (first, second)}
    assert kinds == {"sitting.released", "sitting.opened"}
    for path, headers, body in (first, second):
        assert path == "/district" and set(json.loads(body)) == {"type", "sitting", "unit", "title", "seq", "at"}
        assert json.loads(body)["sitting"] == room.sitting
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mark = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{mark}"
    assert first[1]["webhook-id"] != second[1]["webhook-id"]
    for _ in range(100):
        if not await waiting(node):
            break
        await asyncio.sleep(0.05)
    assert await waiting(node) == 0


async def test_an_opinion_ballot_is_told_to_people_and_to_no_program(node: Node, receiver: Receiver) -> None:
    await told(node, receiver)
    secretary = await node.signed_in("secretary")
    asked = {"id": str(uuid.uuid4()), "unit": "district", "title": "Việc", "text": "Nội dung", "ground": "urgent",
             "deadline": 4_000_000_000_000}  # fmt: skip
    assert (await secretary.post("/api/opinions", asked)).status == 200
    assert await waiting(node) == 0 and receiver.got == []


async def test_what_is_not_taken_is_told_again_and_what_was_withdrawn_is_not(node: Node, receiver: Receiver) -> None:
    id_, _ = await told(node, receiver)
    receiver.answers["/district"] = 503
    room = await node.opened()
    first = await arrived(receiver, 2)
    receiver.answers.clear()
    again = await arrived(receiver, 2)  # after the first delay
    assert {headers["webhook-id"] for _, headers, _ in first} == {headers["webhook-id"] for _, headers, _ in again}
    await node.office.integrations.end(node.committee.who["technician"], id_)
    await room.ask(node.committee.who["chair"], c.Close())
    await asyncio.sleep(1.5)
    assert receiver.got == [] and await waiting(node) == 0


async def test_only_hosts_of_the_settings_are_connected_to(node: Node, receiver: Receiver) -> None:
    browser = await node.signed_in("technician")
    made = await node.office.integrations.make(node.committee.who["technician"], "district", "X", ("tree.see",))
    path = f"/api/integrations/{made.id}/webhook"
    for url in ("https://evil.example/x", f"http://{receiver.host}/x", f"https://a@{receiver.host}/x",
                "https://localhost/x", f"https://{receiver.host}.evil.example/x"):  # fmt: skip
        answer = await browser.ask("PUT", path, {"url": url})
        assert answer.code in ("webhook-unknown-host", "field-wrong"), url
    assert (await browser.ask("PUT", path, {"url": "https://a\\b/"})).code == "field-wrong"
    with pytest.raises(Missing):
        await node.office.integrations.tell(node.committee.who["technician"], "none", "https://x")
    assert (await browser.ask("DELETE", path, {})).status == 204


@pytest.mark.parametrize(
    ("url", "known"),
    [("https://a.example/x", True), ("https://b.a.example/", True), ("https://aa.example/", False),
     ("https://a.example:8443/", False), ("http://a.example/", False), ("https://u@a.example/", False),
     ("https://a.example/" + "x" * 2000, False)],
)  # fmt: skip
def test_what_is_a_known_address(url: str, known: bool) -> None:
    assert outside.is_known(url, ("a.example",), "url") is known


@pytest.mark.parametrize("url", ["https://a\\b.example/", "https://a .example/", "https://[::1/", "https://ä.example/"])
def test_what_can_be_read_in_two_ways_is_none(url: str) -> None:
    with pytest.raises(Refused, match="field-wrong"):
        outside.is_known(url, ("a.example",), "url")


def test_the_body_has_no_word_of_what_was_said() -> None:
    from web.hook_office import Happened

    assert [field.name for field in msgspec.structs.fields(Happened)] == [
        "type",
        "sitting",
        "unit",
        "title",
        "seq",
        "at",
    ]
