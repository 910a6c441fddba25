"""Tree, people and sites as they are changed: meetings.people.actions, records, house."""

from __future__ import annotations

import pytest

from meetings.house import INSTALLATION
from meetings.people import records  # noqa: F401  (named here as the file it is the test of)
from meetings.people.orgtree import Act
from store import journal
from store.chain import Head
from store.errors import Denied, Refused
from tests.kit.committee import DISTRICT, EAST, PROVINCE, UNITS, WEST, Committee


async def test_every_administrative_act_is_in_the_journal(committee: Committee) -> None:
    technician = committee.who["technician"]
    unit = await committee.people.add_unit(technician, DISTRICT, "  Xã   Vĩnh Tú ", "xa", "")
    assert (unit.name, unit.tier, unit.place) == ("Xã Vĩnh Tú", 3, "Vĩnh Tú")
    technician = await committee.accounts.principal("technician")  # as the next request will find them
    await committee.people.add_person(technician, unit.id, "Lê Thị Thử", "ba", "member", "Ủy viên", True)
    site = await committee.people.add_site(technician, unit.id, "Điểm cầu Vĩnh Tú", "Hội trường")
    await committee.people.issue_code(technician, site.id)
    kinds = [event.kind for event in await committee.people.acts(technician)]
    assert kinds[:4] == ["site-code-issued", "site-put", "office-given", "unit-put"]
    assert isinstance(await committee.house.read(journal.verify, INSTALLATION), Head)


async def test_who_lacks_the_right_changes_nothing(committee: Committee) -> None:
    for key in ("member1", "secretary", "chair"):
        with pytest.raises(Denied):
            await committee.people.add_unit(committee.who[key], DISTRICT, "Xã Lạ", "xa", "")
    assert len(list(await committee.people.tree())) == len(UNITS)


async def test_a_site_is_enrolled_once_and_can_be_revoked(committee: Committee) -> None:
    technician, people = committee.who["technician"], committee.people
    old = await people.issue_code(technician, "site-east")
    code = await people.issue_code(technician, "site-east")
    with pytest.raises(Refused):
        await people.enrol_site(old)
    enrolled = await people.enrol_site(code.lower())
    with pytest.raises(Refused):
        await people.enrol_site(code)
    principal = await people.site_principal(enrolled.credential)
    assert principal is not None and (principal.kind, principal.id) == ("site", "site-east")
    await people.revoke_site(technician, "site-east")
    assert await people.site_principal(enrolled.credential) is None


async def test_a_code_is_too_old_after_a_day(committee: Committee) -> None:
    code = await committee.people.issue_code(committee.who["technician"], "site-east")
    committee.house.world.step(25 * 3_600_000)  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        await committee.people.enrol_site(code)


async def test_an_ended_office_takes_its_rights_along(committee: Committee) -> None:
    await committee.people.end_office(committee.who["technician"], "m-secretary")
    assert not (await committee.accounts.principal("secretary")).grants


async def test_an_act_merges_units_and_the_old_stay_readable(committee: Committee) -> None:
    new = UNITS[2].__class__("new", "N", "Xã Mới", "xa", 3, DISTRICT, "Mới")  # type: ignore[arg-type]
    act = Act("1/NQ", "2026-11-01", committee.house.today(), "merge", (EAST, WEST), (new,))
    await committee.people.apply_act(committee.who["technician"], act)
    now, before = await committee.people.tree(), await committee.people.tree("2026-01-01")
    assert [unit.name for unit in now.children(DISTRICT)] == ["Xã Mới"]
    assert {unit.id for unit in before.children(DISTRICT)} == {EAST, WEST}


async def test_members_are_listed_by_given_name(committee: Committee) -> None:
    listed = await committee.people.members(committee.who["secretary"], DISTRICT)
    names = [person.name for _, person in listed]
    assert names.index("Hồ Thị Ghi") < names.index("Trần Văn Số") < names.index("Phạm Thị Thử")
    with pytest.raises(Denied):
        await committee.people.members(committee.who["east-chair"], PROVINCE)


async def test_a_name_must_be_there_and_end(committee: Committee) -> None:
    for bad in ("   ", "x" * 300):
        with pytest.raises(Refused):
            await committee.people.add_site(committee.who["technician"], EAST, bad, "Phòng")
