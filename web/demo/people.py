"""Fictional people for every unit of the demonstration, and the eight who can sign in. Pure.

Given names say what they are there for: nobody is called Trưởng, Ghi or Máy by chance.
"""

from __future__ import annotations

from meetings.people.model import TWO_FACTOR, Membership, Person, PersonId, Role, Site, SiteId, Unit, UnitId

from .tree import DISTRICT, PROVINCE

__all__ = ["ACCOUNTS", "TWO_FACTOR", "people", "sites"]

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Hồ", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương")
MIDDLE = {"ong": ("Văn", "Quốc", "Đức", "Minh"), "ba": ("Thị", "Thị Thu", "Thị Mỹ", "Thị Kim")}
GIVEN = (
    "Thử", "Mẫu", "Giả", "Ví", "Dụ", "Trình", "Diễn", "Tưởng", "Định", "Phỏng", "Kiểm", "Nghiệm", "Minh", "Họa",
)  # fmt: skip
Spec = tuple[str, Role, str, str, bool]  # key, role, honorific, office, counted

DISTRICT_PEOPLE: tuple[tuple[str, str, Role, str, str, bool], ...] = (
    ("chu-tich", "Phạm Thị Thử Lan", "chair", "ba", "Chủ tịch UBND huyện", True),
    ("pho-chu-tich", "Lê Văn Thử Thành", "deputy", "ong", "Phó Chủ tịch UBND huyện", True),
    ("thu-ky", "Lê Thị Thử Thu", "secretary", "ba", "Chánh Văn phòng HĐND và UBND huyện", False),
    ("van-thu", "Trần Văn Thử Sổ", "clerk", "ong", "Văn thư UBND huyện", False),
    ("tai-chinh", "Nguyễn Thị Thử Hạnh", "member", "ba", "Trưởng phòng Tài chính - Kế hoạch", True),
    ("noi-vu", "Hoàng Văn Thử Nội", "member", "ong", "Trưởng phòng Nội vụ", True),
    ("nong-nghiep", "Võ Văn Thử Ruộng", "member", "ong", "Trưởng phòng Nông nghiệp và Môi trường", True),
    ("van-hoa", "Đặng Thị Thử Ca", "member", "ba", "Trưởng phòng Văn hóa, Khoa học và Thông tin", True),
    ("giao-duc", "Bùi Thị Thử Học", "member", "ba", "Trưởng phòng Giáo dục và Đào tạo", True),
    ("tu-phap", "Đỗ Văn Thử Luật", "member", "ong", "Trưởng phòng Tư pháp", True),
    ("thanh-tra", "Ngô Văn Thử Tra", "member", "ong", "Chánh Thanh tra huyện", True),
    ("quan-su", "Dương Văn Thử Vệ", "member", "ong", "Chỉ huy trưởng Ban Chỉ huy Quân sự huyện", True),
    ("cong-an", "Hồ Văn Thử An", "member", "ong", "Trưởng Công an huyện", True),
)
# Login, and whose it is: at most eight.
ACCOUNTS = {
    "chutich": "chu-tich", "thuky": "thu-ky", "vanthu": "van-thu", "taichinh": "tai-chinh", "noivu": "noi-vu",
    "phochutich": "pho-chu-tich", "vinho": "vinh-o-chu-tich", "kythuat": "ky-thuat",
}  # fmt: skip


def people(units: list[Unit]) -> list[tuple[Person, Membership]]:
    """Everyone with an office, in a fixed order: the same people at every start."""
    found = [
        _pair(key, name, honorific, DISTRICT, role, office, counted)
        for key, name, role, honorific, office, counted in DISTRICT_PEOPLE
    ]
    found.append(_pair("ky-thuat", "Ngô Văn Thử Máy", "ong", PROVINCE, "technician", "Kỹ thuật viên hệ thống", False))
    found.append(
        _pair("pct-tinh", "Hoàng Thị Thử Tỉnh", "ba", PROVINCE, "chair", "Phó Chủ tịch UBND tỉnh phụ trách", True)
    )
    for number, unit in enumerate(unit for unit in units if unit.tier == 3):
        found += _commune(number, unit)
    return found


def _commune(number: int, unit: Unit) -> list[tuple[Person, Membership]]:
    place = unit.name[0].lower() + unit.name[1:]
    offices: tuple[Spec, ...] = (
        ("chu-tich", "chair", "ba" if number % 3 == 0 else "ong", f"Chủ tịch UBND {place}", True),
        ("pho-chu-tich", "deputy", "ong", f"Phó Chủ tịch UBND {place}", True),
        ("thu-ky", "secretary", "ba", f"Công chức Văn phòng {place}", False),
        ("van-thu", "clerk", "ba", f"Văn thư {place}", False),
        ("uy-vien-1", "member", "ong", f"Ủy viên UBND {place}", True),
        ("uy-vien-2", "member", "ba", f"Ủy viên UBND {place}", True),
        ("ky-thuat", "technician", "ong", f"Cán bộ kỹ thuật {place}", False),
    )
    return [
        _pair(f"{unit.id}-{key}", _name(number * 7 + index, honorific), honorific, unit.id, role, office, counted)
        for index, (key, role, honorific, office, counted) in enumerate(offices)
    ]


def _name(number: int, honorific: str) -> str:
    family, middle = FAMILY[number % len(FAMILY)], MIDDLE[honorific][number // 3 % 4]
    return f"{family} {middle} {GIVEN[(number // len(FAMILY) + number) % len(GIVEN)]}"


def _pair(
    key: str, name: str, honorific: str, unit: UnitId, role: Role, office: str, counted: bool
) -> tuple[Person, Membership]:
    person = Person(PersonId(key), name, honorific)
    return person, Membership(f"o-{key}", person.id, unit, role, office, counted, "2025-01-01")


def sites(units: list[Unit]) -> list[Site]:
    """A room for the province, for Vĩnh Linh and for each of its communes."""
    found = [Site(SiteId("dc-tinh"), PROVINCE, "Điểm cầu tỉnh", "Hội trường UBND tỉnh")]
    found.append(Site(SiteId("dc-vinh-linh"), DISTRICT, "Điểm cầu Vĩnh Linh", "Phòng họp số 1, UBND huyện"))
    found += [
        Site(SiteId(f"dc-{unit.id}"), unit.id, f"Điểm cầu {unit.name[0].lower()}{unit.name[1:]}", "Phòng họp UBND")
        for unit in units
        if unit.tier == 3
    ]
    return found
