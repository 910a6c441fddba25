"""A letter about a sitting or an opinion ballot: what the desk says too, for a sitting with the calendar entry and
the invitation as attachments. Pure.

The calendar entry is iTIP (RFC 5546): the same UID for a sitting's whole life, its sequence growing with the journal,
so that a calendar replaces what it had, and takes it out again when the sitting is called off.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

import icalendar
import msgspec

from meetings.opinion.model import Opinion
from meetings.sitting import narrative
from meetings.sitting.state import State
from store.world import vietnam_time

from . import words
from .courier import Told

WITH_PAPER = ("invited", "changed")
WITH_CALENDAR = {"invited": "REQUEST", "changed": "REQUEST", "cancelled": "CANCEL", "reminded": "REQUEST"}
LONGEST_MIN = 8 * 60
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Letter(msgspec.Struct, frozen=True):
    """To whom, of what, in which words. `id`: its own, an atom of RFC 5322; `params`: what the text is filled with;
    `at`: when it was said, UTC ms."""

    id: str
    kind: str
    params: Mapping[str, str]
    name: str
    email: str
    sender: str
    url: str  # of this installation
    at: int
    locale: str = "vi"


def compose(
    letter: Letter, of: State | Opinion, unit: str, paper: tuple[str, bytes] | None = None
) -> EmailMessage:  # fmt: skip
    """The message. UNIT: the name of the committee; PAPER: name and bytes of the invitation."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(unit, addr_spec=letter.sender)
    message["To"] = Address(letter.name, addr_spec=letter.email)
    message["Subject"] = _say(letter, f"letter.subject-{letter.kind}", title=of.title)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's vacation answers it
    message["Message-ID"] = f"<{letter.id}@{letter.sender.rpartition('@')[2]}>"
    message.set_content(_body(letter, of, unit), charset="utf-8")
    if isinstance(of, State) and letter.kind in WITH_CALENDAR:
        method = WITH_CALENDAR[letter.kind]
        entry = calendar(letter, of, unit, method)
        message.add_attachment(entry, "text", "calendar", filename="giay-moi.ics", params={"method": method})
    if paper is not None and letter.kind in WITH_PAPER:
        message.add_attachment(paper[1], "application", "pdf", filename=paper[0])
    return message


def _say(letter: Letter, code: str, **params: str) -> str:
    return words.text(letter.locale, code, {**letter.params, **params})


def _body(letter: Letter, of: State | Opinion, unit: str) -> str:
    path = f"/sittings/{of.id}" if isinstance(of, State) else "/opinions"
    lines = [
        _say(letter, "letter.greeting", name=letter.name), "",
        _say(letter, f"letter.{letter.kind}", title=of.title, unit=unit), "",
        *_particulars(letter, of), "", _say(letter, "letter.link", link=f"{letter.url}{path}"), "", unit, "",
    ]  # fmt: skip
    return "\n".join(lines)


def _particulars(letter: Letter, of: State | Opinion) -> list[str]:
    if isinstance(of, Opinion):
        return [_say(letter, "letter.answer-by", when=narrative.moment(of.deadline))]
    lines = [
        _say(letter, "letter.when", when=narrative.moment(of.begins)),
        _say(letter, "letter.where", where=of.place),
    ]
    if letter.kind in ("invited", "changed", "reminded") and of.reply_by:
        lines.append(_say(letter, "letter.reply-by", when=narrative.moment(of.reply_by)))
    return lines


def summary(told: Told, locale: str) -> tuple[str, str]:
    """The same in a line each of title and text, for where there is no room for a letter."""
    title = words.text(locale, f"letter.subject-{told.kind}", {**told.params, "title": told.of.title})
    if isinstance(told.of, Opinion):
        return title, words.text(locale, "letter.answer-by", {"when": narrative.moment(told.of.deadline)})
    return title, f"{narrative.moment(told.of.begins)} · {told.of.place}"


def calendar(letter: Letter, state: State, unit: str, method: str) -> bytes:
    """The sitting as an iCalendar object in Vietnam time (RFC 5545)."""
    made = icalendar.Calendar()
    made.add("prodid", "-//bacap//sitting//VI")
    made.add("version", "2.0")
    made.add("method", method)
    event = icalendar.Event()
    event.add("uid", f"{state.id}@bacap")
    event.add("sequence", state.seq)
    event.add("dtstamp", vietnam_time(letter.at))
    begins = vietnam_time(state.begins)
    event.add("dtstart", _in_zone(begins))
    minutes = min(LONGEST_MIN, max(30, sum(item.minutes for item in state.items)))
    event.add("dtend", _in_zone(begins + timedelta(minutes=minutes)))
    event.add("summary", state.title)
    event.add("location", state.place)
    event.add("url", f"{letter.url}/sittings/{state.id}")
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    organizer = icalendar.vCalAddress(f"mailto:{letter.sender}")
    organizer.params["cn"] = icalendar.vText(unit)
    event["organizer"] = organizer
    attendee = icalendar.vCalAddress(f"mailto:{letter.email}")
    attendee.params["cn"] = icalendar.vText(letter.name)
    event.add("attendee", attendee, encode=False)
    made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _in_zone(moment: datetime) -> datetime:
    """By name: calendars show the zone, and an offset alone has none."""
    return moment.astimezone(ZONE)
