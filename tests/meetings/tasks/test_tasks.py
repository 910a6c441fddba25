"""Tasks handed down a three-level tree, acknowledged at each level, overdue by tier.

meetings.tasks.model, meetings.tasks.records, meetings.tasks.actions, web.routes.tasks
"""

from __future__ import annotations

import pytest

from meetings.sitting import commands as c
from meetings.sitting.room import Room
from meetings.tasks import records
from meetings.tasks.actions import NewTask, Tasks
from store import journal
from store.errors import Denied, Missing, Refused
from tests.kit.committee import DISTRICT, EAST, PROVINCE, WEST, Committee
from tests.kit.world import Fixed
from tests.meetings.sitting.test_room import opened

TASK = NewTask("t1", "Rà soát đường truyền", DISTRICT, "2026-12-10", (EAST, DISTRICT))
BELOW = NewTask("t2", "Rà soát tại xã", EAST, "2026-12-05")


async def concluded(committee: Committee) -> Room:
    room = await opened(committee)
    await room.ask(committee.who["chair"], c.OpenItem("i1"))
    await room.ask(committee.who["chair"], c.Conclude("i1", "Giao rà soát đường truyền."))
    return room


async def given(committee: Committee) -> tuple[Tasks, Room]:
    tasks, room = Tasks(committee.house, committee.rooms), await concluded(committee)
    await tasks.give(committee.who["secretary"], room.sitting, "i1", TASK)
    return tasks, room


async def test_a_conclusion_becomes_a_task_and_goes_down_the_tree(committee: Committee) -> None:
    tasks, room = await given(committee)
    who = committee.who
    await tasks.give(who["secretary"], room.sitting, "i1", TASK)  # a retry gives nothing twice
    [row] = await tasks.listed(who["chair"])
    assert (row.task.lead, row.task.supporting, row.lead_name) == (DISTRICT, (EAST,), "Huyện Vĩnh Linh")
    assert row.mine and row.gave and row.task.step == "given"
    assert [one.task.id for one in await tasks.waiting(who["secretary"])] == ["t1"], "until it is acknowledged"
    await tasks.acknowledge(who["secretary"], "t1")
    assert not await tasks.waiting(who["secretary"])
    await tasks.hand_down(who["secretary"], "t1", BELOW)
    assert [one.task.id for one in await tasks.waiting(who["east-chair"])] == ["t2"]
    [helped, below] = sorted(await tasks.listed(who["east-chair"]), key=lambda one: one.task.id)
    assert not helped.mine and below.mine and below.task.parent == "t1" and below.task.item == "i1"
    await tasks.acknowledge(who["east-chair"], "t2")
    await tasks.acknowledge(who["east-chair"], "t2")
    await tasks.report(who["east-chair"], "t2", "Đã rà soát 12 thôn.")
    for person, shown in (
        ("secretary", [("t1", "acknowledged"), ("t2", "done")]),
        ("member1", [("t1", "acknowledged")]),  # how a unit hands it on is the units' business
    ):
        rows = await tasks.of_sitting(who[person], room.sitting)
        assert [(one.task.id, one.task.step) for one in rows] == shown
    events = [event.kind for event in await committee.house.read(journal.read, f"unit:{EAST}")]
    assert events == ["task-acknowledged", "task-reported"]


async def test_only_who_answers_for_the_unit_acts_and_only_downwards(committee: Committee) -> None:
    tasks, room = await given(committee)
    who = committee.who
    for person in ("member1", "west-chair", "technician"):
        with pytest.raises(Denied):
            await tasks.acknowledge(who[person], "t1")
    with pytest.raises(Denied):
        await tasks.give(who["member1"], room.sitting, "i1", TASK)
    for wrong, code in (
        (NewTask("t3", "Ngược lên", PROVINCE, "2026-12-01"), "not-below"),
        (NewTask("t3", "Chính mình", DISTRICT, "2026-12-01"), "not-below"),
        (NewTask("t3", "Muộn hơn", WEST, "2026-12-31"), "deadline-later"),
        (NewTask("t3", "Đã qua", WEST, "2020-01-01"), "task-past"),
        (NewTask("t3", "Ngày sai", WEST, "1/12/2026"), "field-wrong"),
        (NewTask("t3", " ", WEST, "2026-12-01"), "field-needed"),
        (NewTask("t3", "Đâu đó", "nowhere", "2026-12-01"), "not-below"),
    ):
        with pytest.raises(Refused, match=code):
            await tasks.hand_down(who["secretary"], "t1", wrong)
    for lead in (PROVINCE, "nowhere"):  # a conclusion binds the unit whose sitting it was, and those below
        with pytest.raises(Refused, match="not-below"):
            await tasks.give(who["secretary"], room.sitting, "i1", NewTask("t3", "Ngược lên", lead, "2026-12-01"))
    with pytest.raises(Refused, match="no-conclusion"):
        await tasks.give(who["secretary"], room.sitting, "i2", TASK)
    with pytest.raises(Missing):
        await tasks.report(who["secretary"], "none", "x")
    await tasks.report(who["secretary"], "t1", "Xong")
    with pytest.raises(Refused, match="task-done"):
        await tasks.report(who["secretary"], "t1", "Lại")
    assert not await committee.house.read(records.exists, "t3")


async def test_who_is_behind_is_seen_tier_by_tier(committee: Committee, world: Fixed) -> None:
    tasks, _ = await given(committee)
    who = committee.who
    await tasks.hand_down(who["secretary"], "t1", BELOW)
    await tasks.hand_down(who["secretary"], "t1", NewTask("t4", "Việc khác", WEST, "2026-12-10"))
    world.step(12 * 86_400_000)  # 6 December
    tiers = await tasks.by_tier(who["chair"], DISTRICT)
    assert [(one.unit, one.tier, one.open, one.overdue, one.unacknowledged) for one in tiers] == [
        (DISTRICT, 2, 1, 0, 1), (EAST, 3, 1, 1, 1), (WEST, 3, 1, 0, 1),
    ]  # fmt: skip
    overdue = [row.task.id for row in await tasks.listed(who["chair"]) if row.overdue]
    assert overdue == ["t2"]
    with pytest.raises(Denied):
        await tasks.by_tier(who["member1"], DISTRICT)
