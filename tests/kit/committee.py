"""A small committee for tests: a province with a district and two communes, eleven members, a guest of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from meetings.house import SYSTEM, House
from meetings.people.accounts import Accounts
from meetings.people.actions import People
from meetings.people.model import Membership, Person, PersonId, Role, Site, SiteId, Unit, UnitId
from meetings.people.rights import Principal
from meetings.sitting.actions import Plan, Sittings
from meetings.sitting.rooms import Rooms

PROVINCE, DISTRICT, EAST, WEST = (UnitId(name) for name in ("province", "district", "east", "west"))
UNITS = [
    Unit(PROVINCE, "P", "Tỉnh Thử", "tinh", 1, None, "Thử"),
    Unit(DISTRICT, "D", "Huyện Vĩnh Linh", "huyen", 2, PROVINCE, "Vĩnh Linh"),
    Unit(EAST, "E", "Xã Vĩnh Ô", "xa", 3, DISTRICT, "Vĩnh Ô"),
    Unit(WEST, "W", "Thị trấn Hồ Xá", "thi-tran", 3, DISTRICT, "Hồ Xá"),
]
OFFICES: list[tuple[str, str, UnitId, Role, bool]] = [
    ("chair", "Phạm Thị Thử", DISTRICT, "chair", True),
    ("deputy", "Lê Văn Thử", DISTRICT, "deputy", True),
    ("secretary", "Hồ Thị Ghi", DISTRICT, "secretary", False),
    ("clerk", "Trần Văn Số", DISTRICT, "clerk", False),
    ("technician", "Ngô Văn Máy", PROVINCE, "technician", False),
    *((f"member{n}", f"Nguyễn Văn Thứ {n}", DISTRICT, "member", True) for n in range(1, 10)),
    ("east-chair", "Đỗ Thị Đông", EAST, "chair", True),
    ("west-chair", "Bùi Văn Tây", WEST, "chair", True),
]  # fmt: skip
SITES = [Site(SiteId(f"site-{u}"), u, f"Điểm cầu {u}", "Phòng họp") for u in (PROVINCE, DISTRICT, EAST, WEST)]


@dataclass
class Committee:
    house: House
    accounts: Accounts
    people: People
    sittings: Sittings
    rooms: Rooms
    who: dict[str, Principal] = field(default_factory=dict)

    async def plan(self, **given: object) -> str:
        """A sitting of the district with both communes invited; returns its id."""
        plan = {
            "title": "Phiên họp thường kỳ", "unit": DISTRICT, "place": "Hội trường", "begins": 1_795_490_000_000,
            "chair": "chair", "secretary": "secretary", "clerk": "clerk", "units": (EAST, WEST),
        }  # fmt: skip
        return await self.sittings.plan(self.who["secretary"], Plan(**(plan | given)))  # type: ignore[arg-type]


async def convene(house: House) -> Committee:
    rooms = Rooms(house)
    made = Committee(house, Accounts(house), People(house), Sittings(house, rooms), rooms)
    await made.people.plant(SYSTEM, UNITS)
    pairs = [
        (Person(PersonId(key), name, "ba" if "Thị" in name else "ong"),
         Membership(f"m-{key}", PersonId(key), unit, role, f"{role} {unit}", counted))
        for key, name, unit, role, counted in OFFICES
    ]  # fmt: skip
    await made.people.put_people(SYSTEM, pairs)
    await made.people.put_sites(SYSTEM, SITES)
    made.who = {key: await made.accounts.principal(key) for key, *_ in OFFICES}
    return made
