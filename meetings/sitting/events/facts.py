"""What events and commands speak of: a seat, a room, a check, a file; and the codes they are told in. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LineName = Literal["64k", "256k", "512k", "1.5M", "full", "send-only"]
RecordingEnd = Literal["chair", "closed-item", "on-paper", "suspended", "closed", "failed"]
CameraState = Literal["good", "none", "refused", "busy", "dark"]
MicrophoneState = Literal["good", "none", "refused", "busy", "silent", "unheard"]
VoteWay = Literal["open", "roll-call", "secret"]  # giơ tay, gọi tên, bỏ phiếu kín
QueueOrder = Literal["asked", "least-time"]
VoidReason = Literal["restart", "urn", "chair"]
SeatRole = Literal["chair", "deputy", "secretary", "member", "guest", "clerk", "approver", "substitute"]
Answer = Literal["in-person", "online", "absent", "substitute"]


def kebab(name: str) -> str:
    return "".join(f"-{char.lower()}" if char.isupper() and index else char.lower() for index, char in enumerate(name))


class Happening(msgspec.Struct, frozen=True, tag_field="kind", tag=kebab):
    """Base of all events."""


class Seat(msgspec.Struct, frozen=True):
    """One invited person: in which office, in which role, and whether quorum and majority count them."""

    person: str
    mandate: str
    unit: str
    role: SeatRole
    entitled: bool = False
    items: tuple[str, ...] = ()  # a guest's items; empty means all
    stands_for: str = ""  # a substitute: whom they were sent for


class Issued(msgspec.Struct, frozen=True):
    """A document under its number: an invitation, a notice of conclusions."""

    number: int
    symbol: str
    day: str
    sha256: str


class Convened(msgspec.Struct, frozen=True):
    """A unit that names its own people. `through`: the unit between, which forwards the call first; "" for none."""

    unit: str
    through: str = ""


class Room(msgspec.Struct, frozen=True):
    site: str
    unit: str


class Taken(msgspec.Struct, frozen=True):
    """How a file was taken in: what came, whether it bears signatures, what was stripped of it; `cleared`: the stamp of
    secrecy that it bears although whoever sent it says that it is none."""

    made_from: str = "pdf"
    signed: bool = False
    stripped: tuple[str, ...] = ()
    cleared: str = ""


class RecordingFile(msgspec.Struct, frozen=True):
    recording: str
    sha256: str
    form: Literal["webm", "mp4"]
    size: int
    began: int  # UTC milliseconds
    ms: int  # how long it lasts


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a browser measured of a room's things, or a person's. `height`: lines of the camera's picture; `level`: the
    loudest that the microphone gave, dBFS; rates in kbit/s, losses per mille, `rtt` and `clock_ms` (its clock minus
    ours) in ms; `whole`: the largest picture that it sent came back; `trusted`: it believes our certificate."""

    camera: CameraState
    height: Annotated[int, Meta(ge=0, le=10_000)]
    microphone: MicrophoneState
    level: Annotated[int, Meta(ge=-200, le=0)]
    link: Literal["udp", "tcp", "none"]
    up_kbit: Annotated[int, Meta(ge=0, le=10_000_000)]
    up_loss: Annotated[int, Meta(ge=0, le=1000)]
    down_kbit: Annotated[int, Meta(ge=0, le=10_000_000)]
    down_loss: Annotated[int, Meta(ge=0, le=1000)]
    whole: bool
    rtt: Annotated[int, Meta(ge=0, le=1_000_000)]
    clock_ms: Annotated[int, Meta(ge=-(2**52), le=2**52)]
    trusted: bool
