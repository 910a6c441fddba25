"""What a monitoring system reads, and what browsers say of what they show.

web.metrics, web.routes.metrics, web.pulse, web.health
"""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from meetings.relay.control import Healths, PeerHealth, StreamHealth
from meetings.sitting import commands as c
from store.errors import Denied
from tests.kit.node import Answer, Node
from web.health import STATS_S
from web.pulse import Pulse
from web.routes import metrics
from web.wire import MediaStats

HEALTH = PeerHealth(
    "r", "site-east", True, True, 900, 12, False, rtt=40, streams=(StreamHealth("video", 800, 12, 3, 3, 400),)
)


def values(answer: Answer) -> dict[tuple[str, ...], float]:
    """By name and labels, these in the order of their names."""
    assert answer.status == 200
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(answer.data.decode())
        for one in family.samples
    }


async def test_a_node_tells_its_numbers(node: Node) -> None:
    room = await node.opened()
    browser = await node.browser()
    there = msgspec.structs.replace(HEALTH, room=room.sitting)
    node.office.health.replace([there, HEALTH], 1000)  # of the other sitting nobody knows
    read = values(await browser.get("/metrics"))
    assert read["bacap_sittings", "open"] == 1
    assert read["bacap_relays",] == 0
    assert read["bacap_recordings",] == 0
    assert read["bacap_site_video_kbit", "site-east", room.sitting] == 900
    assert read["bacap_stream_loss", "site-east", room.sitting, "video"] == 12
    assert read["bacap_loop_late_seconds", "0.99"] >= 0
    await room.ask(node.committee.who["chair"], c.StartRecording("r1"))
    assert values(await browser.get("/metrics"))["bacap_recordings",] == 1
    await room.ask(node.committee.who["chair"], c.StopRecording())


async def test_people_are_not_named(node: Node) -> None:
    room = await node.opened()
    people = [PeerHealth(room.sitting, name, True, True, 1, 0, False) for name in ("site-east", "member1")]
    node.office.health.replace(people, 1000)
    told = (await (await node.browser()).get("/metrics")).data
    assert b"site-east" in told
    assert b"member1" not in told


async def test_from_elsewhere_it_wants_the_token() -> None:
    def call(remote: str, token: str, given: str) -> Any:
        request = SimpleNamespace(remote=remote, headers={"Authorization": given} if given else {})
        return SimpleNamespace(office=SimpleNamespace(settings=SimpleNamespace(metrics_token=token)), request=request)

    for remote, token, given in (
        ("10.0.0.9", "", ""), ("10.0.0.9", "", "Bearer "), ("10.0.0.9", "a", "Bearer b"), ("10.0.0.9", "a", ""),
    ):  # fmt: skip
        with pytest.raises(Denied):
            await metrics.read(call(remote, token, given))


async def test_what_a_browser_says_is_shown_for_a_while(node: Node) -> None:
    board = node.office.health
    said = MediaStats("r", 3, 1200, 40)
    board.note("site-east", said, 999)  # nothing of it was heard of yet
    board.replace([HEALTH], 1000)
    assert board.reports()[0].health.freezes == 0
    board.note("site-east", said, 1000)
    board.note("site-east", MediaStats("another", 9, 9, 9), 1000)
    board.replace([HEALTH], 1001)
    [report] = board.reports()
    assert (report.health.freezes, report.health.frozen_ms, report.health.concealed) == (3, 1200, 40)
    board.replace([HEALTH], 1000 + STATS_S)
    assert board.reports()[0].health.freezes == 0
    board.forget("r", "site-east")
    assert board.reports() == []


async def test_a_browser_says_so_over_the_channel(node: Node) -> None:
    room, credential = await node.opened(), await node.enrol("site-east")
    browser, there = await node.browser(), msgspec.structs.replace(HEALTH, room=room.sitting)
    node.office.media._hear(Healths((there,)))
    async with browser.channel(credential) as line:
        await line.say("media-stats", sitting=room.sitting, freezes=2, frozen_ms=500, concealed=7)
        await line.ask("ping", "pong", t=1)
        node.office.media._hear(Healths((there,)))
        assert node.office.health.reports()[0].health.freezes == 2
        await line.say("media-stats", sitting=room.sitting, freezes=-1, frozen_ms=0, concealed=0)
        assert (await line.hear("refused"))["code"] == "body"


async def test_the_pulse_tells_how_late_the_loop_is() -> None:
    pulse = Pulse()
    assert pulse.late(0.99) == 0
    pulse.start()
    await asyncio.sleep(0.12)
    time.sleep(0.3)
    await asyncio.sleep(0.12)
    await pulse.close()
    assert pulse.late(1.0) > 0.2
