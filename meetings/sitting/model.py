"""The things of a sitting as its live state holds them: items, papers, ballots, the floor, the minutes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from documents.lifecycle import READABLE, Step

from . import events as e
from .rules import Choice, Poll, Result

Phase = Literal["planned", "released", "open", "suspended", "closed", "cancelled"]
LIVE: tuple[Phase, ...] = ("released", "open", "suspended")  # out, and not over
AgendaStep = Literal["draft", "submitted", "approved"]
MinutesStep = Literal["none", "draft", "approved", "numbered", "typeset", "signed", "circulated"]


class Item(msgspec.Struct, frozen=True):
    id: str
    title: str
    minutes: int
    rapporteur: str
    question: str
    closed: bool
    late: bool = False  # put on the agenda after its release
    opened_at: int = 0
    conclusion: str = ""


class Version(msgspec.Struct, frozen=True):
    """An earlier version of a paper: when it came, and what became of it and why."""

    sha256: str
    pages: int
    size: int
    since: int
    step: Step
    reason: str
    out: bool = True  # it was released: others than the desk had it


class Paper(msgspec.Struct, frozen=True):
    """Its newest version."""

    id: str
    item: str
    name: str
    sha256: str
    pages: int
    size: int
    readers: tuple[str, ...] | None = None  # besides the desk; None: everybody. PaperAttached, PaperAddressed
    step: Step = "draft"
    on_paper: bool = False  # handed out in the room; nothing of it is here: PaperHandedOut
    since: int = 0  # when this version came
    reason: str = ""  # why it was replaced by this version, or recalled
    taken: e.Taken = e.Taken()
    earlier: tuple[Version, ...] = ()  # PaperReplaced
    watermarked: bool = False  # PaperWatermarked

    @property
    def versions_out(self) -> int:
        """How many people had before them, the newest included."""
        return 1 + sum(version.out for version in self.earlier)

    @property
    def is_readable(self) -> bool:
        return self.step in READABLE and not self.on_paper


class PaperComment(msgspec.Struct, frozen=True):
    """What somebody thinks should be changed in a paper: on a page of its VERSION, or (page 0) in all of it."""

    id: str
    paper: str
    person: str
    version: int  # counted from 1
    page: int
    quote: str
    text: str
    at: int
    taken: bool | None = None  # None: not answered yet
    answer: str = ""
    answered_by: str = ""


class Thread(msgspec.Struct, frozen=True):
    """What was said of one paper, the oldest first; how often that changed; and what is asked at every event, counted
    when it changes: by version how many there are and how many of them wait for an answer, and who wrote any."""

    comments: tuple[PaperComment, ...] = ()
    changes: int = 0
    counts: Mapping[int, tuple[int, int]] = {}
    writers: frozenset[str] = frozenset()


class Archive(msgspec.Struct, frozen=True):
    """What was handed over to the archive, for how long: Archived."""

    term: str
    years: int
    package: str
    size: int
    at: int


class Present(msgspec.Struct, frozen=True):
    site: str
    since: int


class Stay(msgspec.Struct, frozen=True):
    """A time that somebody was here. `until` 0: still."""

    site: str
    since: int
    until: int = 0


class Span(msgspec.Struct, frozen=True):
    """A time that an item was open, and the numbers of the events that opened and ended it. `until` 0: it is."""

    item: str
    since: int
    opened: int
    until: int = 0
    ended: int = 0

    def holds(self, seq: int) -> bool:
        """Was it open when this event was written?"""
        return self.opened <= seq and (not self.ended or seq < self.ended)


class SideRoom(msgspec.Struct, frozen=True):
    name: str
    sites: tuple[str, ...]


class Ballot(msgspec.Struct, frozen=True):
    """A vote. `votes` says what each person chose; of a secret one, `taken` says whose ballot is in the urn."""

    id: str
    item: str
    question: str
    electorate: tuple[str, ...]
    opened_at: int
    way: e.VoteWay = "open"
    options: tuple[str, ...] = ()
    seats: int = 1
    held: bool = False
    present: tuple[str, ...] = ()  # of the electorate, as it was opened
    votes: Mapping[str, tuple[Choice, ...]] = {}
    by_hand: tuple[str, ...] = ()  # whose vote somebody else put down for them
    taken: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()  # called, and did not answer: VoterPassed
    closed_at: int = 0
    result: Result | None = None
    voided: str = ""
    reason: str = ""  # of the chair, who called it off

    @property
    def is_open(self) -> bool:
        return not self.closed_at

    @property
    def voted(self) -> tuple[str, ...]:
        """Who has given an answer."""
        return self.taken if self.way == "secret" else tuple(self.votes)

    @property
    def absent(self) -> int:
        """How many of the electorate were neither there as it was opened nor voted."""
        return len({*self.electorate} - {*self.present, *self.voted})

    @property
    def poll(self) -> Poll:
        return Poll(self.options, self.seats, len(self.electorate), len(self.present))


class Raised(msgspec.Struct, frozen=True):
    """Somebody who asked to speak; `order`: a point of order."""

    person: str
    site: str
    order: bool = False


class Floor(msgspec.Struct, frozen=True):
    """Who speaks, and who waits, in order."""

    speaker: str = ""
    site: str = ""
    since: int = 0
    limit: int = 0  # seconds of this speech; 0: none
    queue: tuple[Raised, ...] = ()  # as they asked
    each: int = 0  # seconds that a speech has: SpeechesLimited
    by: e.QueueOrder = "asked"  # QueueOrdered
    spoken: Mapping[str, Mapping[str, int]] = {}  # item -> person -> ms in all: FloorEnded
    spoken_at: Mapping[str, Mapping[str, int]] = {}  # item -> site -> the same


class Minutes(msgspec.Struct, frozen=True):
    step: MinutesStep = "none"
    version: int = 0
    sha256: str = ""  # of the text
    returned: str = ""
    refused_by: str = ""  # who was to sign and did not; "": the chair returned it before
    open_to_comments: bool = False
    number: int = 0
    symbol: str = ""
    day: str = ""
    pdf: str = ""  # of the newest file
    code: str = ""
    head_seq: int = 0
    head_hash: str = ""
    signer: str = ""  # who signs in the chair's place, and by which power
    power: str = ""
    signatures: tuple[tuple[str, str, int], ...] = ()  # (field, person, at)
    proved_until: int = 0  # by evidence and archive timestamp inside the file; 0: they are not there yet
    recipients: tuple[str, ...] = ()
    acknowledged: tuple[tuple[str, int], ...] = ()


class Invitation(msgspec.Struct, frozen=True):
    """The paper of it, as it was issued last."""

    symbol: str = ""
    day: str = ""
    sha256: str = ""
    issued: int = 0  # how many there have been


class Reply(msgspec.Struct, frozen=True):
    answer: e.Answer
    reason: str
    substitute: str
    at: int
    granted: bool | None = None  # the chair's word to an absence; None: not given yet


class Convening(msgspec.Struct, frozen=True):
    """A unit that names its own people: whether the call has reached it, and whether it has answered."""

    through: str
    reached: bool
    named_at: int = 0


class Decision(msgspec.Struct, frozen=True):
    """What a conclusion rests on: Concluded."""

    at: int
    ballot: str
    present: tuple[str, ...]
    papers: tuple[str, ...]  # SHA-256


class Note(msgspec.Struct, frozen=True):
    id: str
    item: str
    at: int
    text: str
    changed: int = 0  # seq of its last change


class Comment(msgspec.Struct, frozen=True):
    id: str
    person: str
    version: int
    line: int
    text: str
    at: int
    taken: bool | None = None  # None: not answered yet
    answer: str = ""


class Checked(msgspec.Struct, frozen=True):
    at: int
    check: e.Check
