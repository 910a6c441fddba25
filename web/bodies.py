"""Every body of an HTTP request that is not an action's own argument, as strict structs; answers are in answers.py, the
channel's messages in wire.py.

The browser's types and docs/PROTOCOL.md are generated from all three by `bacap protocol`; a test fails when they are
stale.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from meetings.annotations.annotation import Mark
from meetings.opinion.actions import NewOpinion
from meetings.register.annexes import NewAnnex
from meetings.register.documents import Arrival, Outgoing
from meetings.sitting.actions import PlannedItem
from meetings.sitting.events import Check, LineName
from meetings.sitting.narrative import MinutesText
from meetings.sitting.outcomes import NoticeText
from meetings.sitting.rules import Occasion
from meetings.tasks.actions import NewTask
from store.world import LATEST_MS

from .wire import Strict

ACTIONS = (NewOpinion, NewTask, NoticeText)  # what actions take as it comes: told in PROTOCOL.md with the rest

Time = Annotated[int, Meta(ge=0, le=LATEST_MS)]  # UTC milliseconds


class SignIn(Strict, frozen=True):
    login: str
    password: str
    code: str = ""


class DemoSignIn(Strict, frozen=True):
    person: str


class NewPassword(Strict, frozen=True):
    token: str
    password: str


class FirstAdministrator(Strict, frozen=True):
    token: str
    name: str
    login: str
    password: str
    unit: str = ""


class NewAnnotation(Strict, frozen=True):
    """What I draw, highlight or write on a page of a paper, and on which version."""

    sha256: str
    page: int
    mark: Mark


class NewPaper(Strict, frozen=True):
    """A paper of an item from a finished upload. `secrecy`: whoever sends it says that it is no state secret;
    `cleared`: and says so again, although it bears a stamp. `readers`: for these only; `password`: opens the file."""

    upload: str
    name: str
    secrecy: Literal["none"]
    readers: tuple[str, ...] | None = None
    cleared: bool = False
    password: str = ""
    paper: str = ""  # its id, made by the browser: asked again after a lost answer, it is not added twice


class OwnFile(Strict, frozen=True):
    """A finished upload; whoever sent it says that it is no state secret; `cleared` and `password` as above."""

    upload: str
    secrecy: Literal["none"]
    cleared: bool = False
    password: str = ""


class NewOutgoing(Strict, frozen=True):
    document: Outgoing
    file: OwnFile | None = None


class NewAnnexed(Strict, frozen=True):
    annex: NewAnnex
    file: OwnFile


class NewIncoming(Strict, frozen=True):
    document: Arrival
    file: OwnFile | None = None


class NewVersion(Strict, frozen=True):
    """Another version of a paper. `replaces`: SHA-256 of the one that is on the screen."""

    upload: str
    replaces: str
    secrecy: Literal["none"]
    reason: str = ""
    cleared: bool = False
    password: str = ""


class NewUnit(Strict, frozen=True):
    parent: str
    name: str
    kind: str
    place: str = ""


class NewPerson(Strict, frozen=True):
    unit: str
    name: str
    honorific: str
    role: str
    office: str
    counted: bool = False


class NewEmail(Strict, frozen=True):
    email: str


class OpenAccount(Strict, frozen=True):
    login: str


class NewSite(Strict, frozen=True):
    unit: str
    name: str
    room: str


class EnrolSite(Strict, frozen=True):
    code: str


class Tablet(Strict, frozen=True):
    """The tablet's own secret."""

    tablet: Annotated[str, Meta(min_length=32, max_length=64)]


class NewSitting(Strict, frozen=True):
    id: str
    title: str
    unit: str
    place: str
    begins: Time
    chair: str
    secretary: str
    clerk: str
    units: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    occasion: Occasion = "ordinary"
    approver: str = ""
    convened: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    items: tuple[PlannedItem, ...] = ()


class ReleaseSitting(Strict, frozen=True):
    """`reason`: of less notice than the rules ask for. `seen`: the last event the screen showed."""

    reason: str = ""
    reply_by: Time = 0
    seen: int = 0


class SittingDetails(Strict, frozen=True):
    """`reason`: needed once everyone was told another time or place."""

    title: str
    place: str
    begins: Time
    reason: str = ""
    seen: int = 0


class TakeOver(Strict, frozen=True):
    role: Literal["chair", "secretary"]


class SendSubstitute(Strict, frozen=True):
    person: str
    reason: str = ""


class NameParticipants(Strict, frozen=True):
    people: tuple[str, ...]


class OpinionAnswer(Strict, frozen=True):
    choice: str
    comment: str = ""


class NewIntegration(Strict, frozen=True):
    """`verbs`: what it may do at the unit."""

    unit: str
    name: str
    verbs: tuple[str, ...]


class NewWebhook(Strict, frozen=True):
    url: str


class ArchiveTerm(Strict, frozen=True):
    """For how long: meetings/archive/retention.toml."""

    term: str


class Reason(Strict, frozen=True):
    reason: str


class OpinionReport(Strict, frozen=True):
    sitting: str


class TaskReport(Strict, frozen=True):
    report: str


class NewTemplate(Strict, frozen=True):
    name: str
    sitting: str


class NoticesRead(Strict, frozen=True):
    until: Time


class Device(Strict, frozen=True):
    """A browser's address at its push service, and its keys: what PushSubscription.toJSON() says."""

    endpoint: str
    p256dh: str
    auth: str


class DeviceAddress(Strict, frozen=True):
    endpoint: str


class NewRules(Strict, frozen=True):
    """A rule set's document, TOML: docs/rules.md."""

    document: str


class NewInvitations(Strict, frozen=True):
    units: tuple[str, ...]


class CheckMade(Strict, frozen=True):
    """What was measured, to be judged: for a sitting AT (UTC milliseconds, 0: now) over a line with this profile."""

    check: Check
    line: LineName = "full"
    at: int = 0


class SaveMinutesText(Strict, frozen=True):
    """`based_on`: the version that was edited."""

    text: MinutesText
    based_on: int


class NewCertificate(Strict, frozen=True):
    field: str
    passphrase: str


class RefuseSignature(Strict, frozen=True):
    """`based_on`: SHA-256 of the file that was shown."""

    field: str
    based_on: str
    reason: str


class Sign(Strict, frozen=True):
    """`based_on`: SHA-256 of the file that was shown."""

    field: str
    based_on: str
    passphrase: str


class BeginSignature(Strict, frozen=True):
    """A signature by one's own token. `based_on`: SHA-256 of the file that was shown."""

    field: str
    based_on: str


class Passphrase(Strict, frozen=True):
    """`password`: of one's account, asked again."""

    passphrase: str
    password: str


class GiveUp(Strict, frozen=True):
    reason: str
    password: str


class Confirmed(Strict, frozen=True):
    password: str


class Pkcs12(Strict, frozen=True):
    """`file`: base64; `opens`: its own password; `passphrase`: what the key lies under here; `password`: of one's
    account, asked again."""

    file: bytes
    opens: str
    passphrase: str
    password: str


class CertificateFile(Strict, frozen=True):
    """PEM or DER, base64."""

    file: bytes


class PairAgent(Strict, frozen=True):
    """`name`: of the machine, as its owner knows it."""

    code: str
    name: str


class HeldInToken(Strict, frozen=True):
    """`certificate`: DER; `proof`: by its key (docs/agent.md). Base64."""

    certificate: bytes
    proof: bytes


class TokenCertificates(Strict, frozen=True):
    certificates: list[HeldInToken]


class TokenKey(Strict, frozen=True):
    """`public`: SubjectPublicKeyInfo, DER; `proof`: its signature (docs/agent.md). Base64."""

    public: bytes
    proof: bytes


class GivenSignature(Strict, frozen=True):
    """By the token, base64."""

    signature: bytes


class GivePower(Strict, frozen=True):
    """`kind`: TM, KT, TL, TUQ; `begins`, `ends`: ISO days."""

    person: str
    kind: str
    office: str
    basis: str
    begins: str
    ends: str


class NumberMinutes(Strict, frozen=True):
    """`signer`: who signs in the chair's place; "" for the chair."""

    signer: str = ""
