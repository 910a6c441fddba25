"""Every message of the channel between browser and server, as strict structs; HTTP's are in bodies.py and answers.py.

The browser's types (static/js/wire.d.ts) and the tables of docs/PROTOCOL.md are generated from this file by
`bacap protocol`; a test fails when they are stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from meetings.sitting.actions import SittingRow
from meetings.sitting.commands import Command
from meetings.sitting.views import SeenEvent

VERSION = 1  # of the channel; a browser older than the server reloads itself between items


Sign = Literal["agree", "applause", "hand", "slower"]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything a browser sends: a field we do not know is an error."""


class Refusal(msgspec.Struct, frozen=True, tag="refused"):
    code: str
    text: str
    params: Mapping[str, str | int]
    id: str = ""  # of what was asked; of `watch`, the sitting


# ── the channel: browser to server ──


class Hello(Strict, frozen=True, tag="hello"):
    """First message. A site gives its credential; a person is known by the cookie."""

    v: int
    site: str = ""


class Watch(Strict, frozen=True, tag="watch"):
    """Tell me about this sitting, from the event after AFTER; behind the last, as it stands and goes on."""

    sitting: str
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0


class Do(Strict, frozen=True, tag="do"):
    """A command. `id` makes a retry harmless; `seen` is the last event the screen showed."""

    id: Annotated[str, Meta(min_length=1, max_length=64, pattern="^[!-~]*$")]
    sitting: str
    seen: Annotated[int, Meta(ge=0, le=2**53)]
    command: Command


class Fetch(Strict, frozen=True, tag="fetch"):
    """Ask for a short-lived address of a paper's bytes; the desk may name an earlier version by its `sha256`."""

    id: str
    sitting: str
    paper: str
    sha256: str = ""


class MediaOffer(Strict, frozen=True, tag="media-offer"):
    """Join with camera and microphone, or to watch: an SDP offer (meetings/relay/sdp.py says its shape). `mosaic`: so
    many of its last places for pictures show what is asked for by `media-mosaic`."""

    id: str
    sitting: str
    sdp: str
    mosaic: int = 0


class MediaMosaic(Strict, frozen=True, tag="media-mosaic"):
    """The mosaic's places are to show these sites, or persons alone, in their smallest picture."""

    sitting: str
    endpoints: list[str]


class MediaShare(Strict, frozen=True, tag="media-share"):
    """My screen is shared, or no more."""

    sitting: str
    on: bool


class MediaLeave(Strict, frozen=True, tag="media-leave"):
    sitting: str


class TrialOffer(Strict, frozen=True, tag="trial-offer"):
    """Try my line: an SDP offer as in MediaOffer. What is sent comes back, for half a minute at most."""

    id: str
    sdp: str


class TrialEnd(Strict, frozen=True, tag="trial-end"):
    """I have seen enough of the try that was offered under this id."""

    id: str


class SiteSittings(Strict, frozen=True, tag="site-sittings"):
    """A site asks which sittings it is invited to; the answer is a `site-sittings` too."""


class React(Strict, frozen=True, tag="react"):
    """A sign to everybody who follows the sitting; it is passed on and never kept."""

    sitting: str
    sign: Sign


class Point(Strict, frozen=True, tag="point"):
    """Whoever presents points at the page that is shown: at thousandths of its width and height. Passed on to who
    follows the sitting, and never kept."""

    sitting: str
    x: Annotated[int, Meta(ge=0, le=1000)]
    y: Annotated[int, Meta(ge=0, le=1000)]


class AskWallCode(Strict, frozen=True, tag="ask-wall-code"):
    """A site asks for the code that its wall shows, by which people in the room check in."""

    id: str
    sitting: str


class Reading(Strict, frozen=True, tag="reading"):
    """Pages of a paper's newest version lay open before me: which, and for how many ms each since I last said so.
    Answered by `done` once it is durable."""

    id: str
    sitting: str
    paper: str
    sha256: str
    pages: Annotated[list[tuple[int, int]], Meta(max_length=200)]


class Ping(Strict, frozen=True, tag="ping"):
    t: int


class MediaStats(Strict, frozen=True, tag="media-stats"):
    """How the last ten seconds were shown: pictures that stood still, how often and for how many ms in all, and how
    much of the sound had to be made up, per mille."""

    sitting: str
    freezes: Annotated[int, Meta(ge=0, le=1000)]
    frozen_ms: Annotated[int, Meta(ge=0, le=1_000_000)]
    concealed: Annotated[int, Meta(ge=0, le=1000)]


FromBrowser = (
    Hello | Watch | Do | Fetch | MediaOffer | MediaMosaic | MediaShare | MediaStats | MediaLeave
    | TrialOffer | TrialEnd | SiteSittings | AskWallCode | React | Point | Reading | Ping
)  # fmt: skip


# ── the channel: server to browser ──


class IceServer(msgspec.Struct, frozen=True, rename="camel"):
    """As RTCPeerConnection takes it."""

    urls: list[str]
    username: str
    credential: str


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    v: int
    who: str  # person or site id
    kind: str
    name: str
    now: int  # UTC milliseconds: clocks on screens follow the server
    ice: list[IceServer] = []  # an external TURN server, where one is set


class Told(msgspec.Struct, frozen=True, tag="told"):
    """Events behind the last seq, and the parts of the screen that they changed."""

    sitting: str
    seq: int
    events: list[SeenEvent]
    parts: Mapping[str, Any]


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The command is durable; `seq` is its last event, 0 if it changed nothing."""

    id: str
    seq: int


class Fetched(msgspec.Struct, frozen=True, tag="fetched"):
    id: str
    url: str


class MediaAnswer(msgspec.Struct, frozen=True, tag="media-answer"):
    id: str
    sdp: str


class Slots(msgspec.Struct, frozen=True, tag="slots"):
    """Which endpoint (site, or person alone) each of the screen's places shows now ("" is none; a shared screen has
    `#screen` behind its endpoint)."""

    audio: list[str]
    video: list[str]


class MediaWanted(msgspec.Struct, frozen=True, tag="media-wanted"):
    """The highest layer of my camera (`video`) or `screen` that anybody watches; -1: none. More need not be sent."""

    name: str
    top: int


class Health(msgspec.Struct, frozen=True):
    """A site as seen now. `line`: good, weak or none; rates in kbit/s, losses per mille, times in ms. `down_`: towards
    it; `carries_kbit`: what its line is held to carry; `tcp`: it gets no UDP through; the last three as in MediaStats.
    """

    connected: bool = False
    camera: bool = False
    sound: bool = False
    line: str = "none"
    video_kbit: int = 0
    loss: int = 0
    jitter: int = 0
    down_kbit: int = 0
    down_loss: int = 0
    carries_kbit: int = 0
    rtt: int = 0
    tcp: bool = False
    freezes: int = 0
    frozen_ms: int = 0
    concealed: int = 0


class MediaHealth(msgspec.Struct, frozen=True, tag="media-health"):
    """To who conducts a sitting: how every site and lone person in it does, every other second."""

    sitting: str
    endpoints: Mapping[str, Health]


class MediaLost(msgspec.Struct, frozen=True, tag="media-lost"):
    """The relay is gone or dropped us: offer again."""

    why: str


class SiteListed(msgspec.Struct, frozen=True, tag="site-sittings"):
    """`waited`: those of them for which it is rung, and waited for: it is to try its things and say what it found."""

    sittings: list[SittingRow]
    waited: list[str]


class Reacted(msgspec.Struct, frozen=True, tag="reacted"):
    sitting: str
    person: str
    sign: Sign


class Pointed(msgspec.Struct, frozen=True, tag="pointed"):
    sitting: str
    paper: str
    page: int
    x: int
    y: int


class WallCode(msgspec.Struct, frozen=True, tag="wall-code"):
    id: str
    code: str
    until: int  # UTC milliseconds: then the next one follows


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    t: int
    now: int  # UTC milliseconds: clocks on screens follow the server


ToBrowser = (
    Welcome
    | Told
    | Done
    | Fetched
    | Refusal
    | MediaAnswer
    | Slots
    | MediaWanted
    | MediaHealth
    | MediaLost
    | SiteListed
    | WallCode
    | Reacted
    | Pointed
    | Pong
)
