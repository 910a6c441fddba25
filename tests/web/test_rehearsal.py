"""A rehearsal over HTTP and channels: sites hear that they are rung and answer once; only who may sees what they found.

web.routes.rehearsals, web.readiness, web.trials, meetings.sitting.rehearsal
"""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from meetings.load import film
from meetings.load.crowd import Crowd
from meetings.load.peer import Peer
from meetings.people.rights import Principal
from meetings.relay.control import Policy
from meetings.relay.dtls import new_certificate
from meetings.relay.fleet import Fleet
from meetings.sitting import commands as c
from meetings.sitting.room import Room
from store.errors import Malformed, Refused
from tests.kit.media import Worker, until
from tests.kit.node import Node
from tests.meetings.sitting.test_rehearsal import GOOD
from web import trials
from web.trials import TrialDesk

CHECK: dict[str, Any] = msgspec.to_builtins(GOOD)
SITE = "site-district"


async def released(node: Node) -> Room:
    room = await node.planned()
    await room.ask(node.committee.who["secretary"], c.Release(3))
    return room


async def test_a_site_is_rung_answers_and_is_rung_no_more(node: Node) -> None:
    room, secretary = await released(node), await node.signed_in("secretary")
    site = await node.browser()
    async with site.channel(await node.enrol(SITE)) as wall, secretary.channel() as desk:
        assert (await wall.ask("site-sittings", "site-sittings"))["waited"] == []
        assert (await desk.do(room.sitting, {"kind": "ring-sites"}, "c1"))["type"] == "done"
        assert (await wall.ask("site-sittings", "site-sittings"))["waited"] == [room.sitting]
        shown = await secretary.get(f"/api/sittings/{room.sitting}/rehearsal")
        assert {one["site"]: one["step"] for one in shown.body["sites"]}[SITE] == "waiting"
        report = {"kind": "report-check", "check": {**CHECK, "camera": "none"}}
        assert (await wall.do(room.sitting, report, "c2"))["type"] == "done"
        assert (await wall.ask("site-sittings", "site-sittings"))["waited"] == []
        shown = await secretary.get(f"/api/sittings/{room.sitting}/rehearsal")
        [row] = [one for one in shown.body["sites"] if one["site"] == SITE]
        assert row["step"] == "bad" and row["findings"][0]["code"] == "camera-none" and row["checked"]
        assert {one["step"] for one in shown.body["sites"] if one["site"] != SITE} <= {"unenrolled"}


async def test_what_was_found_outlives_the_process_that_heard_it(node: Node) -> None:
    room = await released(node)
    await room.ask(node.committee.who["secretary"], c.RingSites())
    await room.ask(Principal("site", SITE), c.ReportCheck(GOOD))
    await node.office.rooms.close()  # as after a restart: the next who asks folds the journal anew
    again = await node.office.rooms.get(room.sitting)
    assert again is not room and again.state.checks[SITE].check == GOOD


async def test_only_a_site_reports_and_only_those_who_prepare_ring(node: Node) -> None:
    room = await released(node)
    for person, command, code in (
        ("member1", {"kind": "ring-sites"}, "no-right"),
        ("secretary", {"kind": "report-check", "check": CHECK}, "no-right"),
    ):
        async with (await node.signed_in(person)).channel() as line:
            assert (await line.do(room.sitting, command, f"c-{person}"))["code"] == code
    async with (await node.signed_in("technician")).channel() as line:
        assert (await line.do(room.sitting, {"kind": "ring-sites"}, "c-technician"))["type"] == "done"


async def test_nobody_else_is_told_what_a_site_found(node: Node) -> None:
    room = await released(node)
    async with (await node.signed_in("member1")).channel() as member:
        await member.ask("watch", "told", sitting=room.sitting)
        await room.ask(node.committee.who["secretary"], c.RingSites())
        told = await member.hear("told")
        await room.ask(Principal("site", SITE), c.ReportCheck(GOOD))
        told["events"] += (await member.hear("told"))["events"]
    assert [(one["kind"], one["body"]) for one in told["events"]] == [("withheld", None)] * 2


@pytest.mark.parametrize("wrong", [{"rtt": -1}, {"camera": "fine"}, {"clock_ms": 2**60}, {"more": 1}])
async def test_a_report_of_the_wrong_shape_changes_nothing(node: Node, wrong: dict[str, Any]) -> None:
    room = await released(node)
    await room.ask(node.committee.who["secretary"], c.RingSites())
    answer = await (await node.browser()).post("/api/check", {"check": {**CHECK, **wrong}})
    assert answer.status == 400 and not room.state.checks
    site = await node.browser()
    async with site.channel(await node.enrol(SITE)) as wall:
        refused = await wall.do(room.sitting, {"kind": "report-check", "check": {**CHECK, **wrong}}, "c1")
        assert refused["type"] == "refused" and not room.state.checks


async def test_a_technician_finds_coming_sittings_and_prints_the_sheet(node: Node) -> None:
    room, technician = await released(node), await node.signed_in("technician")
    await node.planned()
    found = (await technician.get("/api/rehearsals")).body
    assert [one["id"] for one in found] == [room.sitting]
    await room.ask(node.committee.who["secretary"], c.RingSites())
    await room.ask(Principal("site", SITE), c.ReportCheck(GOOD))
    answer = await technician.get(f"/api/sittings/{room.sitting}/rehearsal.pdf")
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert room.names[SITE] in text and "Chưa gắn máy" in text and "NGƯỜI KIỂM TRA" in text


async def test_a_check_is_put_into_words_and_kept_nowhere(node: Node) -> None:
    answer = await (await node.browser()).post("/api/check", {"check": {**CHECK, "link": "tcp"}, "line": "256k"})
    assert [one["code"] for one in answer.body if one["verdict"] != "good"] == ["line-tcp"]


# ── the line is tried ──


class Told(Fleet):
    """A fleet that writes down what it is told, for what needs no packets."""

    def __init__(self) -> None:
        super().__init__(())
        self.policies: list[Policy] = []
        self.left: list[str] = []
        self.fault: Exception | None = None

    async def steer(self, policy: Policy) -> None:
        self.policies.append(policy)

    async def join(self, room: str, endpoint: str, offer: str, mosaic: int = 0) -> str:
        if self.fault is not None:
            raise self.fault
        return "answer"

    async def leave(self, room: str, endpoint: str) -> None:
        self.left.append(endpoint)


async def test_so_many_try_at_a_time_and_each_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "LONGEST_S", 0.05)
    fleet = Told()
    desk = TrialDesk(fleet)
    people = [Principal("site", f"s{number}") for number in range(trials.MOST + 1)]
    for who in people[:-1]:
        assert await desk.offer(who, "t", "offer") == "answer"
    with pytest.raises(Refused, match="trial-busy"):
        await desk.offer(people[-1], "t", "offer")
    assert await desk.offer(people[0], "again", "offer") == "answer"  # its own place, anew
    await until(lambda: len(fleet.left) == trials.MOST + 1, what="the end of all tries")
    assert await desk.offer(people[-1], "t", "offer") == "answer"
    await desk.close()


async def test_a_try_that_fails_or_ends_leaves_nothing_behind() -> None:
    fleet, who = Told(), Principal("person", "p")
    desk = TrialDesk(fleet)
    fleet.fault = Malformed("offer")
    with pytest.raises(Malformed):
        await desk.offer(who, "t", "nonsense")
    assert fleet.policies[-1] == Policy(fleet.policies[-1].room, (), None)
    fleet.fault = None
    await desk.offer(who, "t", "offer")
    await desk.end(who, "of another window")
    assert fleet.left == ["p#trial"]
    await desk.end(who, "t")
    await desk.end(who)
    assert fleet.left == ["p#trial", "p#trial"] and not fleet.policies[-1].echo


async def test_who_tries_gets_back_what_was_sent_and_nobody_elses(node: Node) -> None:
    relay = Worker(node.settings.relay_sockets[0])
    relay.start()
    await until(lambda: node.office.relay.there == 1, what="the relay")

    async def join(number: int, peer: Peer) -> None:
        await peer.connect(await node.office.trials.offer(Principal("site", f"s{number}"), "t", peer.offer()))

    crowd = Crowd(join, careful=0)
    try:
        sends, silent = (Peer(new_certificate(), films, 1, 1) for films in ([film.make("low")], []))
        joined = await crowd.enter([sends, silent], 0)
        assert not any(one.fault for one in joined)
        own, others = crowd.counts[sends].packets, crowd.counts[silent].packets
        await until(lambda: min(own.values()) > 20, what="what was sent, come back")
        assert not any(others.values())
    finally:
        await crowd.close()
        await relay.close()


async def test_a_try_ends_when_asked_or_when_nobody_is_there_any_more(node: Node) -> None:
    fleet = Told()
    node.office.trials._relay = fleet
    member = await node.signed_in("member1")
    async with member.channel() as other:
        async with member.channel() as line:
            answer = await line.ask("trial-offer", "media-answer", id="t", sdp="offer")
            assert answer == {"type": "media-answer", "id": "t", "sdp": "answer"}
            await line.say("trial-end", id="t")
            await line.ask("ping", "pong", t=1)
            assert fleet.left == ["member1#trial"]
            await line.ask("trial-offer", "media-answer", id="u", sdp="offer")
        await other.ask("ping", "pong", t=1)
        assert len(fleet.left) == 1  # another window of the same person is there
    await until(lambda: len(fleet.left) == 2, what="the end of the try")


async def test_who_becomes_someone_else_leaves_no_try_behind(node: Node) -> None:
    fleet = Told()
    node.office.trials._relay = fleet
    async with (await node.signed_in("member1")).channel() as line:
        await line.ask("trial-offer", "media-answer", id="t", sdp="offer")
        await line.ask("hello", "welcome", v=1, site=await node.enrol(SITE))
        assert fleet.left == ["member1#trial"]


async def test_people_leave_room_for_a_sittings_sites() -> None:
    desk = TrialDesk(Told(), "H264")
    for number in range(trials.MOST_PEOPLE):
        await desk.offer(Principal("person", f"p{number}"), "t", "offer")
    with pytest.raises(Refused, match="trial-busy"):
        await desk.offer(Principal("person", "p"), "t", "offer")
    await desk.offer(Principal("site", "s"), "t", "offer")
    assert {policy.codec for policy in desk._relay.policies} == {"H264"}  # type: ignore[attr-defined]
    ending = [trial.ending for trial in desk._trying.values()]
    await desk.close()
    assert all(task.cancelled() for task in ending)


async def test_the_certificate_is_held_against_the_day_of_the_sitting(node: Node) -> None:
    room = await released(node)
    await node.enrol(SITE)
    await room.ask(Principal("person", "secretary"), c.RingSites(), trusted=True)
    await room.ask(Principal("site", SITE), c.ReportCheck(GOOD))
    node.office._ends = room.state.begins + 1
    secretary = await node.signed_in("secretary")
    [row] = [
        one for one in (await secretary.get(f"/api/sittings/{room.sitting}/rehearsal")).body["sites"] if one["findings"]
    ]
    assert row["findings"][-1]["code"] == "certificate-soon" and row["step"] == "warn"


async def test_the_next_sittings_are_listed_however_many_are_planned_later(node: Node) -> None:
    room = await released(node)
    for number in range(1, 4):
        await node.planned(begins=room.state.begins + number)
    later = await released(node)
    found = (await (await node.signed_in("technician")).get("/api/rehearsals")).body
    assert [one["id"] for one in found] == [room.sitting, later.sitting]
