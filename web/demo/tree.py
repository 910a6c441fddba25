"""Quảng Trị as of 1 January 2025: the units as they were named. Pure.

Districts and the communes of Vĩnh Linh are facts (domain notes in docs/admin.md); the act of 1 July 2025 for Vĩnh Linh
lies in `act-2025.json` beside this file, shipped and not applied.
"""

from __future__ import annotations

from meetings.people.model import Unit, UnitId

PROVINCE = UnitId("quang-tri")
DISTRICT = UnitId("vinh-linh")
FROM = "2025-01-01"

DISTRICTS = (
    ("dong-ha", "Thành phố Đông Hà", "thanh-pho", "Đông Hà"),
    ("thi-xa-quang-tri", "Thị xã Quảng Trị", "thi-xa", "Quảng Trị"),
    ("vinh-linh", "Huyện Vĩnh Linh", "huyen", "Vĩnh Linh"),
    ("gio-linh", "Huyện Gio Linh", "huyen", "Gio Linh"),
    ("cam-lo", "Huyện Cam Lộ", "huyen", "Cam Lộ"),
    ("trieu-phong", "Huyện Triệu Phong", "huyen", "Triệu Phong"),
    ("hai-lang", "Huyện Hải Lăng", "huyen", "Hải Lăng"),
    ("huong-hoa", "Huyện Hướng Hóa", "huyen", "Hướng Hóa"),
    ("dakrong", "Huyện Đakrông", "huyen", "Đakrông"),
    ("con-co", "Huyện đảo Cồn Cỏ", "huyen-dao", "Cồn Cỏ"),
)
TOWNS = (("ho-xa", "Hồ Xá"), ("ben-quan", "Bến Quan"), ("cua-tung", "Cửa Tùng"))
COMMUNES = (
    ("hien-thanh", "Hiền Thành"), ("kim-thach", "Kim Thạch"), ("trung-nam", "Trung Nam"), ("vinh-chap", "Vĩnh Chấp"),
    ("vinh-giang", "Vĩnh Giang"), ("vinh-ha", "Vĩnh Hà"), ("vinh-hoa", "Vĩnh Hòa"), ("vinh-khe", "Vĩnh Khê"),
    ("vinh-lam", "Vĩnh Lâm"), ("vinh-long", "Vĩnh Long"), ("vinh-o", "Vĩnh Ô"), ("vinh-son", "Vĩnh Sơn"),
    ("vinh-thai", "Vĩnh Thái"), ("vinh-thuy", "Vĩnh Thủy"), ("vinh-tu", "Vĩnh Tú"),
)  # fmt: skip


def units() -> list[Unit]:
    """Parents before children."""
    found = [Unit(PROVINCE, "qt", "Tỉnh Quảng Trị", "tinh", 1, None, "Quảng Trị", valid_from=FROM)]
    found += [
        Unit(UnitId(key), f"qt-{key}", name, kind, 2, PROVINCE, place, valid_from=FROM)
        for key, name, kind, place in DISTRICTS
    ]
    found += [_commune(key, f"Thị trấn {name}", "thi-tran", name) for key, name in TOWNS]
    found += [_commune(key, f"Xã {name}", "xa", name) for key, name in COMMUNES]
    return found


def _commune(key: str, name: str, kind: str, place: str) -> Unit:
    return Unit(UnitId(key), f"qt-vl-{key}", name, kind, 3, DISTRICT, place, valid_from=FROM)
