"""meetings.sitting.pack: papers replaced, recalled, handed out and stopped; on what a decision rests then."""

from __future__ import annotations

import pytest

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting.model import Paper
from meetings.sitting.notices import of
from meetings.sitting.screen import PaperPart, screen
from meetings.sitting.views import view_of
from store.errors import Stale
from tests.kit.played import Played, refused

OLD, NEW, NEWER = "f" * 64, "e" * 64, "d" * 64


def replaced(replaces: str = OLD, sha256: str = NEW, pages: int = 2, reason: str = "Sửa số liệu") -> c.ReplacePaper:
    return c.ReplacePaper("p1", replaces, sha256, pages, 50, reason)


def paper(made: Played) -> Paper:
    found = made.state.find_paper("p1")
    assert found is not None
    return found


def shown_to(made: Played, who: str) -> PaperPart:
    [part] = [one for one in screen(made.state, view_of(made.state, who), {}, {}).agenda[0].papers if one.id == "p1"]
    return part


def draft() -> Played:
    return Played().do("secretary", c.AddItem("i1", "Ngân sách"), c.AttachPaper("p1", "i1", "Tờ trình", OLD, 3, 100))


def test_a_paper_is_a_draft_until_the_agenda_goes_out_and_released_at_once_after_that() -> None:
    made = draft()
    assert paper(made).step == "draft"
    made.do("secretary", c.Release(3))
    assert paper(made).step == "released"
    made.do("secretary", c.AttachPaper("p2", "i1", "Phụ lục", NEW, 1, 1))
    assert [one.step for one in made.state.papers] == ["released", "released"]


def test_a_draft_is_replaced_without_a_word_and_a_released_one_with_a_reason() -> None:
    made = draft().do("secretary", replaced(reason=""))
    assert (paper(made).sha256, paper(made).step, paper(made).earlier[0].step) == (NEW, "draft", "replaced")
    made.do("secretary", c.Release(3))
    assert refused(lambda: made.do("secretary", replaced(NEW, NEWER, reason=" "))) == "field-needed"
    made.do("secretary", replaced(NEW, NEWER, reason="Sai biểu"))
    assert [(one.sha256, one.step) for one in paper(made).earlier] == [(OLD, "replaced"), (NEW, "replaced")]
    assert (paper(made).step, paper(made).reason) == ("released", "Sai biểu")


def test_what_was_a_draft_is_nobody_else_s() -> None:
    made = draft().do("secretary", replaced(reason="Sai số liệu nhân sự"), c.Release(3))
    assert (shown_to(made, "a").version, shown_to(made, "a").reason, shown_to(made, "a").earlier) == (1, "", ())
    assert shown_to(made, "secretary").version == 2
    made.do("secretary", replaced(NEW, NEWER))
    assert (shown_to(made, "a").version, shown_to(made, "a").reason) == (2, "Sửa số liệu")


def test_of_two_who_replace_the_same_version_one_is_told() -> None:
    made = draft().do("secretary", replaced())
    assert refused(lambda: made.do("secretary", replaced(sha256=NEWER)), Stale) == "paper-replaced"
    assert refused(lambda: made.do("secretary", replaced(NEW, NEW))) == "paper-same"
    assert paper(made).sha256 == NEW


def test_with_the_head_of_the_office_nothing_is_replaced() -> None:
    seats = (*Played().state.seats.values(), e.Seat("head", "m8", "u", "approver"))
    made = Played(seats=seats).do("secretary", c.AddItem("i1", "Một"), c.AttachPaper("p1", "i1", "Tờ", OLD, 3, 100))
    made.do("secretary", c.SubmitAgenda())
    assert refused(lambda: made.do("secretary", replaced())) == "agenda-submitted"


def test_a_recalled_paper_is_off_every_screen_and_its_bytes_are_named_to_the_desk_alone() -> None:
    made = Played().opened().do("secretary", c.OpenItem("i1"))
    assert (made.state.paper, made.state.page) == ("p1", 1)
    made.do("secretary", c.RecallPaper("p1", "Nhầm số liệu"))
    assert (made.state.paper, made.state.page, paper(made).step) == ("", 0, "recalled")
    assert (shown_to(made, "a").sha256, shown_to(made, "a").reason) == ("", "Nhầm số liệu")
    assert shown_to(made, "secretary").sha256 == OLD
    assert refused(lambda: made.do("chair", c.ShowPage("p1", 1))) == "paper-recalled"
    assert made.do("secretary", c.RecallPaper("p1", "Lần nữa")).state.find_paper("p1") == paper(made)
    made.do("secretary", c.OpenItem("i2"), c.OpenItem("i1"))
    assert made.state.paper == "", "it is not shown again when its item is"


def test_after_a_recall_another_version_may_follow_but_not_the_same() -> None:
    made = Played().opened().do("secretary", c.RecallPaper("p1", "Nhầm"), replaced())
    assert (paper(made).step, paper(made).sha256, paper(made).earlier[0].step) == ("released", NEW, "recalled")
    assert refused(lambda: made.do("secretary", replaced(NEW, OLD))) == "paper-same"


def test_a_draft_is_not_recalled_and_a_closed_sitting_s_paper_is() -> None:
    assert refused(lambda: draft().do("secretary", c.RecallPaper("p1", "x"))) == "not-now"
    made = Played().closed().do("secretary", c.RecallPaper("p1", "Có sai sót"))
    assert paper(made).step == "recalled"
    assert refused(lambda: made.do("secretary", replaced())) == "not-now"


def test_a_recall_needs_a_reason_and_a_paper() -> None:
    made = Played().opened()
    assert refused(lambda: made.do("secretary", c.RecallPaper("p1", "  "))) == "field-needed"
    assert refused(lambda: made.do("secretary", c.RecallPaper("p9", "x")), Stale) == "no-such-paper"


def test_a_decision_rests_on_every_version_that_was_shown() -> None:
    made = Played().opened().do("secretary", c.OpenItem("i1")).do("chair", c.ShowPage("p1", 3))
    made.do("secretary", replaced())
    assert (made.state.paper, made.state.page) == ("p1", 2), "the page that there is"
    made.do("chair", c.Conclude("i1", "Đồng ý."))
    assert made.state.decisions["i1"].papers == (OLD, NEW)
    made = Played().opened().do("secretary", replaced(), c.OpenItem("i1")).do("chair", c.Conclude("i1", "Đồng ý."))
    assert made.state.decisions["i1"].papers == (NEW,)


def test_a_paper_that_is_handed_out_says_nothing_and_is_never_shown() -> None:
    made = Played().opened().do("secretary", c.HandOutPaper("h", "i1"))
    found = made.state.find_paper("h")
    assert found is not None
    assert (found.name, found.sha256, found.pages, found.is_readable) == ("", "", 0, False)
    made.do("secretary", c.OpenItem("i1"))
    assert made.state.paper == "p1"
    assert refused(lambda: made.do("chair", c.ShowPage("h", 1))) == "paper-on-paper"
    assert refused(lambda: made.do("secretary", c.RecallPaper("h", "x"))) == "paper-on-paper"
    twice = c.ReplacePaper("h", "", NEW, 1, 1, "x")
    assert refused(lambda: made.do("secretary", twice)) == "paper-on-paper"
    assert refused(lambda: made.do("secretary", c.HandOutPaper("h", "i1"))) == "paper-twice"
    made.do("secretary", c.DetachPaper("h"))
    assert made.state.find_paper("h") is None, "put down by mistake, it is taken off again"


def test_what_is_handed_out_is_not_recorded() -> None:
    made = Played().opened().do("chair", c.StartRecording("r1")).do("secretary", c.OpenItem("i2"))
    assert made.state.recording == "r1"
    made.do("secretary", c.HandOutPaper("h", "i2"))
    assert made.state.recording == ""
    stopped = [one for one in made.happenings if isinstance(one, e.RecordingStopped)]
    assert [one.why for one in stopped] == ["on-paper"]
    assert refused(lambda: made.do("chair", c.StartRecording("r2"))) == "recording-secret"
    made.do("secretary", c.OpenItem("i1")).do("chair", c.StartRecording("r2")).do("secretary", c.OpenItem("i2"))
    assert made.state.recording == "", "nor when its item is opened again"


def test_that_a_stamp_stopped_a_file_is_on_record_for_the_desk_alone() -> None:
    made = draft().do("secretary", c.StopPaper("i1", "secret", 1))
    assert made.happenings[-1] == e.PaperStopped("i1", "secret", 1)
    assert refused(lambda: made.do("secretary", c.StopPaper("i9", "secret", 1)), Stale) == "no-such-item"


def test_that_a_stamp_was_answered_for_only_the_desk_is_told() -> None:
    facts = ("Tờ trình", OLD, 3, 100)
    made = Played().do("secretary", c.AddItem("i1", "Một"))
    made.do("secretary", c.AttachPaper("p1", "i1", *facts, taken=e.Taken(cleared="frame")), c.Release(3))
    assert (shown_to(made, "chair").cleared, shown_to(made, "a").cleared) == ("frame", "")


@pytest.mark.parametrize("command", [replaced(), c.RecallPaper("p1", "Nhầm số liệu")], ids=["replaced", "recalled"])
def test_whoever_could_read_it_is_told_on_the_desk(command: c.AnyCommand) -> None:
    made = Played().opened().do("secretary", c.AddressPaper("p1", ("a",))).do("secretary", command)
    told = of(made.state, made.happenings[-1])
    assert {notice.person for notice in told} == {"chair", "secretary", "clerk", "a"}
    assert {notice.params["paper"] for notice in told} == {"Tờ trình"}
    assert of(draft().do("secretary", replaced()).state, e.PaperReplaced("p1", NEW, 2, 50, "")) == []
