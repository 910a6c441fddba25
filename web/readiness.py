"""Which sites of a sitting are ready, as a rehearsal has shown so far; and the readiness sheet that is printed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from documents.model import ReadinessForm, ReadinessRow
from meetings.people import records as people
from meetings.people.model import UnitId, agency_of, sort_key
from meetings.people.orgtree import Tree
from meetings.sitting import narrative, rehearsal, screen
from meetings.sitting.room import Room
from store.world import vietnam_day

from . import answers, words

if TYPE_CHECKING:
    from .wiring import Office

STEPS: tuple[rehearsal.Step, ...] = get_args(rehearsal.Step)
SUBJECTS: tuple[rehearsal.Subject, ...] = get_args(rehearsal.Subject)


async def of(office: Office, room: Room) -> answers.Rehearsal:
    """How far ROOM's sites are, the worst first, by name within."""
    state, ends, now = room.state, office.certificate_ends(), office.house.now_ms()
    enrolled = {site.id for site in await office.people.sites() if site.enrolled and not site.revoked}
    others = (other.state for other in office.rooms.live() if other is not room and other.state.phase == "open")
    connected, elsewhere = office.channels.everybody(), {site for other in others for site in other.joined}
    sites = []
    for site in state.rooms:
        checked, line = state.checks.get(site), state.lines.get(site, "full")
        findings = rehearsal.judge(checked.check, line, state.begins, ends) if checked else ()
        reach = rehearsal.Reach(site in enrolled, site in connected, site in elsewhere)
        sites.append(answers.SiteReadiness(
            site, room.names.get(site, ""), line, reach.connected, rehearsal.step(state, site, reach, findings, now),
            state.rung.get(site, 0), checked.at if checked else 0, findings,
        ))  # fmt: skip
    sites.sort(key=lambda site: (STEPS.index(site.step), sort_key(site.name)))
    return answers.Rehearsal(screen.sitting(state), tuple(sites))


async def sheet(office: Office, room: Room) -> bytes:
    """The readiness sheet as PDF, in Vietnamese: a paper of the committee's. Raises Refused."""
    shown, now = await of(office, room), office.house.now_ms()
    sitting, day = shown.sitting, vietnam_day(now)
    tree = Tree(await office.house.read(people.all_units), day)
    form = ReadinessForm(
        agency_of(tree.get(UnitId(sitting.unit))), sitting.title, narrative.moment(sitting.begins), sitting.place,
        day, narrative.moment(now), _counts(shown), tuple(_row(site) for site in shown.sites),
        tuple((site.name, _troubles(site)) for site in shown.sites if site.step != "good"),
    )  # fmt: skip
    pdf, _ = await office.typesetter.typeset(form)
    return pdf


def _counts(shown: answers.Rehearsal) -> str:
    steps = Counter(site.step for site in shown.sites)
    told = [f"{words.text('vi', f'rehearsal.{step}')}: {count}" for step in STEPS if (count := steps[step])]
    return f"{'; '.join(told)}."


def _row(site: answers.SiteReadiness) -> ReadinessRow:
    found = {finding.subject: words.text("vi", f"verdict.{finding.verdict}") for finding in site.findings}
    return ReadinessRow(
        site.name, tuple(found.get(subject, "–") for subject in SUBJECTS), words.text("vi", f"rehearsal.{site.step}")
    )


def _troubles(site: answers.SiteReadiness) -> tuple[str, ...]:
    if site.step not in ("good", "warn", "bad"):
        return (words.text("vi", f"rehearsal.{site.step}-help"),)
    troubles = (one for one in site.findings if one.verdict != "good")
    return tuple(words.text("vi", f"finding.{one.code}", one.params) for one in troubles)
