"""Everything that can be asked of a sitting, and which right each asks for. Pure.

`Command` is what a browser may send. `Internal` is what our own actions add once a paper has been examined or a
file signed: it carries facts that no browser may state.
"""

from __future__ import annotations

import msgspec

from .. import events as e
from .after import *
from .base import *
from .before import *
from .during import *
from .internal import *

Command = (
    Uninvite | AddItem | ChangeItem | MoveItem | RemoveItem | AddressPaper | DetachPaper
    | WatermarkPaper | HandOutPaper | RecallPaper | CommentOnPaper | WithdrawPaperComment | AnswerPaperComment
    | SubmitAgenda | WithdrawAgenda | ApproveAgenda | ReturnAgenda | Reply | AnswerAbsence | Remind | Cancel
    | RingSites | ReportCheck
    | Open | CheckIn | CheckOut | AskCodes | HandOver | Suspend | Resume | OpenSideRoom | CloseSideRoom
    | OpenItem | ShowPage | AskFloor | WithdrawFloor | GiveFloor | ExtendFloor | EndFloor | LimitSpeeches | OrderQueue
    | OpenVote | Cast | RecordVote | PassVoter | CastSecretly | CloseVote | CancelVote | ReleaseResults
    | Conclude | Say | TakeNote | ChangeNote | Close | ChooseLine | StartRecording | StopRecording
    | OpenComments | MakeComment | AnswerComment | ApproveMinutes | ReturnMinutes | Circulate | Acknowledge
)  # fmt: skip
Internal = (
    Invite | Release | ChangeDetails | SendSubstitute | ForwardConvening | NameParticipants
    | AttachPaper | ReplacePaper | StopPaper | Admit | CloseSitting | TakeOver | JoinSite | LeaveSite
    | CountVote | VoidVote | EndRecording | KeepRecording
    | SaveMinutes | NumberMinutes | TypesetMinutes | SignMinutes | RefuseMinutes | PreserveMinutes
    | IssueNotice | ArchiveSitting
)  # fmt: skip
AnyCommand = Command | Internal

# The right each command asks for (meetings/people/rights.py). A command without a line is refused by the test.
VERBS: dict[type, str] = {
    ChangeDetails: "sitting.prepare",
    Invite: "sitting.prepare",
    Uninvite: "sitting.prepare",
    AddItem: "sitting.prepare",
    ChangeItem: "sitting.prepare",
    MoveItem: "sitting.prepare",
    RemoveItem: "sitting.prepare",
    AddressPaper: "sitting.prepare",
    WatermarkPaper: "sitting.prepare",
    DetachPaper: "sitting.prepare",
    SubmitAgenda: "sitting.prepare",
    WithdrawAgenda: "sitting.prepare",
    ApproveAgenda: "agenda.approve",
    ReturnAgenda: "agenda.approve",
    Release: "sitting.prepare",
    Reply: "sitting.attend",
    AnswerAbsence: "sitting.preside",
    SendSubstitute: "sitting.attend",
    Remind: "sitting.conduct",
    ForwardConvening: "convening.answer",
    NameParticipants: "convening.answer",
    Cancel: "sitting.conduct",
    AttachPaper: "paper.add",
    ReplacePaper: "paper.add",
    StopPaper: "paper.add",
    HandOutPaper: "paper.add",
    RecallPaper: "sitting.conduct",
    CommentOnPaper: "paper.comment",
    WithdrawPaperComment: "paper.comment",
    AnswerPaperComment: "paper.comment",  # by whom, decide says: paper_comments.py
    RingSites: "rehearsal.hold",
    ReportCheck: "sitting.site",
    Open: "sitting.preside",
    CheckIn: "sitting.attend",
    Admit: "sitting.attend",
    CheckOut: "sitting.attend",
    AskCodes: "sitting.conduct",
    HandOver: "sitting.preside",
    TakeOver: "sitting.attend",
    Suspend: "sitting.preside",
    Resume: "sitting.preside",
    OpenSideRoom: "sitting.conduct",
    CloseSideRoom: "sitting.conduct",
    OpenItem: "sitting.conduct",
    ShowPage: "sitting.attend",
    AskFloor: "sitting.attend",
    WithdrawFloor: "sitting.attend",
    GiveFloor: "sitting.preside",
    ExtendFloor: "sitting.preside",
    EndFloor: "sitting.attend",
    LimitSpeeches: "sitting.preside",
    OrderQueue: "sitting.preside",
    OpenVote: "sitting.preside",
    Cast: "sitting.vote",
    RecordVote: "sitting.conduct",
    PassVoter: "sitting.conduct",
    CastSecretly: "sitting.vote",
    CloseVote: "sitting.preside",
    CountVote: "sitting.preside",
    CancelVote: "sitting.preside",
    VoidVote: "sitting.preside",
    ReleaseResults: "sitting.preside",
    Conclude: "sitting.preside",
    Say: "sitting.attend",
    TakeNote: "minutes.edit",
    ChangeNote: "minutes.edit",
    Close: "sitting.preside",
    CloseSitting: "sitting.preside",
    OpenComments: "minutes.edit",
    MakeComment: "minutes.comment",
    AnswerComment: "minutes.edit",
    JoinSite: "sitting.site",
    LeaveSite: "sitting.site",
    ChooseLine: "line.choose",
    StartRecording: "recording.switch",
    StopRecording: "recording.switch",
    EndRecording: "recording.switch",
    KeepRecording: "recording.switch",
    SaveMinutes: "minutes.edit",
    ApproveMinutes: "minutes.approve",
    ReturnMinutes: "minutes.approve",
    NumberMinutes: "minutes.number",
    TypesetMinutes: "minutes.number",
    SignMinutes: "minutes.sign",
    RefuseMinutes: "minutes.sign",
    PreserveMinutes: "minutes.number",
    Circulate: "minutes.circulate",
    IssueNotice: "sitting.conduct",
    ArchiveSitting: "sitting.archive",
    Acknowledge: "minutes.acknowledge",
}


def kind_of(command: AnyCommand) -> str:
    return e.kebab(type(command).__name__)


def remembered(command: AnyCommand) -> bytes:
    """What is kept (as a digest) of an accepted command, to know it again: of a secret ballot that it was one, never
    what was on it."""
    if isinstance(command, CastSecretly):
        return command.ballot.encode()
    return msgspec.json.encode(command)
