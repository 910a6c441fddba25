"""The first draft of the minutes: a reading of the sitting's journal, in the words of form 1.9. Pure.

Its Vietnamese sentences are the text of a document, not of a screen: they are here and not among the words, and the
secretary changes them as she likes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

from store.world import vietnam_time

from . import events as e
from .attendance import standing, was_at
from .events import Seat
from .model import Ballot
from .rules import AGAINST, FOR, SILENT
from .screen import Card
from .state import State

HONORIFIC = {"ong": "Ông", "ba": "Bà"}


Told = tuple[int, int, e.AnyHappening]  # number, UTC ms and what, as the journal has it


class MinutesText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the secretary edits. Lines of lists are separate strings."""

    subject: str
    begun: str
    venue: str
    attendance: tuple[str, ...]
    chair: str
    secretary: str
    course: tuple[str, ...]
    ended: str
    recipients: tuple[str, ...]


def tidied(text: MinutesText) -> MinutesText:
    """TEXT as it is kept: NFC, trimmed, without empty lines."""

    def line(value: str) -> str:
        kept = "".join(char for char in value if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
        return unicodedata.normalize("NFC", kept).strip()

    def lines(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(line(value) for value in values if line(value))

    return MinutesText(
        line(text.subject), line(text.begun), line(text.venue), lines(text.attendance), line(text.chair),
        line(text.secretary), lines(text.course), line(text.ended), lines(text.recipients),
    )  # fmt: skip


def hour(utc_ms: int) -> str:
    local = vietnam_time(utc_ms)
    return f"{local.hour:02d} giờ {local.minute:02d} phút"


def date(utc_ms: int) -> str:
    """Days below 10 and months 1 and 2 with a leading zero (Decree 30, Appendix I, part II, section 4)."""
    local = vietnam_time(utc_ms)
    month = f"{local.month:02d}" if local.month < 3 else str(local.month)
    return f"ngày {local.day:02d} tháng {month} năm {local.year}"


def moment(utc_ms: int) -> str:
    """Hour and date."""
    return f"{hour(utc_ms)}, {date(utc_ms)}"


def title(card: Card | None) -> str:
    """Bà Phạm Thị Lan, Chủ tịch Ủy ban nhân dân huyện."""
    if card is None:
        return ""
    return ", ".join(part for part in (f"{HONORIFIC.get(card.honorific, '')} {card.name}".strip(), card.office) if part)


def draft(state: State, happened: Iterable[Told], people: Mapping[str, Card], rooms: Mapping[str, str]) -> MinutesText:
    """Minutes of a closed sitting. HAPPENED: in order; PEOPLE and ROOMS: names as of that day."""
    happened = list(happened)
    used = {event.site for _, _, event in happened if isinstance(event, e.SiteJoined | e.CheckedIn)}
    linked = [rooms[site] for site in state.rooms if site in rooms and site in used]
    venue = state.place + (f"; kết nối trực tuyến với {len(linked)} điểm cầu: {', '.join(linked)}" if linked else "")
    return MinutesText(
        subject=state.title,
        begun=moment(state.opened_at),
        venue=f"{venue}.",
        attendance=tuple(_attendance(state, people)),
        chair=title(people.get(state.chair)),
        secretary=title(people.get(state.with_role("secretary"))),
        course=tuple(_course(state, happened, people)),
        ended=f"Cuộc họp kết thúc vào {moment(state.closed_at)}",
        recipients=("Thành viên Ủy ban nhân dân", "Các đơn vị dự họp", "Lưu: VT, Hồ sơ phiên họp"),
    )


def decisive(state: State, people: Mapping[str, Card], *, closed_too: bool = True) -> list[str]:
    """What was decided, item by item: results of votes with their arithmetic, and the chair's conclusions."""
    found = []
    for number, item in enumerate(state.items, 1):
        if item.closed and not closed_too:
            continue
        votes = [one for one in state.ballots if one.item == item.id and one.result is not None and not one.held]
        found += [f"{number}. {_vote(ballot, ballot.closed_at, people)}" for ballot in votes]
        found += [f"{number}. Kết luận của chủ tọa: {item.conclusion}"] if item.conclusion else []
    return found


def _attendance(state: State, people: Mapping[str, Card]) -> Iterable[str]:
    was_there = set(state.ever_present)
    members = [seat for seat in state.seats.values() if seat.entitled]
    present = [seat for seat in members if seat.person in was_there]
    yield f"Thành viên Ủy ban nhân dân có mặt {len(present)} trên tổng số {len(members)} thành viên:"
    yield from (f"{title(people.get(seat.person))};" for seat in present)
    yield from _partly(state, present, people)
    away = [seat.person for seat in members if seat.person not in was_there]
    counted = frozenset(state.entitled_present)
    excused = [person for person in away if standing(state, person, counted) == "excused"]
    for heading, missing in (("Vắng có lý do", excused), ("Vắng mặt", [one for one in away if one not in excused])):
        if missing:
            yield f"{heading}: {'; '.join(title(people.get(person)) for person in missing)}."
    instead = [seat for seat in state.seats.values() if seat.role == "substitute" and seat.person in was_there]
    for seat in instead:
        yield f"{title(people.get(seat.person))} dự thay {title(people.get(seat.stands_for))}."
    guests = [
        title(people.get(seat.person))
        for seat in state.seats.values()
        if not seat.entitled and seat.role == "guest" and seat.person in was_there
    ]
    if guests:
        yield f"Đại biểu mời: {'; '.join(guests)}."


def course_of(state: State, happened: Iterable[Told], people: Mapping[str, Card], item: str) -> list[str]:
    """What was said and decided on one item, as the first draft of the minutes has it."""
    spans = [span for span in state.spans if span.item == item]
    votes = {ballot.id: ballot.item for ballot in state.ballots}

    def is_of(seq: int, event: e.AnyHappening) -> bool:
        """By what it names; what names no item, by what came before and after."""
        if isinstance(event, e.ItemOpened | e.Concluded):
            return event.item == item
        if isinstance(event, e.Noted):
            return event.item == item
        if isinstance(event, e.VoteClosed | e.VoteVoided):
            return votes[event.ballot] == item
        return any(span.holds(seq) for span in spans)

    return list(_course(state, [told for told in happened if is_of(told[0], told[2])], people))


def extract(written: MinutesText, state: State, item: str) -> list[str]:
    """The lines of one item out of the approved text, from its heading to the next one; none if it has no heading."""
    headings = {one.id: f"{number}. {one.title}" for number, one in enumerate(state.items, 1)}
    found: list[str] = []
    inside = False
    for line in written.course:
        heading = next((id_ for id_, told in headings.items() if line.startswith(told)), "")
        inside = heading == item if heading else inside
        if inside:
            found.append(line)
    return found


def _partly(state: State, present: Iterable[Seat], people: Mapping[str, Card]) -> Iterable[str]:
    """Who came when items had been dealt with, and who left before the last one was."""
    numbers = {item.id: number for number, item in enumerate(state.items, 1)}
    held = [item.id for item in state.items if any(span.item == item.id for span in state.spans)]
    for seat in present:
        missed = [str(numbers[item]) for item in held if not was_at(state, seat.person, item)]
        if missed and len(missed) < len(held):
            yield f"{title(people.get(seat.person))} không dự mục {', '.join(missed)}."


def _course(state: State, happened: Iterable[Told], people: Mapping[str, Card]) -> Iterable[str]:
    votes = {ballot.id: ballot for ballot in state.ballots}
    notes = {note.id: note.text for note in state.notes}
    conclusions = {item.id: item.conclusion for item in state.items}  # as they stood in the end
    numbers = {item.id: number for number, item in enumerate(state.items, 1)}
    titles = {item.id: item.title for item in state.items}
    for _, at, event in happened:
        if isinstance(event, e.ItemOpened):
            yield f"{numbers.get(event.item, 0)}. {titles.get(event.item, '')}. (Bắt đầu lúc {hour(at)}.)"
        elif isinstance(event, e.FloorGiven):
            yield f"{title(people.get(event.person))} phát biểu ý kiến."
        elif isinstance(event, e.VoteClosed):
            yield _vote(votes[event.ballot], at, people)
        elif isinstance(event, e.VoteVoided):
            yield _voided(votes[event.ballot], at)
        elif isinstance(event, e.Noted) and event.note in notes:
            yield notes[event.note]
        elif isinstance(event, e.Said) and event.record:
            yield f"{title(people.get(event.person))} ghi ý kiến: {event.text}"
        elif isinstance(event, e.Suspended):
            yield f"Phiên họp tạm dừng lúc {moment(at)}. Lý do: {event.reason}"
        elif isinstance(event, e.Resumed):
            yield f"Phiên họp tiếp tục lúc {moment(at)}."
        elif isinstance(event, e.RoleTaken):
            what = "chủ trì phiên họp" if event.role == "chair" else "làm thư ký phiên họp"
            yield f"{title(people.get(event.person))} {what} từ lúc {hour(at)}."
        elif isinstance(event, e.Concluded) and event.text == conclusions.get(event.item):
            yield f"Kết luận của chủ tọa: {event.text}"


WAYS = {"open": "Biểu quyết công khai", "roll-call": "Biểu quyết bằng gọi tên", "secret": "Bỏ phiếu kín"}
CHOICES = {FOR: "tán thành", AGAINST: "không tán thành", SILENT: "không biểu quyết"}


def _vote(ballot: Ballot, at: int, people: Mapping[str, Card]) -> str:
    """A vote with its arithmetic; of a roll call, who answered what."""
    result = ballot.result
    assert result is not None
    words = CHOICES | {str(number): option for number, option in enumerate(ballot.options, 1)}
    counted = ", ".join(f"{words[code]} {count}" for code, count in result.counts)
    everyone = result.base == result.members
    whole = f"tổng số {result.base} thành viên" if everyone else f"{result.base} thành viên có mặt"
    base = f"cần {result.needed} trên {whole}"
    tie = (
        "; số phiếu hai bên ngang nhau, quyết định theo ý kiến bên có biểu quyết của chủ tọa" if result.by_chair else ""
    )
    told = (
        f"{WAYS[ballot.way]} lúc {hour(at)} về: “{ballot.question}”. Kết quả: {counted}, "
        f"có mặt không cho ý kiến {result.unheard - ballot.absent}, vắng mặt {ballot.absent}; {base}{tie}; "
        f"{_outcome(ballot, words)}."
    )
    if ballot.way != "roll-call":
        return told
    answers = "; ".join(
        f"{title(people.get(person))}: {', '.join(words[code] for code in chosen)}"
        for person, chosen in ballot.votes.items()
    )
    return f"{told} Ý kiến từng người: {answers}."


def _outcome(ballot: Ballot, words: Mapping[str, str]) -> str:
    result = ballot.result
    assert result is not None
    if not ballot.options:
        return "nội dung được thông qua" if result.passed else "nội dung không được thông qua"
    chosen = f"được chọn: {', '.join(words[code] for code in result.carried)}" if result.carried else "chưa chọn được"
    tied = f"; ngang phiếu: {', '.join(words[code] for code in result.tied)}" if result.tied else ""
    return chosen + tied


def _voided(ballot: Ballot, at: int) -> str:
    why = f"theo quyết định của chủ tọa: {ballot.reason}" if ballot.reason else "do sự cố kỹ thuật, phải biểu quyết lại"
    return f"{WAYS[ballot.way]} lúc {hour(at)} về: “{ballot.question}” bị hủy {why}."
