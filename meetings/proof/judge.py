"""Judges an exported sitting by what is in the file alone: no server, no database, no trust in who made it. Pure.

It checks the sums, the chain, the node's signatures over its heads; then it plays the journal again and counts anew
what was counted: quorum, electorate, every vote and its arithmetic, what each conclusion rests on, and that minutes
and papers are the ones the events name. What it cannot know is whose key signed the heads: compare it with the
node's own, as published, or with a head kept elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from signing.checkpoint import Checkpoint, is_genuine
from store import chain
from store.chain import Event, Flaw

from ..archive.description import DESCRIPTION, Description, documents_of
from ..sitting import events as e
from ..sitting.evolve import evolve, follow
from ..sitting.state import State
from .replay import check

JOURNAL, HEADS, SUMS, MANIFEST = "journal.jsonl", "heads.jsonl", "SHA256SUMS", "manifest.json"
SIGNED_SUMS = f"{SUMS}.p7s"  # of an evidence package: the node's signature over them
FORMAT = "bacap.sitting.v1"
MOST_FINDINGS = 100
WITHHELD = ("said",)  # what decides nothing may be left out of an export: the chain holds its digest


class Manifest(msgspec.Struct, frozen=True):
    """What the file is, with the names that the events speak of by id, as they were."""

    format: str
    sitting: str
    node: str
    exported_at: int
    people: dict[str, tuple[str, str]]  # id -> name, office
    units: dict[str, str]
    sites: dict[str, str]


class Finding(msgspec.Struct, frozen=True):
    """What is wrong, in a code, and where: the event's number, or the name of a file."""

    code: str
    seq: int = 0
    name: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """`keys`: whose signatures the heads bear; `witnessed`: up to which event a signed head reaches; `minutes`: SHA-256
    of the newest file of the minutes, as the journal names it."""

    sitting: str
    title: str
    events: int
    erased: int
    witnessed: int
    keys: tuple[str, ...]
    findings: tuple[Finding, ...]
    minutes: str = ""

    @property
    def whole(self) -> bool:
        return not self.findings


def opened(files: Mapping[str, bytes]) -> tuple[Manifest, list[Event], list[Checkpoint]]:
    """What an export tells. Raises KeyError, ValueError (msgspec's among them) or RecursionError."""
    manifest = msgspec.json.decode(files[MANIFEST], type=Manifest)
    events = [msgspec.json.decode(line, type=Event) for line in files[JOURNAL].splitlines()]
    return manifest, events, [msgspec.json.decode(line, type=Checkpoint) for line in files[HEADS].splitlines()]


def judge(files: Mapping[str, bytes]) -> Verdict:
    """The verdict on the FILES of an export (name -> content). Never raises for what they hold."""
    findings = list(_sums(files))
    try:
        manifest, events, heads = opened(files)
    except (KeyError, msgspec.DecodeError, ValueError, RecursionError) as error:
        return Verdict("", "", 0, 0, 0, (), (*findings, Finding("unreadable", name=str(error)[:200])))
    if manifest.format != FORMAT or any(event.stream != manifest.sitting for event in events) or not events:
        findings.append(Finding("foreign", name=manifest.sitting[:80]))
    known: dict[int, str] = {}
    for head in heads:
        if head.stream != manifest.sitting or not is_genuine(head):
            findings.append(Finding("head-forged", head.seq))
        elif known.setdefault(head.seq, head.hash) != head.hash:
            findings.append(Finding("head-twice", head.seq))
    reached = chain.verify(events, known)
    if isinstance(reached, Flaw):
        findings.append(Finding(f"chain-{reached.code}", reached.seq))
    state, found = _play(events)
    findings += found
    findings += _files(state, files)
    findings += _described(state, files)
    if state.people and dict(state.people) != manifest.people:
        findings.append(Finding("names"))
    last = max(known, default=0)
    if last < len(events):
        findings.append(Finding("unwitnessed", last))
    erased = sum(event.body is None for event in events)
    keys = tuple(sorted({head.key for head in heads}))
    return Verdict(
        manifest.sitting, state.title, len(events), erased, last, keys, tuple(findings[:MOST_FINDINGS]),
        state.minutes.pdf,
    )  # fmt: skip


def _sums(files: Mapping[str, bytes]) -> list[Finding]:
    """Every file but the list is on the list, with its sum."""
    listed: dict[str, str] = {}
    for line in files.get(SUMS, b"").decode(errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    found = [Finding("file-missing", name=name[:200]) for name in listed if name not in files]
    for name, data in files.items():
        if name not in (SUMS, SIGNED_SUMS) and listed.get(name) != hashlib.sha256(data).hexdigest():
            found.append(Finding("sum", name=name[:200]))
    return found


def _play(events: list[Event]) -> tuple[State, list[Finding]]:
    """The journal played again; what the rules would not have let happen is found."""
    findings: list[Finding] = []
    state = State(id=events[0].stream if events else "")
    hashes: dict[int, str] = {}
    for event in events:
        hashes[event.seq] = event.hash
        if event.body is None and event.kind in WITHHELD:
            state = follow(state, event)
            continue
        if event.body is None:
            findings.append(Finding("erased", event.seq))
            return state, findings  # behind a body that is gone nothing can be played
        try:
            happening = e.decode(event.kind, event.body)
            findings += [Finding(code, event.seq) for code in check(state, happening, hashes)]
            state = evolve(state, happening, event.at)
        except Exception:
            findings.append(Finding("event-wrong", event.seq))
            return state, findings
    return state, findings


def contents(state: State) -> set[str]:
    """SHA-256 of the papers, invitation, minutes and notice that the events name."""
    named = {paper.sha256 for paper in state.papers if not paper.on_paper}
    named |= {version.sha256 for paper in state.papers for version in paper.earlier}
    named |= {made for made in (state.invitation.sha256, state.minutes.sha256, state.minutes.pdf) if made}
    return named | ({state.notice.sha256} if state.notice is not None else set())


def _described(state: State, files: Mapping[str, bytes]) -> list[Finding]:
    """Of an archive package: every document lies under the name that the journal gives it, and nothing else does."""
    if DESCRIPTION not in files:
        return []
    try:
        told = msgspec.json.decode(files[DESCRIPTION], type=Description)
    except msgspec.DecodeError:
        return [Finding("description", name=DESCRIPTION)]
    said = [msgspec.structs.replace(one, size=0, pdf_a=False) for one in told.documents]
    wanted, found = documents_of(state), list[Finding]()
    if (told.sitting, told.title, said) != (state.id, state.title, wanted):
        found.append(Finding("description", name=DESCRIPTION))
    wrong = (one for one in wanted if hashlib.sha256(files.get(one.file, b"")).hexdigest() != one.sha256)
    found += [Finding("content-missing", name=one.file[:200]) for one in wrong]
    known = {MANIFEST, JOURNAL, HEADS, SUMS, DESCRIPTION, *(one.file for one in wanted)}
    return found + [Finding("file-unnamed", name=name[:200]) for name in files if name not in known]


def _files(state: State, files: Mapping[str, bytes]) -> list[Finding]:
    """Papers, invitation, minutes and notice are there, and are the ones that the events name."""
    there = {hashlib.sha256(data).hexdigest() for data in files.values()}
    return [Finding("content-missing", name=sha256) for sha256 in sorted(contents(state) - there)]
