"""Opinion ballots from the question to the sheet and the next sitting's agenda.

meetings.opinion.model, meetings.opinion.records, meetings.opinion.actions, web.routes.opinions, over a real node.
"""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import AsyncIterator

import pypdf
import pytest
from msgspec.structs import replace

from documents.actions import NOTHING_SAID
from meetings.opinion import model
from meetings.opinion.actions import NewOpinion
from meetings.opinion.model import Opinion
from meetings.sitting import rule_book
from store import journal
from store.chain import Head
from store.errors import Denied, Missing, Refused
from tests.kit.committee import DISTRICT
from tests.kit.node import Node, pdf

RULE = rule_book.shipped()[0].rule
HOUR_MS = 3_600_000


def asked(members: int = 10, **rule: object) -> Opinion:
    electorate = ("chair", *(f"m{n}" for n in range(1, members)))
    opened = model.Opened("Việc", "u", "Nội dung", "urgent", replace(RULE, **rule), electorate, "chair", 1000)
    return model.evolve(Opinion(id="o"), opened, 1)


def answered(state: Opinion, **choices: str) -> Opinion:
    for person, choice in choices.items():
        for happening in model.give(state, person, choice, "", 10):
            state = model.evolve(state, happening, 10)
    return state


def result_of(state: Opinion) -> tuple[bool, bool, int]:
    [closed] = model.close(state)
    assert isinstance(closed, model.Closed)
    return closed.result.passed, closed.result.by_chair, closed.result.unheard


def test_the_majority_is_that_of_all_members() -> None:
    five = {f"m{n}": "for" for n in range(1, 6)}
    assert result_of(answered(asked(), **five)) == (False, False, 5)
    assert result_of(answered(asked(), **five, chair="for")) == (True, False, 4)
    against = {f"m{n}": "against" for n in range(6, 10)}
    assert result_of(answered(asked(), **five, **against, chair="against")) == (False, True, 0)


def test_what_may_be_asked_in_writing_is_data() -> None:
    with pytest.raises(Refused, match="opinions-none"):
        model.demand_allowed(replace(RULE, opinion_ballots="none"), "urgent")
    with pytest.raises(Refused, match="opinions-urgent"):
        model.demand_allowed(RULE, "other")
    model.demand_allowed(replace(RULE, opinion_ballots="any"), "other")
    model.demand_allowed(RULE, "undisputed")


def test_an_answer_is_given_in_time_by_who_was_asked() -> None:
    state = answered(asked(), m1="for")
    assert model.give(state, "m1", "for", "", 10) == [] and model.give(state, "m1", "against", "Vì…", 10)
    for person, choice, now, code in (("m2", "yes", 10, "field-wrong"), ("m2", "for", 1000, "opinion-closed")):
        with pytest.raises(Refused, match=code):
            model.give(state, person, choice, "", now)
    with pytest.raises(Denied):
        model.give(state, "stranger", "for", "", 10)
    with pytest.raises(Refused, match="voted-already"):
        model.give(answered(asked(changeable=False), m1="for"), "m1", "against", "", 10)
    assert state.is_due(1000) and not state.is_due(999) and len(state.missing) == 9


async def put(node: Node, deadline_ms: int = HOUR_MS) -> str:
    given = NewOpinion(
        str(uuid.uuid4()), DISTRICT, "Sửa cầu", "Đồng ý sửa cầu?", "urgent", node.office.house.now_ms() + deadline_ms
    )  # fmt: skip
    opinion = await node.office.opinions.put(node.committee.who["secretary"], given)
    assert await node.office.opinions.put(node.committee.who["secretary"], given) == opinion  # a retry puts it once
    return opinion


def test_who_has_not_answered_is_reminded_once_in_the_last_day() -> None:
    day = model.REMIND_MS
    state = replace(asked(), deadline=3 * day)
    assert model.remind_in_time(state, 2 * day - 1) == model.remind_in_time(state, 3 * day) == []
    [reminded] = model.remind_in_time(answered(state, m1="for"), 2 * day)
    assert isinstance(reminded, model.Reminded) and "m1" not in reminded.people and len(reminded.people) == 9
    assert model.remind_in_time(model.evolve(state, reminded, 2 * day), 2 * day + 1) == []


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_from_the_question_to_the_next_sitting(node: Node) -> None:
    opinions, who = node.office.opinions, node.committee.who
    opinion = await put(node)
    await opinions.add_paper(who["secretary"], opinion, "Tờ trình", once(pdf(1, "Cầu")), 1_000_000, NOTHING_SAID)
    members = ["chair", "deputy", *(f"member{n}" for n in range(1, 10))]
    for person in members[:-1]:
        await opinions.give(who[person], opinion, "for", "Nên làm sớm" if person == "member1" else "")
    with pytest.raises(Refused, match="already-released"):
        await opinions.add_paper(who["secretary"], opinion, "Muộn", once(pdf(1, "M")), 1_000_000, NOTHING_SAID)
    with pytest.raises(Refused, match="opinion-open"):
        await opinions.count(who["secretary"], opinion)
    await opinions.remind(who["secretary"], opinion)
    assert await opinions.waiting(who["member1"]) == [] == await opinions.waiting(who["secretary"])
    [waits] = await opinions.waiting(who["member9"])
    assert waits.id == opinion and waits.reminded_at
    [seen] = await opinions.listed(who["member1"])
    assert seen.mine == "for" and list(seen.opinion.answers) == ["member1"], "nobody is swayed by what others said"
    [row] = await opinions.listed(who["secretary"])
    assert len(row.opinion.answers) == 10 and {one.choice for one in row.opinion.answers.values()} == {""}
    await opinions.give(who["member9"], opinion, "against", "")
    await opinions.count(who["secretary"], opinion)
    [row] = await opinions.listed(who["member1"])
    assert (
        row.opinion.result is not None
        and row.opinion.result.passed
        and row.opinion.answers["member9"].choice == "against"
    )
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(await opinions.sheet(who["member1"], opinion))).pages
    )
    for words in ("TỔNG HỢP PHIẾU LẤY Ý KIẾN", "Số: 01/PYK-UBND", "Nên làm sớm", "được thông qua"):
        assert words in text, words
    room = await node.office.rooms.get(await node.committee.plan())
    await opinions.report(who["secretary"], opinion, room.sitting)
    await opinions.report(who["secretary"], opinion, room.sitting)
    [item] = room.state.items
    assert "Sửa cầu" in item.title and [paper.item for paper in room.state.papers] == [item.id]
    assert isinstance(await node.office.house.read(journal.verify, opinion), Head)


async def test_when_its_time_is_up_it_is_counted_by_itself(node: Node) -> None:
    opinions, who = node.office.opinions, node.committee.who
    opinion = await put(node, 300)
    await opinions.give(who["member1"], opinion, "for", "")
    await asyncio.sleep(0.35)
    with pytest.raises(Refused, match="opinion-closed"):
        await opinions.give(who["member2"], opinion, "for", "")
    await opinions.count_due()
    await opinions.count_due()
    [row] = await opinions.listed(who["member2"])
    assert row.opinion.result is not None and not row.opinion.result.passed and row.opinion.result.unheard == 10
    kinds = [event.kind for event in await node.office.house.read(journal.read, opinion)]
    assert kinds.count("opinion-closed") == 1


async def test_strangers_learn_nothing(node: Node) -> None:
    opinions, who = node.office.opinions, node.committee.who
    opinion = await put(node)
    assert await opinions.listed(who["east-chair"]) == []
    for act in (
        opinions.give(who["east-chair"], opinion, "for", ""), opinions.remind(who["member1"], opinion),
        opinions.sheet(who["east-chair"], opinion), opinions.count(who["member1"], opinion),
    ):  # fmt: skip
        with pytest.raises(Denied):
            await act
    with pytest.raises(Missing):
        await opinions.paper(who["member1"], opinion, "0" * 64)
    with pytest.raises(Missing):
        await opinions.sheet(who["member1"], "none")
    late = NewOpinion(str(uuid.uuid4()), DISTRICT, "Việc", "Nội dung", "urgent", 1)
    with pytest.raises(Refused, match="deadline-past"):
        await opinions.put(who["secretary"], late)
