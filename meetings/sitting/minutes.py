"""Notes for the minutes, and their life: draft, approved, numbered, typeset, signed in order, circulated. Pure.

The number comes before typesetting and before the first signature, because a number printed later would change
a signed page. A file is signed only as it was shown: each signature names the file it was made on.
"""

from __future__ import annotations

from store.errors import Denied, Refused, Stale

from . import commands as c
from . import events as e
from .agenda import LONGEST_TEXT, identifier, optional, text
from .state import State
from .views import sees_all, view_of

MOST_COMMENTS = 50  # of one person
SIGNING_ORDER = ("secretary", "chair", "seal")
SIGNER_ROLE = {"secretary": "secretary", "chair": "chair", "seal": "clerk"}


def _at_step(state: State, *steps: str) -> None:
    if state.minutes.step not in steps:
        raise Refused("minutes-not-now", step=state.minutes.step)


def _at_version(state: State, version: int) -> None:
    if version != state.minutes.version:
        raise Stale("minutes-changed")


def save(state: State, command: c.SaveMinutes) -> list[e.AnyHappening]:
    _at_step(state, "none", "draft")
    _at_version(state, command.based_on)
    if command.sha256 == state.minutes.sha256:
        return []
    return [e.MinutesSaved(state.minutes.version + 1, command.sha256, command.drafted)]


def open_comments(state: State, command: c.OpenComments) -> list[e.AnyHappening]:
    _at_step(state, "draft")
    return [] if state.minutes.open_to_comments else [e.CommentsOpened()]


def may_read_draft(state: State, who: str) -> bool:
    """Who was there reads the draft while it is open to comments; not a guest to whom something of it was closed."""
    return view_of(state, who).comments


def comment(state: State, command: c.MakeComment, who: str) -> list[e.AnyHappening]:
    if not may_read_draft(state, who):
        raise Refused("no-comments-now")
    _at_version(state, command.version)
    mine = [one for one in state.comments if one.person == who]
    if any(one.id == identifier(command.comment, "comment") for one in state.comments) or len(mine) >= MOST_COMMENTS:
        raise Refused("field-wrong", field="comment")
    if command.line < -1 or command.line > 10_000:
        raise Refused("field-wrong", field="line")
    told = text(command.text, "comment", LONGEST_TEXT)
    return [e.Commented(command.comment, who, command.version, command.line, told)]


def answer_comment(state: State, command: c.AnswerComment) -> list[e.AnyHappening]:
    found = next((one for one in state.comments if one.id == command.comment), None)
    if found is None:
        raise Stale("no-such-comment")
    answer = optional(command.text, "answer", LONGEST_TEXT)
    if not command.taken and not answer:
        raise Refused("field-needed", field="answer")
    if (found.taken, found.answer) == (command.taken, answer):
        return []
    return [e.CommentAnswered(found.id, command.taken, answer)]


def approve(state: State, command: c.ApproveMinutes) -> list[e.AnyHappening]:
    _at_step(state, "draft")
    _at_version(state, command.version)
    return [e.MinutesApproved(command.version)]


def return_(state: State, command: c.ReturnMinutes) -> list[e.AnyHappening]:
    _at_step(state, "draft", "approved", "numbered", "typeset")
    if state.minutes.signatures:
        raise Refused("minutes-not-now", step="typeset")
    _at_version(state, command.version)
    return [e.MinutesReturned(command.version, text(command.reason, "reason", LONGEST_TEXT))]


def number(state: State, command: c.NumberMinutes) -> list[e.AnyHappening]:
    _at_step(state, "approved")
    return [e.MinutesNumbered(command.number, command.symbol, command.day)]


def typeset(state: State, command: c.TypesetMinutes) -> list[e.AnyHappening]:
    _at_step(state, "numbered")
    named = state.seats.get(command.signer)
    if command.signer and (named is None or not named.entitled):  # one of the committee, who may see all of it
        raise Refused("field-wrong", field="signer")
    head = (command.head_seq, command.head_hash)
    return [e.MinutesTypeset(command.sha256, command.code, *head, command.signer, command.power)]


def next_field(state: State) -> str:
    """Whose turn it is: secretary, chair, seal; "" when all have signed or none may yet."""
    done = {field for field, _, _ in state.minutes.signatures}
    if state.minutes.step != "typeset":
        return ""
    return next((field for field in SIGNING_ORDER if field not in done), "")


def signers_of(state: State, field: str) -> set[str]:
    """Who may sign FIELD: whoever was named in the chair's place, else who has the role."""
    if field == "chair" and state.minutes.signer:
        return {state.minutes.signer}
    return {person for person, seat in state.seats.items() if seat.role == SIGNER_ROLE.get(field)}


def may_sign(state: State, field: str, who: str) -> None:
    """Raise unless it is WHO's turn to sign FIELD."""
    if who not in signers_of(state, field):
        raise Denied("no-right")
    _at_step(state, "typeset")
    if field != next_field(state):
        raise Refused("not-your-turn")


def sign(state: State, command: c.SignMinutes, who: str) -> list[e.AnyHappening]:
    may_sign(state, command.field, who)
    if command.based_on != state.minutes.pdf:
        raise Stale("minutes-changed")
    return [e.MinutesSigned(command.field, who, command.sha256)]


def refuse(state: State, command: c.RefuseMinutes, who: str) -> list[e.AnyHappening]:
    may_sign(state, command.field, who)
    if command.based_on != state.minutes.pdf:
        raise Stale("minutes-changed")
    return [e.MinutesRefused(command.field, who, text(command.reason, "reason", LONGEST_TEXT))]


def preserve(state: State, command: c.PreserveMinutes) -> list[e.AnyHappening]:
    _at_step(state, "signed", "circulated")
    if command.based_on != state.minutes.pdf:
        raise Stale("minutes-changed")
    return [e.MinutesPreserved(command.sha256, command.until)]


def circulate(state: State, command: c.Circulate) -> list[e.AnyHappening]:
    """To those named, but to no guest to whom something of it was closed: they get extracts of what they were at."""
    _at_step(state, "signed")
    outside = {one for one in state.seats if not sees_all(state, view_of(state, one))}
    people = tuple(one for one in dict.fromkeys(command.people) if one not in outside)
    if not people:
        raise Refused("recipients-needed")
    return [e.Circulated(people)]


def issue_notice(state: State, command: c.IssueNotice) -> list[e.AnyHappening]:
    if state.archive is not None:
        raise Refused("archived")
    if command.issued != state.notices_issued:
        raise Stale("changed-meanwhile", seq=state.seq)
    return [e.NoticeIssued(command.paper)]


def archive(state: State, command: c.ArchiveSitting) -> list[e.AnyHappening]:
    """Once, when everybody has the minutes, and nothing happened since the package was written."""
    if state.archive is not None:
        raise Refused("archived")
    _at_step(state, "circulated")
    if command.seen != state.seq:
        raise Stale("changed-meanwhile", seq=state.seq)
    return [e.Archived(command.term, command.years, command.package, command.size)]


def acknowledge(state: State, command: c.Acknowledge, who: str) -> list[e.AnyHappening]:
    _at_step(state, "circulated")
    if who not in state.minutes.recipients:
        raise Denied("no-right")
    if any(person == who for person, _ in state.minutes.acknowledged):
        return []
    return [e.Acknowledged(who)]


NEXT = {  # step -> (what is to be done, by which role); signing follows SIGNING_ORDER instead
    "none": (("edit", "secretary"),),
    "draft": (("edit", "secretary"), ("approve", "chair")),
    "approved": (("number", "clerk"),),
    "numbered": (("number", "clerk"),),
    "signed": (("circulate", "clerk"),),
}


def waiting(state: State) -> set[tuple[str, str]]:
    """(person, what the minutes wait for from them): edit, answer-comments, approve, number, sign, circulate or
    acknowledge."""
    made = state.minutes
    if state.phase != "closed":
        return set()
    if made.step == "circulated":
        done = {person for person, _ in made.acknowledged}
        return {(person, "acknowledge") for person in made.recipients if person not in done}
    if made.step == "typeset":
        return {(person, "sign") for person in signers_of(state, next_field(state))}
    due = NEXT[made.step]
    if made.step == "draft" and any(one.taken is None for one in state.comments):
        due = (*due, ("answer-comments", "secretary"))
    return {(person, what) for what, role in due for person, seat in state.seats.items() if seat.role == role}


def note(state: State, command: c.TakeNote) -> list[e.AnyHappening]:
    """A line that the secretary writes into the course."""
    item = state.find_item(command.item)
    if item is None or not item.opened_at:
        raise Stale("no-such-item")
    if any(one.id == identifier(command.note, "note") for one in state.notes):
        raise Refused("field-wrong", field="note")
    return [e.Noted(identifier(command.note, "note"), item.id, text(command.text, "note", LONGEST_TEXT))]


def change_note(state: State, command: c.ChangeNote) -> list[e.AnyHappening]:
    before = next((one for one in state.notes if one.id == command.note), None)
    if before is None:
        raise Stale("no-such-note")
    changed = optional(command.text, "note", LONGEST_TEXT)
    return [] if before.text == changed else [e.NoteChanged(command.note, changed)]
