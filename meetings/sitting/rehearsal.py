"""A rehearsal: sites of a coming sitting are rung, and try camera, microphone, line, clock and certificate by
themselves. Here it is decided who is rung, and judged what a site found. Pure.

What was found is kept as it was measured; what it means is read from it, so that a better judgement needs no new ring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from store.errors import Refused

from . import commands as c
from . import events as e
from .state import State

Verdict = Literal["good", "warn", "bad"]
Step = Literal["bad", "warn", "silent", "waiting", "busy", "away", "unenrolled", "unasked", "good"]
Subject = Literal["camera", "microphone", "line", "clock", "certificate"]

# What must come to a site for its line profile (meetings/relay/lines.py), kbit/s. A try shows one large picture: nobody
# can tell whether a line carries more than that.
WANTED_DOWN_KBIT: Mapping[e.LineName, int] = {
    "64k": 50, "256k": 256, "512k": 512, "1.5M": 1500, "full": 1500, "send-only": 0,
}  # fmt: skip
WANTED_UP_KBIT = 500  # a camera's middle picture, whatever comes back
NEARLY = 0.85  # of what is wanted is enough: a measurement of seconds is no exact one
LEAST_KBIT = 50  # a voice needs so much
SMALL_PICTURE = 360  # lines of a camera's picture: fewer look coarse on a wall
LOSSY, BROKEN = 20, 150  # per mille: to be mended, and too much to hold a sitting over
LATE_MS = 400  # round trip: two who speak at once stumble from here on
CLOCK_OFF_MS, CLOCK_WRONG_MS = 5_000, 120_000
DAY_MS = 86_400_000
SOON_MS = 7 * DAY_MS
SILENT_MS = 180_000  # who is rung, connected, and says nothing for so long, is asked by telephone


class Finding(msgspec.Struct, frozen=True):
    """What one subject of a check came to: `code` names the sentence for people (`finding.` in the words)."""

    subject: Subject
    verdict: Verdict
    code: str
    params: Mapping[str, str | int] = {}


def ring(state: State, command: c.RingSites) -> list[e.AnyHappening]:
    """Those that are named, or all of its sites but those that are trying already."""
    if any(site not in state.rooms for site in command.sites):
        raise Refused("site-not-invited")
    if not state.rooms:
        raise Refused("no-sites")
    sites = command.sites or tuple(site for site in state.rooms if not waits(state, site))
    return [e.SitesRung(tuple(dict.fromkeys(sites)))] if sites else []


def report(state: State, command: c.ReportCheck, who: str) -> list[e.AnyHappening]:
    """WHO, a site, says what it found; once for each ring."""
    if who not in state.rooms:
        raise Refused("site-not-invited")
    return [e.SiteChecked(who, command.check)] if waits(state, who) else []


def waits(state: State, site: str) -> bool:
    """Was SITE rung, and has not said yet what it found?"""
    return state.phase == "released" and site in state.awaited


class Reach(msgspec.Struct, frozen=True):
    """Whether a site can be reached now: has it a browser of its own, is that connected, is it in another sitting."""

    enrolled: bool
    connected: bool
    elsewhere: bool


def step(state: State, site: str, reach: Reach, findings: tuple[Finding, ...], now: int) -> Step:
    """How far SITE has come at NOW (UTC milliseconds): while it is waited for, why; else what was found of it last."""
    if not reach.enrolled:
        return "unenrolled"
    if not waits(state, site):
        return worst(findings) if findings else "unasked"
    if not reach.connected:
        return "away"
    if reach.elsewhere:
        return "busy"
    return "silent" if now - state.rung[site] > SILENT_MS else "waiting"


def judge(check: e.Check, line: e.LineName, at: int, certificate_ends: int) -> tuple[Finding, ...]:
    """CHECK of a site with the profile LINE, for a sitting at AT; the node's certificate holds until CERTIFICATE_ENDS
    (both UTC milliseconds)."""
    return (
        _camera(check),
        _microphone(check),
        next(_line(check, line)),
        _clock(check),
        _certificate(check, at, certificate_ends),
    )


def worst(findings: tuple[Finding, ...]) -> Verdict:
    ranks: tuple[Verdict, ...] = ("good", "warn", "bad")
    return max((finding.verdict for finding in findings), key=ranks.index, default="good")


def _camera(check: e.Check) -> Finding:
    if check.camera != "good":
        return Finding("camera", "bad", f"camera-{check.camera}")
    if check.height < SMALL_PICTURE:
        return Finding("camera", "warn", "camera-small", {"height": check.height})
    return Finding("camera", "good", "camera-good", {"height": check.height})


def _microphone(check: e.Check) -> Finding:
    if check.microphone == "unheard":
        return Finding("microphone", "warn", "microphone-unheard")
    if check.microphone != "good":
        return Finding("microphone", "bad", f"microphone-{check.microphone}")
    return Finding("microphone", "good", "microphone-good")


def _line(check: e.Check, line: e.LineName) -> Iterator[Finding]:
    """What there is to say of the line, the worst first."""
    wanted = WANTED_DOWN_KBIT[line]
    loss = max(check.up_loss, check.down_loss)
    down = max(check.down_kbit, wanted) if check.whole else check.down_kbit
    least = min(check.up_kbit, down) if wanted else check.up_kbit
    if check.link == "none":
        yield Finding("line", "bad", "line-none")
    if loss >= BROKEN:
        yield Finding("line", "bad", "line-broken", {"percent": loss // 10})
    if least < LEAST_KBIT:
        yield Finding("line", "bad", "line-poor", {"kbit": least})
    if down < wanted * NEARLY:
        yield Finding("line", "warn", "line-thin-down", {"kbit": down, "wanted": wanted})
    if check.up_kbit < WANTED_UP_KBIT * NEARLY:
        yield Finding("line", "warn", "line-thin-up", {"kbit": check.up_kbit, "wanted": WANTED_UP_KBIT})
    if loss >= LOSSY:
        yield Finding("line", "warn", "line-lossy", {"percent": loss // 10})
    if check.rtt >= LATE_MS:
        yield Finding("line", "warn", "line-late", {"rtt": check.rtt})
    if check.link == "tcp":
        yield Finding("line", "warn", "line-tcp")
    yield Finding("line", "good", "line-good", {"rtt": check.rtt})


def _clock(check: e.Check) -> Finding:
    """Screens follow the server's clock; but certificates are believed by one's own."""
    off = abs(check.clock_ms)
    if off >= DAY_MS:
        return Finding("clock", "bad", "clock-days", {"days": off // DAY_MS})
    if off >= CLOCK_WRONG_MS:
        return Finding("clock", "warn", "clock-wrong", {"minutes": round(off / 60_000)})
    if off >= CLOCK_OFF_MS:
        return Finding("clock", "warn", "clock-off", {"seconds": round(off / 1000)})
    return Finding("clock", "good", "clock-good")


def _certificate(check: e.Check, at: int, ends: int) -> Finding:
    if ends <= at:
        return Finding("certificate", "bad", "certificate-ends")
    if not check.trusted:
        return Finding("certificate", "warn", "certificate-untrusted")
    if ends - at < SOON_MS:
        return Finding("certificate", "warn", "certificate-soon", {"days": 1 + (ends - at) // DAY_MS})
    return Finding("certificate", "good", "certificate-good")
