"""Comments on papers: who makes, reads, answers and withdraws them. meetings/sitting/paper_comments.py"""

from __future__ import annotations

import msgspec
import pytest

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting import notices, waiting
from meetings.sitting.model import Archive
from meetings.sitting.paper_comments import MOST, Tally, seen_by, tallies
from meetings.sitting.rules import PaperComments
from meetings.sitting.screen import screen
from meetings.sitting.views import SITE_VIEW, view, view_of
from store.chain import Actor, Event
from store.errors import Denied, Refused, Stale
from tests.kit.played import RULE, SEATS, Played, refused

SHA = "f" * 64


def said(id_: str, text: str = "Nên bổ sung vốn", page: int = 2, sha256: str = SHA) -> c.CommentOnPaper:
    return c.CommentOnPaper(id_, "p1", sha256, page, text, "kinh phí")


def played(rule: PaperComments = "shared") -> Played:
    """Released: p1 belongs to i1, on which `a` reports."""
    return Played(msgspec.structs.replace(RULE, paper_comments=rule)).opened()


def read(it: Played, who: str) -> list[str]:
    paper = it.state.find_paper("p1")
    assert paper is not None
    return [one.id for one in seen_by(it.state, who, paper).comments]


def tally(it: Played, who: str) -> Tally | None:
    return tallies(it.state, view_of(it.state, who)).get("p1")


def test_who_reads_the_paper_reads_what_others_say_of_it_and_how_many_wait() -> None:
    it = played().do("b", said("c1")).do("guest", said("c2", page=0))
    assert all(read(it, who) == ["c1", "c2"] for who in ("chair", "secretary", "clerk", "a", "b", "deputy", "guest"))
    assert tally(it, "deputy") == Tally(2, 2, 2)
    paper = it.state.find_paper("p1")
    assert paper is not None
    one = seen_by(it.state, "deputy", paper).comments[0]
    assert (one.person, one.page, one.quote, one.current, one.taken) == ("b", 2, "kinh phí", True, None)
    assert not one.may_answer and seen_by(it.state, "chair", paper).comments[0].may_answer
    assert tallies(it.state, SITE_VIEW) == {}, "a room's wall shows none"
    shown = screen(it.state, view_of(it.state, "deputy"), {}, {})
    assert shown.paper_comments == {"p1": Tally(2, 2, 2)}


def test_the_rules_may_keep_them_between_writer_reporter_and_desk() -> None:
    it = played("presiding").do("b", said("c1")).do("deputy", said("c2"))
    assert all(read(it, who) == ["c1", "c2"] for who in ("chair", "secretary", "clerk", "a"))
    assert (read(it, "b"), read(it, "deputy"), read(it, "guest")) == (["c1"], ["c2"], [])
    assert tally(it, "chair") == tally(it, "a") == Tally(2, 2, 2), "who has to answer hears of each"
    assert tally(it, "b") == tally(it, "deputy") == Tally(1, 1, 2) and tally(it, "guest") is None
    it.do("a", c.AnswerPaperComment("c1", True))
    assert tally(it, "b") == Tally(1, 0, 3), "so does who is answered"


def test_the_rules_may_want_none() -> None:
    it = played("none")
    assert refused(lambda: it.do("b", said("c1"))) == "paper-comments-off"
    paper = it.state.find_paper("p1")
    assert paper is not None and not seen_by(it.state, "b", paper).may_comment


def test_nobody_comments_on_what_they_may_not_read_or_what_is_not_there() -> None:
    it = played()
    assert refused(lambda: it.do("b", said("c", sha256="0" * 64)), Stale) == "paper-replaced"
    assert refused(lambda: it.do("b", said("c", page=4))) == "field-wrong"
    assert refused(lambda: it.do("b", said("c", text="  "))) == "field-needed"
    assert refused(lambda: it.do("b", said("c", text="x" * 4001))) == "field-long"
    assert refused(lambda: it.do("b", c.CommentOnPaper("c", "p9", SHA, 1, "?")), Stale) == "no-such-paper"
    it.do("secretary", c.AddressPaper("p1", ("a",)))
    assert refused(lambda: it.do("b", said("c")), Stale) == "no-such-paper"
    assert it.do("a", said("c1")) and tally(it, "b") is None and tally(it, "a") == Tally(1, 1, 1)


def test_the_same_comment_comes_once_and_nobody_fills_a_paper() -> None:
    it = played().do("b", said("c1"))
    length = len(it.happenings)
    it.do("b", said("c1"))
    assert len(it.happenings) == length, "the same again is the same"
    assert refused(lambda: it.do("b", said("c1", text="Khác"))) == "field-wrong"
    assert refused(lambda: it.do("deputy", said("c1"))) == "field-wrong"
    it.do("b", *(said(f"m{number}") for number in range(MOST - 1)))
    assert refused(lambda: it.do("b", said("last"))) == "comments-many"


def test_whoever_reports_or_presides_answers_and_the_writer_is_told() -> None:
    it = played().do("b", said("c1")).do("deputy", said("c2"))
    assert waiting.due(it.state) == {("a", "answer-paper-comments")}, "who reports on it answers"
    with pytest.raises(Denied):
        it.do("deputy", c.AnswerPaperComment("c1", True))
    with pytest.raises(Denied):
        it.do("clerk", c.AnswerPaperComment("c1", True))
    assert refused(lambda: it.do("a", c.AnswerPaperComment("c1", False))) == "field-needed"
    it.do("a", c.AnswerPaperComment("c1", False, "Đã bố trí ở mục 3"))
    told = notices.of(it.state, it.happenings[-1])
    assert [(one.person, one.kind, one.params) for one in told] == [("b", "comment-answered", {"paper": "Tờ trình"})]
    it.do("chair", c.AnswerPaperComment("c2", True))
    length = len(it.happenings)
    it.do("chair", c.AnswerPaperComment("c2", True))
    assert len(it.happenings) == length, "the same again changes nothing"
    assert refused(lambda: it.do("chair", c.AnswerPaperComment("c1", True))) == "comment-answered"
    assert [(one.taken, one.answer, one.answered_by) for one in it.state.threads["p1"].comments] == [
        (False, "Đã bố trí ở mục 3", "a"), (True, "", "chair"),
    ]  # fmt: skip
    assert tally(it, "b") == Tally(2, 0, 4) and waiting.due(it.state) == set()
    assert refused(lambda: it.do("a", c.AnswerPaperComment("c9", True)), Stale) == "no-such-comment"


def test_who_was_sent_for_the_reporter_answers_too() -> None:
    seats = tuple(msgspec.structs.replace(seat, role="guest") if seat.person == "a" else seat for seat in SEATS)
    it = Played(RULE, (*seats, e.Seat("sent", "m9", "v", "substitute", stands_for="a"))).opened().do("b", said("c1"))
    it.do("sent", c.AnswerPaperComment("c1", True))


def test_a_reporter_who_may_not_read_the_paper_is_not_waited_for_and_answers_nothing() -> None:
    it = played().do("secretary", c.AddressPaper("p1", ("b",))).do("b", said("c1"))
    assert waiting.due(it.state) == {("secretary", "answer-paper-comments")}
    with pytest.raises(Denied):
        it.do("a", c.AnswerPaperComment("c1", True))


def test_who_may_not_read_it_any_more_is_told_nothing_of_it() -> None:
    it = played().do("guest", said("c1")).do("secretary", c.AddressPaper("p1", ("b",)))
    it.do("secretary", c.AnswerPaperComment("c1", True))
    assert notices.of(it.state, it.happenings[-1]) == []


def test_guests_who_only_listen_write_nothing_either() -> None:
    it = Played(msgspec.structs.replace(RULE, guests="listen")).opened()
    assert refused(lambda: it.do("guest", said("c1"))) == "guests-listen"
    paper = it.state.find_paper("p1")
    assert paper is not None and not seen_by(it.state, "guest", paper).may_comment


def test_with_a_paper_goes_what_was_said_of_it() -> None:
    it = played().do("b", said("c1")).do("secretary", c.RemoveItem("i1"))
    assert it.state.threads == {} and waiting.due(it.state) == set()
    it.do("secretary", c.HandOutPaper("p1", "i2"))
    assert tally(it, "b") is None and tally(it, "chair") is None


def test_where_nobody_reports_the_secretary_is_waited_for() -> None:
    it = played().do("secretary", c.ChangeItem("i1", "Ngân sách", 10, "", "Thông qua?")).do("b", said("c1"))
    assert waiting.due(it.state) == {("secretary", "answer-paper-comments")}


def test_nobody_answers_their_own() -> None:
    it = played().do("a", said("c1"))
    assert waiting.due(it.state) == {("secretary", "answer-paper-comments")}
    with pytest.raises(Denied):
        it.do("a", c.AnswerPaperComment("c1", True))
    it.do(
        "secretary", said("c2"), c.AnswerPaperComment("c1", True), c.ChangeItem("i1", "Ngân sách", 10, "", "Thông qua?")
    )
    assert waiting.due(it.state) == {("chair", "answer-paper-comments")}


def test_ones_own_is_withdrawn_until_it_is_answered() -> None:
    it = played().do("b", said("c1"), said("c2"))
    with pytest.raises(Denied):
        it.do("chair", c.WithdrawPaperComment("c1"))
    it.do("b", c.WithdrawPaperComment("c1"))
    assert read(it, "chair") == ["c2"] and tally(it, "a") == Tally(1, 1, 3)
    it.do("a", c.AnswerPaperComment("c2", True))
    assert refused(lambda: it.do("b", c.WithdrawPaperComment("c2"))) == "comment-answered"


def test_what_was_said_of_a_recalled_version_only_the_desk_reads() -> None:
    it = played().do("b", said("c1")).do("secretary", c.RecallPaper("p1", "Số liệu sai"))
    assert read(it, "a") == [] and read(it, "b") == [] and read(it, "secretary") == ["c1"]
    assert tally(it, "a") == Tally(0, 0, 1) and waiting.due(it.state) == set()
    assert refused(lambda: it.do("b", said("c2"))) == "paper-recalled"
    with pytest.raises(Refused, match="paper-recalled") as caught:
        it.do("secretary", c.AnswerPaperComment("c1", True))
    assert caught.value.params == {"reason": "Số liệu sai"}
    it.do("secretary", c.ReplacePaper("p1", SHA, "e" * 64, 1, 1, "Bản đúng"))
    it.do("b", said("c2", page=1, sha256="e" * 64))
    assert read(it, "a") == ["c2"], "nor when another version is out"


def test_of_a_replaced_version_it_is_said_that_it_was_of_that() -> None:
    it = played().do("b", said("c1")).do("secretary", c.ReplacePaper("p1", SHA, "e" * 64, 1, 1, "Sửa"))
    paper = it.state.find_paper("p1")
    assert paper is not None
    [one] = seen_by(it.state, "a", paper).comments
    assert (one.id, one.current) == ("c1", False)
    it.do("a", c.AnswerPaperComment("c1", True))


def test_none_is_made_after_the_close_but_the_last_are_answered() -> None:
    it = played().do("b", said("c1"))
    it.do("chair", c.Close())
    assert refused(lambda: it.do("b", said("c2"))) == "not-now"
    paper = it.state.find_paper("p1")
    assert paper is not None and not seen_by(it.state, "b", paper).may_comment
    assert ("a", "answer-paper-comments") in waiting.due(it.state)
    it.do("a", c.AnswerPaperComment("c1", True))
    assert ("a", "answer-paper-comments") not in waiting.due(it.state)


def test_what_was_handed_to_the_archive_is_answered_no_more() -> None:
    it = played().do("b", said("c1"))
    it.state = msgspec.structs.replace(it.state, phase="closed")
    it.do("secretary", c.AnswerPaperComment("c1", True))
    it.state = msgspec.structs.replace(it.state, archive=Archive("10 năm", 10, SHA, 1, 1))
    assert refused(lambda: it.do("secretary", c.AnswerPaperComment("c1", False, "Xem lại"))) == "paper-not-now"


def test_their_words_go_to_the_desk_alone_as_events() -> None:
    it = played().do("b", said("c1"))
    made = e.draft(it.happenings[-1])
    event = Event("s", it.state.seq, 1, "n", Actor("person", "b"), "", "", made.kind, 1, "", made.body, "", "", "")
    assert view(event, view_of(it.state, "secretary"), it.state).kind == "paper-commented"
    assert view(event, view_of(it.state, "deputy"), it.state).kind == "withheld"
