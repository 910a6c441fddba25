"""Rule sets as documents with cases of their own, taken in by units: meetings.sitting.rule_book."""

from __future__ import annotations

import pytest

from meetings.sitting import rule_book
from store import journal
from store.errors import Denied, Refused
from tests.kit.committee import DISTRICT, EAST, Committee

LAW = rule_book.shipped()[0].text
OWN = LAW.replace('id = "ubnd-2019"', 'id = "quy-che-2026"').replace('"2020-07-01"', '"2026-12-01"')
DECEMBER = 1_796_180_400_000  # 02/12/2026


def test_what_is_shipped_says_its_source_and_what_is_unsure() -> None:
    assert [document.rule.id for document in rule_book.shipped()] == ["ubnd-2019", "ubnd-2025"]
    for document in rule_book.shipped():
        assert document.rule.source and document.cases
    assert "tie" in rule_book.shipped()[0].rule.unsure and "quorum" in rule_book.shipped()[1].rule.unsure


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("majority = [1, 2]", "majority = [2, 3]", "rule-set-case"),  # its own cases catch it
        ("quorum = [2, 3]", "quorum = [1, 2]", "rule-set-case"),
        ('tie = "chair"', 'tie = "lost"', "rule-set-case"),
        ("quorum = [2, 3]", "quorum = [3, 2]", "rule-set-wrong"),
        ("quorum = [2, 3]", "quorum = [2, 0]", "rule-set-wrong"),
        ("quorum = [2, 3]", "", "rule-set-wrong"),
        ('base = "members"', 'base = "everyone"', "rule-set-wrong"),
        ('"2020-07-01"', '"1/7/2020"', "rule-set-wrong"),
        ('unsure = ["majority"', 'unsure = ["nothing"', "rule-set-wrong"),
        ('id = "ubnd-2019"', 'id = "Ủy ban"', "rule-set-wrong"),
        ("members = 10", "members = 10_000_000", "rule-set-wrong"),
        ("changeable = true", "changeable = true\nelse = 1", "rule-set-wrong"),
        ("changeable = true", "changeable = " + "[" * 5000, "rule-set-wrong"),
    ],
)
def test_a_document_that_is_wrong_is_refused(old: str, new: str, code: str) -> None:
    assert old in LAW
    with pytest.raises(Refused, match=code):
        rule_book.read(LAW.replace(old, new))


def test_a_document_without_cases_is_refused() -> None:
    with pytest.raises(Refused, match="rule-set-cases-needed"):
        rule_book.read(LAW.partition("[[case]]")[0])
    with pytest.raises(Refused, match="field-long"):
        rule_book.read(LAW + "#" * rule_book.LARGEST)


async def test_the_rule_set_follows_the_day_and_the_unit(committee: Committee) -> None:
    technician = committee.who["technician"]
    book = rule_book.RuleBook(committee.house)
    with pytest.raises(Denied):
        await book.adopt(committee.who["member1"], DISTRICT, OWN)
    with pytest.raises(Denied):
        await book.adopt(technician, DISTRICT, OWN)  # what is lawful is no technician's business
    await book.adopt(committee.who["chair"], DISTRICT, OWN)
    await book.adopt(committee.who["chair"], DISTRICT, OWN)  # the same again changes nothing
    with pytest.raises(Refused, match="rule-set-exists"):
        await book.adopt(committee.who["chair"], DISTRICT, OWN.replace("2026-12-01", "2027-01-01"))

    async def on(unit: str, day: str) -> str:
        return (await committee.house.read(rule_book.in_force, unit, day)).id

    assert await on(DISTRICT, "2025-06-30") == "ubnd-2019" and await on(DISTRICT, "2026-11-30") == "ubnd-2025"
    assert await on(DISTRICT, "2026-12-01") == "quy-che-2026" and await on(EAST, "2026-12-01") == "ubnd-2025"
    with pytest.raises(Refused, match="no-rule-set"):
        await on(EAST, "2000-01-01")
    listed = await book.listed(committee.who["secretary"], DISTRICT)
    assert [(one.rule.id, one.own, one.in_force) for one in listed] == [
        ("quy-che-2026", True, False), ("ubnd-2025", False, True), ("ubnd-2019", False, False),
    ]  # fmt: skip
    [event] = await committee.house.read(journal.read, f"unit:{DISTRICT}")
    assert event.kind == "rule-set-adopted" and event.body is not None and event.body["rule"]["id"] == "quy-che-2026"


async def test_a_sitting_keeps_the_rules_it_was_convened_under(committee: Committee) -> None:
    before = await committee.rooms.get(await committee.plan(begins=DECEMBER))
    await rule_book.RuleBook(committee.house).adopt(committee.who["chair"], DISTRICT, OWN)
    after = await committee.rooms.get(await committee.plan(begins=DECEMBER))
    assert (before.state.rule.id, after.state.rule.id) == ("ubnd-2025", "quy-che-2026")


async def test_who_is_a_member_is_asked_as_of_the_sittings_day(committee: Committee) -> None:
    today = await committee.rooms.get(await committee.plan())
    await committee.people.end_office(committee.who["technician"], "m-member9")
    later = await committee.rooms.get(await committee.plan(begins=DECEMBER))
    assert "member9" in today.state.entitled and len(today.state.entitled) == 11
    assert "member9" not in later.state.entitled and len(later.state.entitled) == 10


async def test_only_offices_that_the_rules_name_are_counted(committee: Committee) -> None:
    fewer = OWN.replace('"deputy", ', "")
    await rule_book.RuleBook(committee.house).adopt(committee.who["chair"], DISTRICT, fewer)
    room = await committee.rooms.get(await committee.plan(begins=DECEMBER))
    assert "deputy" not in room.state.entitled and "chair" in room.state.entitled
