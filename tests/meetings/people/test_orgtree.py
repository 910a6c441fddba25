"""The dated tree, its order, and what is refused: meetings.people.orgtree, meetings.people.model."""

from __future__ import annotations

import msgspec
import pytest

from meetings.people.model import Unit, UnitId, fold, name_key, sort_key
from meetings.people.orgtree import Act, Tree, apply, check
from store.errors import Refused
from tests.kit.committee import DISTRICT, EAST, PROVINCE, UNITS, WEST

BY_ID = {unit.id: unit for unit in UNITS}


def test_order_is_parents_first_and_siblings_as_in_a_dictionary() -> None:
    assert [unit.id for unit in Tree(UNITS, "2026-01-01")] == [PROVINCE, DISTRICT, WEST, EAST]


def test_below_is_the_unit_itself_and_everything_under_it() -> None:
    tree = Tree(UNITS, "2026-01-01")
    assert set(tree.below(DISTRICT)) == {DISTRICT, EAST, WEST}


def test_a_renamed_unit_has_its_old_name_on_old_days() -> None:
    new = msgspec.structs.replace(BY_ID[EAST], id=UnitId("east2"), code="E2", name="Xã Khác")
    after = apply(BY_ID, Act("1/NQ", "2025-06-16", "2025-07-01", "rename", (EAST,), (new,)))
    assert [u.name for u in Tree(after.values(), "2025-06-30") if u.code.startswith("E")] == ["Xã Vĩnh Ô"]
    assert [u.name for u in Tree(after.values(), "2025-07-01") if u.code.startswith("E")] == ["Xã Khác"]


@pytest.mark.parametrize(
    "act",
    [
        Act("1", "", "2025-07-01", "dissolve", (UnitId("nowhere"),)),
        Act("2", "", "2025-07-01", "found", (), (BY_ID[EAST],)),
        Act("3", "", "2025-07-01", "dissolve", (DISTRICT,)),  # its communes would hang in the air
    ],
)
def test_an_act_that_does_not_fit_is_refused(act: Act) -> None:
    with pytest.raises(Refused):
        apply(BY_ID, act)


def test_a_loop_is_refused() -> None:
    a = Unit(UnitId("a"), "a", "A", "xa", 1, UnitId("b"), "A")
    b = Unit(UnitId("b"), "b", "B", "xa", 1, UnitId("a"), "B")
    with pytest.raises(Refused):
        check([a, b])


def test_vietnamese_order_and_search() -> None:
    words = ["đào", "dạo", "dao", "dáo", "dào", "ăn", "an", "ân", "ơi", "ôi", "oi"]
    want = ["an", "ăn", "ân", "dao", "dào", "dáo", "dạo", "đào", "oi", "ôi", "ơi"]
    assert sorted(words, key=sort_key) == want
    people = ["Trần Văn Anh", "Lê Thị Bình", "Phạm Anh", "An"]
    assert sorted(people, key=name_key) == ["An", "Phạm Anh", "Trần Văn Anh", "Lê Thị Bình"]
    assert fold("Đồng Hới, ƯỠN ẸO") == "dong hoi, uon eo"
