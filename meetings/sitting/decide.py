"""`decide(state, command, who) -> events`, or a refusal: every rule of order in one table. Pure.

The table says in which phases each command may come; what else it depends on
is decided in the file of its noun. Rights are asked before (room.py), with `commands.VERBS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from store.errors import Refused, Stale

from . import (
    agenda,
    attendance,
    ballots,
    chat,
    course,
    floor,
    minutes,
    pack,
    paper_comments,
    presiding,
    recording,
    rehearsal,
    replies,
)
from . import commands as c
from . import events as e
from .model import LIVE
from .state import State

BEFORE = ("planned", "released")
UNTIL_CLOSE = ("planned", "released", "open", "suspended")
OPEN = ("open",)
ANY = ("planned", "released", "open", "suspended", "closed", "cancelled")

Decider = Callable[..., list[e.AnyHappening]]

# command -> (phases it may come in, who decides, whether the decider asks who it is)
TABLE: dict[type, tuple[Sequence[str], Decider, bool]] = {
    c.ChangeDetails: (BEFORE, agenda.change_details, False),
    c.Invite: (UNTIL_CLOSE, agenda.invite, False),
    c.Uninvite: (UNTIL_CLOSE, agenda.uninvite, False),
    c.AddItem: (UNTIL_CLOSE, agenda.add_item, False),
    c.ChangeItem: (UNTIL_CLOSE, agenda.change_item, False),
    c.MoveItem: (UNTIL_CLOSE, agenda.move_item, False),
    c.RemoveItem: (UNTIL_CLOSE, agenda.remove_item, False),
    c.AttachPaper: (UNTIL_CLOSE, pack.attach, False),
    c.StopPaper: (UNTIL_CLOSE, pack.stop, False),
    c.HandOutPaper: (UNTIL_CLOSE, pack.hand_out, False),
    c.AddressPaper: (UNTIL_CLOSE, pack.address, False),
    c.WatermarkPaper: (UNTIL_CLOSE, pack.watermark, False),
    c.DetachPaper: (UNTIL_CLOSE, pack.detach, False),
    c.ReplacePaper: (UNTIL_CLOSE, pack.replace_, False),
    c.RecallPaper: ((*LIVE, "closed"), pack.recall, False),
    c.CommentOnPaper: (LIVE, paper_comments.comment, True),
    c.WithdrawPaperComment: (LIVE, paper_comments.withdraw, True),
    c.AnswerPaperComment: ((*LIVE, "closed"), paper_comments.answer, True),
    c.SubmitAgenda: (("planned",), agenda.submit, False),
    c.WithdrawAgenda: (("planned",), agenda.withdraw, False),
    c.ApproveAgenda: (("planned",), agenda.approve, False),
    c.ReturnAgenda: (("planned",), agenda.return_, False),
    c.Release: (("planned",), agenda.release, False),
    c.Reply: (("released",), replies.reply, True),
    c.SendSubstitute: (("released",), replies.send_substitute, True),
    c.AnswerAbsence: (("released",), replies.answer_absence, False),
    c.Remind: (("released",), replies.remind, False),
    c.ForwardConvening: (("released",), replies.forward, False),
    c.NameParticipants: (("released", "open"), replies.name_participants, False),
    c.Cancel: (BEFORE, agenda.cancel, False),
    c.RingSites: (("released",), rehearsal.ring, False),
    c.ReportCheck: (ANY, rehearsal.report, True),
    c.Open: (("released",), course.open_, False),
    c.JoinSite: (LIVE, attendance.join_site, False),
    c.LeaveSite: (ANY, attendance.leave_site, False),
    c.ChooseLine: (UNTIL_CLOSE, attendance.choose_line, False),
    c.CheckIn: (OPEN, attendance.check_in, True),
    c.Admit: (OPEN, attendance.admit, True),
    c.CheckOut: (OPEN, attendance.check_out, True),
    c.AskCodes: (LIVE, attendance.ask_codes, False),
    c.HandOver: (OPEN, presiding.hand_over, False),
    c.TakeOver: (("open", "suspended", "closed"), presiding.take_over, True),
    c.Suspend: (OPEN, presiding.suspend, False),
    c.Resume: (("suspended",), presiding.resume, False),
    c.OpenSideRoom: (OPEN, presiding.open_side_room, False),
    c.CloseSideRoom: (OPEN, presiding.close_side_room, False),
    c.OpenItem: (OPEN, course.open_item, False),
    c.ShowPage: (OPEN, course.show_page, True),
    c.AskFloor: (OPEN, floor.ask, True),
    c.WithdrawFloor: (OPEN, floor.withdraw, True),
    c.GiveFloor: (OPEN, floor.give, False),
    c.ExtendFloor: (OPEN, floor.extend, False),
    c.EndFloor: (OPEN, floor.end, True),
    c.LimitSpeeches: (LIVE, floor.limit, False),
    c.OrderQueue: (LIVE, floor.order, False),
    c.OpenVote: (OPEN, ballots.open_, False),
    c.Cast: (OPEN, ballots.cast, True),
    c.RecordVote: (OPEN, ballots.record, True),
    c.PassVoter: (OPEN, ballots.pass_voter, False),
    c.CastSecretly: (OPEN, ballots.cast_secretly, True),
    c.CloseVote: (OPEN, ballots.close, False),
    c.CountVote: (OPEN, ballots.count, False),
    c.CancelVote: (OPEN, ballots.cancel, False),
    c.VoidVote: (OPEN, ballots.void, False),
    c.ReleaseResults: (OPEN, ballots.release_results, False),
    c.StartRecording: (OPEN, recording.start, False),
    c.StopRecording: (OPEN, recording.stop, False),
    c.EndRecording: (ANY, recording.end, False),
    c.KeepRecording: (ANY, recording.keep, False),
    c.Conclude: (OPEN, ballots.conclude, False),
    c.Say: (OPEN, chat.say, True),
    c.TakeNote: (OPEN, minutes.note, False),
    c.ChangeNote: (OPEN, minutes.change_note, False),
    c.Close: (OPEN, course.close, False),
    c.CloseSitting: (OPEN, course.close, False),
    c.SaveMinutes: (("closed",), minutes.save, False),
    c.OpenComments: (("closed",), minutes.open_comments, False),
    c.MakeComment: (("closed",), minutes.comment, True),
    c.AnswerComment: (("closed",), minutes.answer_comment, False),
    c.ApproveMinutes: (("closed",), minutes.approve, False),
    c.ReturnMinutes: (("closed",), minutes.return_, False),
    c.NumberMinutes: (("closed",), minutes.number, False),
    c.TypesetMinutes: (("closed",), minutes.typeset, False),
    c.SignMinutes: (("closed",), minutes.sign, True),
    c.RefuseMinutes: (("closed",), minutes.refuse, True),
    c.PreserveMinutes: (("closed",), minutes.preserve, False),
    c.Circulate: (("closed",), minutes.circulate, False),
    c.IssueNotice: (("closed",), minutes.issue_notice, False),
    c.ArchiveSitting: (("closed",), minutes.archive, False),
    c.Acknowledge: (("closed",), minutes.acknowledge, True),
}

# Commands that change what another may have changed meanwhile: the screen must have seen the newest of their kind.
GUARDED: dict[type, tuple[str, ...]] = {
    c.ChangeDetails: ("details-changed",),
    c.ChangeItem: ("item-changed", "item-removed"),
    c.MoveItem: ("item-added", "item-moved", "item-removed"),
    c.RemoveItem: ("item-changed", "item-removed"),
    c.AddressPaper: ("paper-addressed",),
    c.WatermarkPaper: ("paper-watermarked",),
    c.Conclude: ("concluded",),
    c.ChangeNote: ("note-changed",),
}


def decide(state: State, command: c.AnyCommand, who: str) -> list[e.AnyHappening]:
    """The events COMMAND by WHO makes of STATE; none if it changes nothing. Raises Refused, Stale or Denied."""
    phases, decider, asks_who = TABLE[type(command)]
    if state.phase not in phases:
        raise Refused("not-now", phase=state.phase)
    arguments: tuple[Any, ...] = (state, command, who) if asks_who else (state, command)
    return decider(*arguments)


def check_seen(command: c.AnyCommand, since: Sequence[tuple[int, str]]) -> None:
    """Refuse an edit of a thing that changed after the screen's last event. SINCE: (seq, kind) of later events."""
    guarded = GUARDED.get(type(command), ())
    for seq, kind in since:
        if kind in guarded:
            raise Stale("changed-meanwhile", seq=seq)
