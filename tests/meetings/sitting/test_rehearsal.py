"""Sites are rung before a sitting, say once what they found, and each fault is found: meetings.sitting.rehearsal."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting import rehearsal
from meetings.sitting.rehearsal import DAY_MS, SILENT_MS, WANTED_DOWN_KBIT, Reach
from store.errors import Refused

from .test_decide import Played, refused

GOOD = e.Check("good", 720, "good", -30, "udp", 1400, 0, 1300, 0, True, 20, 40, True)
AT, ENDS = 1_800_000_000_000, 1_800_000_000_000 + 90 * DAY_MS


def released() -> Played:
    return Played().do("secretary", c.AddItem("i1", "Ngân sách"), c.Release(3))


def found(line: e.LineName = "full", ends: int = ENDS, **wrong: Any) -> dict[str, tuple[str, str]]:
    """What is not good about a check that is good but for WRONG."""
    findings = rehearsal.judge(replace(GOOD, **wrong), line, AT, ends)
    assert [one.subject for one in findings] == ["camera", "microphone", "line", "clock", "certificate"]
    return {one.subject: (one.verdict, one.code) for one in findings if one.verdict != "good"}


def test_a_ring_waits_for_each_site_and_a_report_counts_once() -> None:
    played = released().do("secretary", c.RingSites())
    assert [rehearsal.waits(played.state, site) for site in ("s1", "s2", "s3")] == [True, True, False]
    played.do("s1", c.ReportCheck(GOOD))
    assert not rehearsal.waits(played.state, "s1") and played.state.checks["s1"].check == GOOD
    before = len(played.happenings)
    played.do("s1", c.ReportCheck(replace(GOOD, camera="none")))
    assert len(played.happenings) == before


def test_one_site_may_be_rung_again_and_the_others_keep_what_they_found() -> None:
    played = released().do("secretary", c.RingSites()).do("s1", c.ReportCheck(GOOD)).do("s2", c.ReportCheck(GOOD))
    played.do("secretary", c.RingSites(("s2", "s2")))
    assert played.happenings[-1] == e.SitesRung(("s2",))
    assert rehearsal.waits(played.state, "s2") and not rehearsal.waits(played.state, "s1")
    assert set(played.state.checks) == {"s1", "s2"}  # what was found last stays till there is news
    assert played.state.rung["s2"] > played.state.rung["s1"]


def test_a_second_press_rings_nobody_who_is_trying_already() -> None:
    played = released().do("secretary", c.RingSites())
    before = played.state
    assert played.do("secretary", c.RingSites()).state == before
    played.do("s1", c.ReportCheck(GOOD)).do("secretary", c.RingSites())
    assert played.happenings[-1] == e.SitesRung(("s1",))


def test_only_sites_of_a_coming_sitting_are_rung() -> None:
    assert refused(lambda: Played().do("secretary", c.RingSites())) == "not-now"
    assert refused(lambda: Played().opened().do("secretary", c.RingSites())) == "not-now"
    assert refused(lambda: released().do("secretary", c.RingSites(("s9",)))) == "site-not-invited"
    assert refused(lambda: released().do("s9", c.ReportCheck(GOOD))) == "site-not-invited"


def test_a_report_that_comes_when_the_sitting_is_open_changes_nothing() -> None:
    played = released().do("secretary", c.RingSites()).do("chair", c.Open())
    before = played.state
    assert not rehearsal.waits(before, "s1")
    assert played.do("s1", c.ReportCheck(GOOD)).state == before


def test_a_sitting_without_sites_rings_nobody() -> None:
    state = replace(released().state, rooms={})
    with pytest.raises(Refused, match="no-sites"):
        rehearsal.ring(state, c.RingSites())


def test_all_is_well() -> None:
    assert found() == {}
    assert rehearsal.worst(rehearsal.judge(GOOD, "full", AT, ENDS)) == "good"


@pytest.mark.parametrize("what", ["none", "refused", "busy", "dark"])
def test_a_camera_that_gives_no_picture_is_bad(what: Any) -> None:
    assert found(camera=what, height=0) == {"camera": ("bad", f"camera-{what}")}


@pytest.mark.parametrize("what", ["none", "refused", "busy", "silent"])
def test_a_microphone_that_gives_no_sound_is_bad(what: Any) -> None:
    assert found(microphone=what) == {"microphone": ("bad", f"microphone-{what}")}


def test_a_coarse_picture_is_told() -> None:
    assert found(height=240) == {"camera": ("warn", "camera-small")}


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        ({"link": "none", "up_kbit": 0, "down_kbit": 0, "whole": False}, ("bad", "line-none")),
        ({"down_loss": 200}, ("bad", "line-broken")),
        ({"up_loss": 30}, ("warn", "line-lossy")),
        ({"up_kbit": 300}, ("warn", "line-thin-up")),
        ({"up_kbit": 30}, ("bad", "line-poor")),
        ({"whole": False, "down_kbit": 900}, ("warn", "line-thin-down")),
        ({"whole": False, "down_kbit": 30}, ("bad", "line-poor")),
        ({"rtt": 900}, ("warn", "line-late")),
        ({"link": "tcp"}, ("warn", "line-tcp")),
    ],
)
def test_each_trouble_of_the_line_is_named(wrong: dict[str, Any], verdict: tuple[str, str]) -> None:
    assert found(**wrong) == {"line": verdict}


def test_what_must_come_is_what_the_profile_lets_come() -> None:
    thin = {"down_kbit": 280, "whole": False}
    told = {line: found(line, **thin) for line in WANTED_DOWN_KBIT}
    assert {line for line, wrong in told.items() if wrong} == {"512k", "1.5M", "full"}
    assert found("64k", down_kbit=52, whole=False) == {}  # there is no smaller one to choose
    assert found("send-only", down_kbit=0, whole=False) == {}


def test_no_profile_makes_a_thin_way_out_wider() -> None:
    assert found("64k", up_kbit=200) == found("full", up_kbit=200) == {"line": ("warn", "line-thin-up")}


def test_a_sound_that_was_not_measured_is_not_called_good() -> None:
    wrong = found(microphone="unheard", link="none")
    assert wrong == {"microphone": ("warn", "microphone-unheard"), "line": ("bad", "line-none")}


def test_a_clock_and_a_certificate_that_are_off() -> None:
    assert found(clock_ms=-9_000) == {"clock": ("warn", "clock-off")}
    assert found(clock_ms=7_200_000) == {"clock": ("warn", "clock-wrong")}
    assert found(clock_ms=-3 * DAY_MS) == {"clock": ("bad", "clock-days")}
    assert found(trusted=False) == {"certificate": ("warn", "certificate-untrusted")}
    assert found(ends=AT + 3 * DAY_MS) == {"certificate": ("warn", "certificate-soon")}
    assert found(ends=AT - 1) == {"certificate": ("bad", "certificate-ends")}
    [told] = [one for one in rehearsal.judge(GOOD, "full", AT, AT + 1) if one.subject == "certificate"]
    assert told.params == {"days": 1}


def test_a_site_without_news_says_why() -> None:
    state = released().do("secretary", c.RingSites()).do("s2", c.ReportCheck(replace(GOOD, camera="none"))).state
    here = Reach(enrolled=True, connected=True, elsewhere=False)
    rung = state.rung["s1"]

    def step(site: str, reach: Reach, now: int = rung) -> str:
        checked = state.checks.get(site)
        findings = rehearsal.judge(checked.check, "full", AT, ENDS) if checked else ()
        return rehearsal.step(state, site, reach, findings, now)

    assert step("s1", here) == "waiting" and step("s1", here, rung + SILENT_MS + 1) == "silent"
    assert step("s1", replace(here, elsewhere=True)) == "busy"
    assert step("s1", replace(here, connected=False)) == "away"
    assert step("s1", replace(here, enrolled=False)) == "unenrolled"
    assert step("s2", here) == step("s2", replace(here, connected=False)) == "bad"
    assert rehearsal.step(released().state, "s1", here, (), rung) == "unasked"


def test_the_worst_finding_is_the_sites() -> None:
    findings = rehearsal.judge(replace(GOOD, link="tcp", camera="none"), "full", AT, ENDS)
    assert rehearsal.worst(findings) == "bad"
