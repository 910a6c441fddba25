"""Everything that can happen in a sitting: the vocabulary of its event stream, by the time it happens in. Pure.

An event holds codes, ids and times, never sentences for the screen. Text that people wrote (a title, a
conclusion) is theirs and is kept; minutes, being long, are blobs named by SHA-256.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from store.chain import Body, Draft, Event

from .after import *
from .before import *
from .during import *
from .facts import *

AnyHappening = (
    Planned | DetailsChanged | Invited | Uninvited | ItemAdded | ItemChanged | ItemMoved | ItemRemoved
    | PaperAttached | PaperAddressed | PaperDetached | PaperStopped | PaperHandedOut | PaperReplaced | PaperRecalled
    | PaperWatermarked | PaperCommented | PaperCommentWithdrawn | PaperCommentAnswered
    | AgendaSubmitted | AgendaWithdrawn | AgendaApproved | AgendaReturned
    | Released | InvitationIssued | Replied | AbsenceAnswered | Reminded | ConveningForwarded | ParticipantsNamed
    | Cancelled | SitesRung | SiteChecked
    | Opened | SiteJoined | SiteLeft | LineChosen | CheckedIn | CheckedOut | CodesAsked | RoleTaken
    | Suspended | Resumed | SideRoomOpened | SideRoomClosed
    | ItemOpened | PageShown | FloorAsked | FloorWithdrawn | FloorGiven | FloorExtended | FloorEnded
    | SpeechesLimited | QueueOrdered
    | VoteOpened | VoteCast | VoterPassed | BallotTaken | VoteClosed | VoteVoided | ResultsReleased
    | RecordingStarted | RecordingStopped | RecordingKept | Concluded | Said | Noted | NoteChanged | Closed
    | CommentsOpened | Commented | CommentAnswered | MinutesSaved | MinutesApproved | MinutesReturned | MinutesNumbered
    | MinutesTypeset | MinutesSigned | MinutesRefused | MinutesPreserved | Circulated | Acknowledged
    | Archived | NoticeIssued
)  # fmt: skip


def draft(happening: msgspec.Struct) -> Draft:
    body: dict[str, Any] = msgspec.to_builtins(happening)
    kind = body.pop("kind")
    return Draft(kind, body)


def read(event: Event) -> AnyHappening:
    """The happening an event records. The journal's own events are trusted to be of this vocabulary."""
    assert event.body is not None
    return decode(event.kind, event.body)


_BY_KIND: dict[str, type[Happening]] = {kebab(kind.__name__): kind for kind in get_args(AnyHappening)}


def decode(kind: str, body: Body) -> AnyHappening:
    """Raises msgspec.ValidationError for what is not of this vocabulary."""
    known = _BY_KIND.get(kind)
    if known is None:
        raise msgspec.ValidationError(f"no such event: {kind[:64]}")
    happening: Any = msgspec.convert({**body, "kind": kind}, known)  # of the one type: of the union is slow
    return happening  # type: ignore[no-any-return]
