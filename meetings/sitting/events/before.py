"""Before the sitting: planned, invited, agenda and papers, released, rehearsed. Pure."""

from __future__ import annotations

from ..rules import Occasion, RuleSet
from .facts import Answer, Check, Convened, Happening, Issued, Room, Seat, Taken


class Planned(Happening, frozen=True):
    title: str
    unit: str
    place: str
    begins: int  # UTC milliseconds
    rules: RuleSet
    seats: tuple[Seat, ...]
    rooms: tuple[Room, ...]
    occasion: Occasion = "ordinary"
    convened: tuple[Convened, ...] = ()


class DetailsChanged(Happening, frozen=True):
    title: str
    place: str
    begins: int
    reason: str = ""  # of a change after the release


class Invited(Happening, frozen=True):
    seats: tuple[Seat, ...]
    rooms: tuple[Room, ...]


class Uninvited(Happening, frozen=True):
    """`rooms`: of units that have nobody left in the sitting."""

    people: tuple[str, ...]
    rooms: tuple[str, ...] = ()


class ItemAdded(Happening, frozen=True):
    item: str
    title: str
    minutes: int
    rapporteur: str
    question: str  # put to the vote, if not empty
    closed: bool


class ItemChanged(Happening, frozen=True):
    item: str
    title: str
    minutes: int
    rapporteur: str
    question: str
    closed: bool


class ItemMoved(Happening, frozen=True):
    item: str
    position: int  # counted from 0, after the move


class ItemRemoved(Happening, frozen=True):
    item: str


class PaperAttached(Happening, frozen=True):
    paper: str
    item: str
    name: str
    sha256: str
    pages: int
    size: int
    readers: tuple[str, ...] | None = None  # for these only, and the desk; null: for everybody who sees the item
    taken: Taken = Taken()


class PaperStopped(Happening, frozen=True):
    """A file bore the stamp of a secret and was not taken in; nothing of it is kept, not even its name."""

    item: str
    grade: str
    page: int


class PaperHandedOut(Happening, frozen=True):
    """Stands for a secret paper, which is on paper only."""

    paper: str
    item: str


class PaperReplaced(Happening, frozen=True):
    """Another version, from now on."""

    paper: str
    sha256: str
    pages: int
    size: int
    reason: str
    taken: Taken = Taken()


class PaperRecalled(Happening, frozen=True):
    paper: str
    reason: str


class PaperAddressed(Happening, frozen=True):
    """Who reads it, from now on, besides the desk; null: everybody who sees the item."""

    paper: str
    readers: tuple[str, ...] | None


class PaperWatermarked(Happening, frozen=True):
    """Whether every reader's copy bears who reads it, from now on."""

    paper: str
    on: bool


class PaperCommented(Happening, frozen=True):
    """Of a page of the version SHA256, or (page 0) of all of it."""

    comment: str
    person: str
    paper: str
    sha256: str
    page: int
    text: str
    quote: str


class PaperCommentWithdrawn(Happening, frozen=True):
    comment: str


class PaperCommentAnswered(Happening, frozen=True):
    comment: str
    by: str
    taken: bool
    text: str


class PaperDetached(Happening, frozen=True):
    paper: str


class AgendaSubmitted(Happening, frozen=True):
    """To the head of the office, who approves it before it is released."""


class AgendaWithdrawn(Happening, frozen=True):
    """The secretary goes on with it."""


class AgendaApproved(Happening, frozen=True):
    pass


class AgendaReturned(Happening, frozen=True):
    reason: str


class Released(Happening, frozen=True):
    """Agenda and papers go to everyone invited. `given`: working days of notice; `reason`: why fewer than the rules
    ask for; `reply_by`: UTC milliseconds."""

    given: int = 0
    reason: str = ""
    reply_by: int = 0


class InvitationIssued(Happening, frozen=True):
    """The paper of the invitation (form 1.7); a later one takes the place of the one before."""

    paper: Issued


class Replied(Happening, frozen=True):
    person: str
    answer: Answer
    reason: str = ""
    substitute: str = ""


class AbsenceAnswered(Happening, frozen=True):
    """The chair's word to who wants to be absent."""

    person: str
    granted: bool


class Reminded(Happening, frozen=True):
    """They have not replied yet."""

    people: tuple[str, ...]


class ConveningForwarded(Happening, frozen=True):
    """The unit between passes the call on to those below it."""

    unit: str


class ParticipantsNamed(Happening, frozen=True):
    """A unit says who comes for it; naming again replaces who was named before and has not come yet."""

    unit: str
    people: tuple[str, ...]


class Cancelled(Happening, frozen=True):
    reason: str


class SitesRung(Happening, frozen=True):
    """A rehearsal: these are to try their things."""

    sites: tuple[str, ...]


class SiteChecked(Happening, frozen=True):
    site: str
    check: Check
