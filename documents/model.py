"""What is known of a file that was taken in, and what typesetting gives back. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

Grade = Literal["top-secret", "secret", "confidential", "frame"]  # Tuyệt mật, Tối mật, Mật; a red frame with no words


class Stamp(msgspec.Struct, frozen=True):
    """A mark of secrecy that was found on a page (from 1)."""

    grade: Grade
    page: int


class Examined(msgspec.Struct, frozen=True):
    """A PDF that may be kept: `sha256` and `size` are of the bytes that are kept, cleaned if anything was stripped."""

    sha256: str
    size: int
    pages: int
    signed: bool
    stripped: tuple[str, ...] = ()  # codes of what was taken out, said to the uploader and recorded
    made_from: str = "pdf"  # what came: pdf, picture, or the kind of an office file
    stamp: Stamp | None = None


class Spot(msgspec.Struct, frozen=True):
    """A rectangle on a page, in PDF points from the lower left corner; pages count from 1."""

    name: str
    page: int
    left: float
    bottom: float
    right: float
    top: float


class Typeset(msgspec.Struct, frozen=True):
    pages: int
    spots: tuple[Spot, ...]


class Head(msgspec.Struct, frozen=True):
    """The head of an administrative document (Decree 30/2020/NĐ-CP, Appendix I)."""

    parent: str  # UBND TỈNH QUẢNG TRỊ, or "" where there is none
    agency: str
    symbol: str  # 05/BB-UBND
    place: str
    date: str  # ISO day


class MinutesForm(msgspec.Struct, frozen=True, tag_field="kind", tag="minutes"):
    """Form 1.9, as it is typeset. All text is the committee's own."""

    head: Head
    subject: str
    begun: str
    venue: str
    attendance: tuple[str, ...]
    chair: str
    secretary: str
    course: tuple[str, ...]
    ended: str
    recipients: tuple[str, ...]
    secretary_name: str
    chair_name: str
    chair_title: str
    check_url: str
    check_code: str
    check_picture: str  # SVG of the QR code
    journal: str  # sitting, seq and hash of the journal's head, printed small and kept in the metadata
    seal_mm: int = 36  # how wide the agency's seal is
    power: str = ""  # by which another signs in the chair's place: KT. CHỦ TỊCH


class PaperForm(msgspec.Struct, frozen=True, tag_field="kind", tag="paper"):
    """Any administrative document with a name of its kind (Decree 30, form 1.5 and its like)."""

    head: Head
    name: str  # TỜ TRÌNH
    summary: str
    text: tuple[str, ...]
    power: str  # TM. ỦY BAN NHÂN DÂN, or ""
    office: str
    signatory: str
    recipients: tuple[str, ...]
    to: str = ""


class ReadinessRow(msgspec.Struct, frozen=True):
    """A site: its name, and in one word each how camera, microphone, line, clock and certificate are, and all of it."""

    site: str
    words: tuple[str, ...]
    outcome: str


class ReadinessForm(msgspec.Struct, frozen=True, tag_field="kind", tag="readiness"):
    """What a rehearsal showed, on paper for whoever goes and mends it. `troubles`: a site, and what is to be done."""

    agency: str
    sitting: str
    begins: str
    place: str
    date: str  # ISO day on which it was made
    made: str  # the same with its time, in words
    counts: str
    rows: tuple[ReadinessRow, ...]
    troubles: tuple[tuple[str, tuple[str, ...]], ...]


class InvitationForm(msgspec.Struct, frozen=True, tag_field="kind", tag="invitation"):
    """Form 1.7. `requests` is what is asked of those who come; `closing` the last sentence."""

    head: Head
    subject: str
    invited: tuple[str, ...]
    chair: str
    begins: str
    place: str
    agenda: tuple[str, ...]
    requests: tuple[str, ...]
    closing: str
    power: str  # TM., KT., TL. with whom; or ""
    office: str
    signatory: str
    recipients: tuple[str, ...]


class EvidenceForm(msgspec.Struct, frozen=True, tag_field="kind", tag="evidence"):
    """One page that tells a judge what an evidence package proves and how to see that. `signatures`: whose, for whom,
    when, the certificate's number; `decided`: the first lines of what was decided, `left` how many more there are."""

    agency: str
    place: str
    date: str  # ISO day on which it was made
    made: str
    sitting: str
    held: str
    symbol: str
    signatures: tuple[tuple[str, str, str, str], ...]
    decided: tuple[str, ...]
    left: int
    minutes: str  # SHA-256
    events: int
    head: str  # hash of the journal's last event
    receipts: int
    authority: str


Form = EvidenceForm | MinutesForm | PaperForm | ReadinessForm | InvitationForm
