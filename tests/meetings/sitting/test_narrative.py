"""The first draft of minutes, told from the journal in numbers and times: meetings.sitting.narrative."""

import pytest

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting import narrative, rule_book, rules
from meetings.sitting.evolve import evolve
from meetings.sitting.rules import Choice
from meetings.sitting.screen import Card
from meetings.sitting.state import State
from tests.kit.played import Played

RULE = rule_book.shipped()[-1].rule
BEGIN, MINUTE = 1_770_170_400_000, 60_000  # 9 giờ 00 phút, ngày 04 tháng 02 năm 2026
ROLES: dict[str, e.SeatRole] = {"lan": "chair", "ghi": "secretary", "thu": "member", "vang": "member", "moi": "guest",
                                "khuyet": "guest"}  # fmt: skip
CARDS = {
    "lan": Card("Phạm Thị Lan", "ba", "Chủ tịch", "Huyện"), "ghi": Card("Hồ Thị Ghi", "ba", "Chánh Văn phòng", "Huyện"),
    "thu": Card("Lê Văn Thứ", "ong", "Trưởng phòng", "Huyện"), "vang": Card("Bùi Văn Vắng", "", "", "Huyện"),
    "moi": Card("Đỗ Thị Mời", "ba", "Chủ tịch xã", "Xã"), "khuyet": Card("Võ Văn Khuyết", "ong", "Chủ tịch xã", "Xã"),
}  # fmt: skip
ROOMS = {"s-huyen": "Điểm cầu huyện", "s-xa": "Điểm cầu xã", "s-tat": "Điểm cầu tắt máy"}


def drafted(*happened: e.AnyHappening) -> narrative.MinutesText:
    """The draft of a sitting of two present members, in which HAPPENED, a minute apart."""
    seats = tuple(e.Seat(key, f"m-{key}", "d", role, role in ("chair", "member")) for key, role in ROLES.items())
    rooms = tuple(e.Room(site, "d") for site in ROOMS)
    before: list[e.AnyHappening] = [
        e.Planned("Phiên họp tháng 02", "d", "Phòng họp số 1", BEGIN, RULE, seats, rooms),
        e.ItemAdded("i1", "Ngân sách", 10, "thu", "Thông qua?", False), e.Released(), e.Opened(), e.SiteJoined("s-xa"),
        e.CheckedIn("lan", "s-huyen", "self"), e.CheckedIn("thu", "s-huyen", "self"),
        e.CheckedIn("moi", "s-xa", "self"), e.ItemOpened("i1"),
    ]  # fmt: skip
    state, told = State(id="s"), []
    for number, one in enumerate([*before, *happened, e.Closed()]):
        at = BEGIN if number < len(before) else BEGIN + (number - len(before) + 1) * MINUTE
        state = evolve(state, one, at)
        told.append((state.seq, at, one))
    return narrative.draft(state, told, CARDS, ROOMS)


def voted(votes: dict[str, Choice]) -> list[e.AnyHappening]:
    return [e.VoteOpened("b", "i1", "Thông qua?", ("lan", "thu", "vang")), e.VoteClosed("b", counted(3, votes))]


def counted(members: int, votes: dict[str, Choice]) -> rules.Result:
    chosen = {person: (choice,) for person, choice in votes.items()}
    poll = rules.Poll((), 1, members, len(votes))
    return rules.result(RULE, poll, rules.tally(poll, chosen), len(votes), chosen["lan"])


def test_the_draft_says_who_was_there_and_who_was_not() -> None:
    made = drafted(e.CheckedOut("thu"))
    assert made.subject == "Phiên họp tháng 02" and made.begun == "09 giờ 00 phút, ngày 04 tháng 02 năm 2026"
    assert made.ended == "Cuộc họp kết thúc vào 09 giờ 02 phút, ngày 04 tháng 02 năm 2026"
    assert made.attendance == (
        "Thành viên Ủy ban nhân dân có mặt 2 trên tổng số 3 thành viên:",
        "Bà Phạm Thị Lan, Chủ tịch;",
        "Ông Lê Văn Thứ, Trưởng phòng;",  # who left early was there
        "Vắng mặt: Bùi Văn Vắng.",
        "Đại biểu mời: Bà Đỗ Thị Mời, Chủ tịch xã.",
    )
    assert (made.chair, made.secretary) == ("Bà Phạm Thị Lan, Chủ tịch", "Bà Hồ Thị Ghi, Chánh Văn phòng")


def test_the_draft_names_the_rooms_that_were_linked_and_no_other() -> None:
    venue = drafted().venue
    assert venue.startswith("Phòng họp số 1") and "Điểm cầu xã" in venue
    assert "Điểm cầu tắt máy" not in venue, "nobody was there, and it never joined"


def test_what_was_said_in_one_item_is_of_that_item_though_the_next_began_in_the_same_moment() -> None:
    made = Played().opened().do("secretary", c.AddItem("k", "Kín", closed=True), c.OpenItem("k"))
    at = made.at
    made.do("chair", c.GiveFloor("a"), c.EndFloor()).do("secretary", c.OpenItem("i1"))
    told = [(seq, min(seq * 1000, at), one) for seq, one in enumerate(made.happenings, 1)]
    cards = {"a": Card("Ánh", "", "", "")}
    said = {item: "Ánh phát biểu ý kiến." in narrative.course_of(made.state, told, cards, item) for item in ("k", "i1")}
    assert said == {"k": True, "i1": False}


def test_the_draft_tells_the_course_in_order_with_votes_in_numbers() -> None:
    course = drafted(
        e.FloorGiven("thu", "s-huyen"), *voted({"lan": "for", "thu": "for"}), e.Concluded("i1", "Thống nhất.")
    ).course
    assert course[0] == "1. Ngân sách. (Bắt đầu lúc 09 giờ 00 phút.)"
    assert course[1] == "Ông Lê Văn Thứ, Trưởng phòng phát biểu ý kiến."
    assert course[2].startswith("Biểu quyết công khai lúc 09 giờ 03 phút về: “Thông qua?”")
    assert "tán thành 2, không tán thành 0, không biểu quyết 0, có mặt không cho ý kiến 0, vắng mặt 1" in course[2]
    assert "cần 2 trên tổng số 3 thành viên; nội dung được thông qua" in course[2] and "ngang nhau" not in course[2]
    assert course[3] == "Kết luận của chủ tọa: Thống nhất." and len(course) == 4


@pytest.mark.parametrize(
    ("choice", "outcome"), [("for", "nội dung được thông qua"), ("against", "không được thông qua")]
)
def test_a_tie_is_told_with_how_it_was_decided(choice: Choice, outcome: str) -> None:
    other: Choice = "against" if choice == "for" else "for"
    outcome_ = counted(2, {"lan": choice, "thu": other})
    line = drafted(e.VoteOpened("b", "i1", "Thông qua?", ("lan", "thu")), e.VoteClosed("b", outcome_)).course[-1]
    assert (
        "số phiếu hai bên ngang nhau, quyết định theo ý kiến bên có biểu quyết của chủ tọa" in line and outcome in line
    )


def test_days_and_months_are_written_as_decree_30_has_them() -> None:
    assert narrative.date(BEGIN) == "ngày 04 tháng 02 năm 2026"
    assert narrative.date(BEGIN + 27 * 86_400_000) == "ngày 03 tháng 3 năm 2026"
    assert narrative.date(BEGIN + 260 * 86_400_000) == "ngày 22 tháng 10 năm 2026"
    assert narrative.hour(BEGIN + 15 * 60 * MINUTE) == "00 giờ 00 phút" and narrative.title(None) == ""


def test_text_is_kept_tidy() -> None:
    made = drafted()
    from msgspec.structs import replace

    odd = replace(made, subject="  Ho\u0323p  ", course=("", "  a ", "\n"), recipients=(" ",))
    kept = narrative.tidied(odd)
    assert (kept.subject, kept.course, kept.recipients) == ("Họp", ("a",), ())
