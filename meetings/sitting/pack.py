"""The papers of a sitting: attached to an item, addressed, replaced, recalled. What is asked of them, and what each
event changes. Pure.

What a version may come through is the table in documents/lifecycle.py; who may read a paper, views.may_read. A file
with the stamp of a secret never comes this far: only that one was stopped, or that a paper is handed out in the room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from documents import lifecycle
from store.errors import Refused, Stale

from . import commands as c
from . import events as e
from . import paper_comments, recording
from .agenda import check_person, demand_draft, identifier, text
from .model import Paper, Version
from .state import State
from .views import may_see_item, view_of

# ── decide ──


def attach(state: State, command: c.AttachPaper) -> list[e.AnyHappening]:
    _demand_place(state, command.item)
    same = (paper.item == command.item and paper.sha256 == command.sha256 for paper in state.papers)
    if any(same) or state.find_paper(command.paper):
        raise Refused("paper-twice")
    name, readers = text(command.name, "name"), readers_of(state, command.item, command.readers)
    id_, facts = identifier(command.paper, "paper"), (command.sha256, command.pages, command.size)
    return [e.PaperAttached(id_, command.item, name, *facts, readers, command.taken)]


def _demand_place(state: State, item: str) -> None:
    demand_draft(state)
    if state.find_item(item) is None:
        raise Stale("no-such-item")


def stop(state: State, command: c.StopPaper) -> list[e.AnyHappening]:
    _demand_place(state, command.item)
    return [e.PaperStopped(command.item, command.grade, command.page)]


def hand_out(state: State, command: c.HandOutPaper) -> list[e.AnyHappening]:
    """What is secret is not recorded either."""
    _demand_place(state, command.item)
    if state.find_paper(command.paper):
        raise Refused("paper-twice")
    stopped = recording.ended(state, "on-paper") if state.item == command.item else []
    return [*stopped, e.PaperHandedOut(identifier(command.paper, "paper"), command.item)]


def readers_of(state: State, item: str, people: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Each once. Raises Refused for nobody, and for who could not see the item."""
    if people is None:
        return None
    if not people:
        raise Refused("readers-needed")
    for person in people:
        check_person(state, person)
        if not may_see_item(state, view_of(state, person), item):
            raise Refused("reader-outside")
    return tuple(dict.fromkeys(people))


def _found(state: State, paper: str) -> Paper:
    found = state.find_paper(paper)
    if found is None:
        raise Stale("no-such-paper")
    return found


def address(state: State, command: c.AddressPaper) -> list[e.AnyHappening]:
    """What everybody is looking at is not taken from them; and what they have seen stays known."""
    demand_draft(state)
    paper = _found(state, command.paper)
    readers = readers_of(state, paper.item, command.readers)
    if readers is not None and state.paper == paper.id:
        raise Refused("paper-on-screens")
    return [] if readers == paper.readers else [e.PaperAddressed(paper.id, readers)]


def watermark(state: State, command: c.WatermarkPaper) -> list[e.AnyHappening]:
    demand_draft(state)
    paper = _found(state, command.paper)
    if paper.on_paper:
        raise Refused("paper-on-paper")
    return [] if command.on == paper.watermarked else [e.PaperWatermarked(paper.id, command.on)]


def detach(state: State, command: c.DetachPaper) -> list[e.AnyHappening]:
    """Before the release; what only stands for a paper that is handed out, at any time."""
    demand_draft(state)
    if not _found(state, command.paper).on_paper and state.phase != "planned":
        raise Refused("already-released")
    return [e.PaperDetached(command.paper)]


def replace_(state: State, command: c.ReplacePaper) -> list[e.AnyHappening]:
    """By another version, if nobody replaced it meanwhile. Once people have it, they are told why."""
    demand_draft(state)
    paper = _found(state, command.paper)
    if paper.on_paper:
        raise Refused("paper-on-paper")
    lifecycle.after(paper.step, "replace")
    if command.replaces != paper.sha256:
        raise Stale("paper-replaced")
    if command.sha256 in (paper.sha256, *(one.sha256 for one in paper.earlier if one.step == "recalled")):
        raise Refused("paper-same")
    told = paper.step != "draft" or command.reason.strip()
    reason = text(command.reason, "reason") if told else ""
    return [e.PaperReplaced(paper.id, command.sha256, command.pages, command.size, reason, command.taken)]


def recall(state: State, command: c.RecallPaper) -> list[e.AnyHappening]:
    paper = _found(state, command.paper)
    if paper.on_paper:
        raise Refused("paper-on-paper")
    if paper.step == "recalled":
        return []
    lifecycle.after(paper.step, "recall")
    return [e.PaperRecalled(paper.id, text(command.reason, "reason"))]


# ── evolve ──


def first_of(state: State, item: str) -> str:
    """The paper that is shown when ITEM is opened; "" for none."""
    papers = (paper for paper in state.papers if paper.item == item and paper.readers is None and paper.is_readable)
    return next((paper.id for paper in papers), "")


def shown(state: State, paper: str, page: int) -> State:
    """Everybody sees this page now; the version belongs to what the item is decided on."""
    found, known = state.find_paper(paper), state.shown.get(state.item, ())
    after = replace(state, paper=paper, page=page if paper else 0)
    if found is None or found.sha256 in known:
        return after
    return replace(after, shown={**state.shown, state.item: (*known, found.sha256)})


def released(state: State) -> State:
    """Every draft goes out with the agenda; why drafts were replaced before is nobody else's."""
    papers = (
        replace(one, step=lifecycle.after(one.step, "release"), reason="") if one.step == "draft" else one
        for one in state.papers
    )
    return replace(state, papers=tuple(papers))


def archived(state: State) -> State:
    """What was out stays as it is from now on."""
    papers = (
        replace(one, step=lifecycle.after(one.step, "archive")) if one.step == "released" else one
        for one in state.papers
    )
    return replace(state, papers=tuple(papers))


def _fresh(state: State) -> lifecycle.Step:
    return "draft" if state.phase == "planned" else "released"


def _change(state: State, paper: str, **values: Any) -> State:
    return replace(state, papers=tuple(replace(one, **values) if one.id == paper else one for one in state.papers))


def _attached(state: State, h: e.PaperAttached, at: int) -> State:
    made = Paper(h.paper, h.item, h.name, h.sha256, h.pages, h.size, h.readers, _fresh(state), since=at, taken=h.taken)
    return replace(state, papers=(*state.papers, made))


def _handed_out(state: State, h: e.PaperHandedOut, at: int) -> State:
    made = Paper(h.paper, h.item, "", "", 0, 0, step=_fresh(state), since=at, on_paper=True)
    return replace(state, papers=(*state.papers, made))


def _detached(state: State, h: e.PaperDetached, _: int) -> State:
    papers = tuple(paper for paper in state.papers if paper.id != h.paper)
    return replace(state, papers=papers, threads=paper_comments.of_papers(state.threads, papers))


def _replaced(state: State, h: e.PaperReplaced, at: int) -> State:
    paper = next(one for one in state.papers if one.id == h.paper)
    step = lifecycle.after(paper.step, "replace")
    out = paper.step != "draft"
    version = Version(paper.sha256, paper.pages, paper.size, paper.since, step, paper.reason, out)
    values = {"sha256": h.sha256, "pages": h.pages, "size": h.size, "taken": h.taken, "reason": h.reason}
    after = _change(state, h.paper, **values, step=_fresh(state), since=at, earlier=(*paper.earlier, version))
    return shown(after, h.paper, min(state.page, h.pages)) if state.paper == h.paper else after


def _recalled(state: State, h: e.PaperRecalled, _: int) -> State:
    """Off every screen at once."""
    paper = next(one for one in state.papers if one.id == h.paper)
    after = _change(state, h.paper, step=lifecycle.after(paper.step, "recall"), reason=h.reason)
    return replace(after, paper="", page=0) if state.paper == h.paper else after


EVOLVE: Mapping[type, Callable[[State, Any, int], State]] = {
    e.PaperAttached: _attached,
    e.PaperStopped: lambda s, h, _: s,
    e.PaperHandedOut: _handed_out,
    e.PaperAddressed: lambda s, h, _: _change(s, h.paper, readers=h.readers),
    e.PaperWatermarked: lambda s, h, _: _change(s, h.paper, watermarked=h.on),
    e.PaperDetached: _detached,
    e.PaperReplaced: _replaced,
    e.PaperRecalled: _recalled,
}
