"""Builds a node's web process once from its settings, and closes it in reverse order."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from documents.actions import Papers
from documents.signed import SignedFiles
from documents.uploads import Uploads
from documents.workshop import Workshop
from meetings.archive.actions import Archives
from meetings.circulation.actions import Circulation
from meetings.handover.actions import Handovers
from meetings.house import House
from meetings.integrations.actions import Integrations
from meetings.opinion.actions import Opinions
from meetings.page_images.actions import PageImages
from meetings.people.accounts import Accounts
from meetings.people.actions import People
from meetings.people.certificates import Certificates
from meetings.proof.bundle import Bundles
from meetings.proof.evidence import Evidence
from meetings.recorder.desk import RecorderDesk
from meetings.register.actions import Register
from meetings.register.annexes import Annexes
from meetings.register.documents import Documents
from meetings.relay.fleet import Fleet
from meetings.search.index import Index
from meetings.signatories.agents import Agents
from meetings.signatories.kit import Kits
from meetings.signatories.powers import Powers
from meetings.sitting.actions import Sittings
from meetings.sitting.invitations import Invitations
from meetings.sitting.minute_book import MinuteBook
from meetings.sitting.notice_board import NoticeBoard
from meetings.sitting.outcomes import Outcomes
from meetings.sitting.papers import SittingPapers
from meetings.sitting.reminders import Reminders
from meetings.sitting.rooms import Rooms
from meetings.sitting.rule_book import RuleBook
from meetings.sitting.signatures import Signatures
from meetings.sitting.templates import Templates
from meetings.tasks.actions import Tasks
from meetings.watermarks.actions import Watermarks
from signing import keystore
from signing.actions import Signing
from signing.authority import Away
from store.blobs import Blobs, Keys, open_blobs
from store.bus import open_bus
from store.db import open_database
from store.files import write_durably
from store.world import System

from . import answers, post, push_office, tls
from .channels import Channels
from .health import HealthBoard
from .hook_office import HookOffice
from .media import MediaDesk
from .post import PostOffice
from .pulse import Pulse
from .push_office import PushOffice
from .queue import PublicQueue
from .reading import Reading, reading
from .settings import FONTS, Settings
from .shell import Shell
from .signing_desk import keys_of, link_key, signing_desk
from .stamper import Stamper
from .trials import TrialDesk


class Closes(Protocol):
    """A part that has to be closed, in the reverse order of its making."""

    async def close(self) -> None: ...


class Runs(Closes, Protocol):
    """A part that goes on by itself from its start."""

    def start(self) -> None: ...


T = TypeVar("T", bound=Closes)
R = TypeVar("R", bound=Runs)


@dataclass(slots=True)
class Office:
    """Everything a route may need, under one roof."""

    settings: Settings
    house: House
    accounts: Accounts
    people: People
    certificates: Certificates
    rooms: Rooms
    sittings: Sittings
    channels: Channels
    health: HealthBoard
    workshop: Workshop
    checks: PublicQueue
    typesetter: Papers
    papers: SittingPapers
    uploads: Uploads
    kits: Kits
    powers: Powers
    agents: Agents
    signatures: Signatures
    circulation: Circulation
    evidence: Evidence
    handovers: Handovers
    reading: Reading
    minutes: MinuteBook
    rule_book: RuleBook
    register: Register
    documents: Documents
    annexes: Annexes
    archives: Archives
    invitations: Invitations
    templates: Templates
    outcomes: Outcomes
    tasks: Tasks
    opinions: Opinions
    bundles: Bundles
    notice_board: NoticeBoard
    integrations: Integrations
    hooks: HookOffice
    push: PushOffice
    signing: Signing
    media: MediaDesk
    trials: TrialDesk
    recorder: RecorderDesk
    relay: Fleet
    pulse: Pulse
    link_key: bytes
    shell: Shell
    hosts: frozenset[str]  # names and addresses this node answers to
    _ends: int = 0

    @property
    def tls_folder(self) -> Path:
        return self.settings.folder / "tls"

    @property
    def _certificate(self) -> Path:
        """The file of what this node shows browsers."""
        own = self.settings.certificate
        return Path(own) if own else self.tls_folder / "node.crt"

    def authority_certificate(self) -> bytes:
        return (self.tls_folder / "ca.crt").read_bytes()

    def certificate_ends(self) -> int:
        """When the certificate that this node shows browsers ends, UTC milliseconds: the one it was started with."""
        if not self._ends:
            self._ends = row_of("node", x509.load_pem_x509_certificate(self._certificate.read_bytes())).ends
        return self._ends

    def node_certificates(self) -> list[answers.CertificateRow]:
        """The certificates a technician keeps an eye on."""
        found = []
        for use, path in (("lan-authority", self.tls_folder / "ca.crt"), ("node", self._certificate)):
            if path.exists():
                found.append(row_of(use, x509.load_pem_x509_certificate(path.read_bytes())))
        held = self.signing.safe.authority
        for use, holder in (("signing-root", held.root), ("signing", held.issuing), ("timestamp", held.timestamp)):
            found.append(row_of(use, holder.certificate))
        if isinstance(held.root, Away):
            found.append(list_row(held.root.list))
        return found


def row_of(use: str, certificate: x509.Certificate) -> answers.CertificateRow:
    begins, ends = (
        int(moment.timestamp() * 1000) for moment in (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    )
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":")
    return answers.CertificateRow(use, certificate.subject.rfc4514_string(), begins, ends, fingerprint)


def list_row(der: bytes) -> answers.CertificateRow:
    """The revocation list of a root that lies elsewhere: when it has to be brought to sign the next."""
    made = x509.load_der_x509_crl(der)
    begins, ends = made.last_update_utc, made.next_update_utc or made.last_update_utc
    given = (int(begins.timestamp() * 1000), int(ends.timestamp() * 1000), made.fingerprint(hashes.SHA256()).hex(":"))
    return answers.CertificateRow("root-list", made.issuer.rfc4514_string(), *given)


def blobs_of(settings: Settings) -> Blobs:
    keys = Keys()
    if settings.blob_key:
        keys = Keys({settings.blob_key_id: bytes.fromhex(settings.blob_key)}, settings.blob_key_id)
    s3 = {
        "endpoint": settings.s3_endpoint,
        "access_key_id": settings.s3_access_key,
        "secret_access_key": settings.s3_secret_key,
        "region": settings.s3_region,
    }
    used = {name: value for name, value in s3.items() if value} if settings.blobs.startswith("s3://") else {}
    return open_blobs(settings.filled(settings.blobs), keys, **used)


def node_id(folder: Path) -> str:
    """This node's name in every event it writes: made once, kept in the data folder."""
    path = folder / "node.id"
    if not path.exists():
        write_durably(path, System().random(8).hex().encode())
    return path.read_text().strip()


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Database, blobs and bus of a node; for the web process and for command-line verbs alike."""
    async with contextlib.AsyncExitStack() as stack:
        database = await open_database(settings.filled(settings.database))
        stack.push_async_callback(database.close)
        bus = open_bus(settings.bus)
        stack.push_async_callback(bus.close)
        blobs = blobs_of(settings)
        ways = {post.KIND: settings.smtp_host, push_office.KIND: settings.push_contact}
        used = frozenset(kind for kind, given in ways.items() if given)
        facts = (settings.demonstration, used, bool(settings.webhook_hosts))
        yield House(node_id(settings.folder), database, blobs, bus, System(), *facts)


@contextlib.asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """The web process's whole inside."""
    async with contextlib.AsyncExitStack() as stack:

        def kept(made: T) -> T:
            stack.push_async_callback(made.close)
            return made

        def started(made: R) -> R:
            kept(made).start()
            return made

        house = await stack.enter_async_context(open_house(settings))
        rooms, accounts, people = kept(Rooms(house)), Accounts(house), People(house)
        channels = kept(Channels(house, accounts))
        await channels.start()
        workshop, limit = kept(Workshop()), settings.largest_paper_mb * 1_000_000
        papers = Papers(house.blobs, workshop, FONTS, settings.clamd)
        register, sittings = Register(house), Sittings(house, rooms)
        stamper, urls = kept(Stamper(settings.timestamp_url)), base_url(settings)
        desk = signing_desk(house, rooms, papers, register, settings, SignedFiles(workshop), stamper.asker, urls)
        behind: tuple[Runs, ...] = (desk.signatures, desk.witness, desk.preservation)
        documents = Documents(house, rooms, register, papers, desk.seals)
        attached = SittingPapers(house, rooms, papers, limit)
        uploads = started(Uploads(house.world, settings.folder / "uploads", limit))
        page_images = started(PageImages(house, rooms, attached, papers))
        watermarks = started(Watermarks(house, rooms, papers, FONTS))
        invitations = Invitations(house, rooms, papers, register)
        opinions = started(Opinions(house, rooms, papers, attached, register))
        post_office = PostOffice(house, rooms, settings, urls)
        for part in (*behind, Index(house, rooms, papers), Reminders(house, rooms), post_office):
            started(part)
        pushes = started(PushOffice(house, rooms, settings, keystore.open_push_key(keys_of(settings) / "push.key")))
        hooks, pulse = started(HookOffice(house, settings)), started(Pulse())
        health, relay = HealthBoard(channels), Fleet(settings.relay_sockets)
        media = kept(MediaDesk(relay, rooms, channels, health, settings.codec))
        recorder = started(RecorderDesk(house, rooms, relay, settings.folder / "recordings", settings.codec))
        started(relay)
        yield Office(
            settings, house, accounts, people, Certificates(house, desk.signing), rooms, sittings, channels, health,
            workshop, PublicQueue(), papers, attached, uploads, desk.kits, desk.powers, Agents(house), desk.signatures,
            kept(desk.circulation), desk.evidence, desk.handovers,
            reading(house, rooms, accounts, attached, papers, page_images, watermarks, health, settings),
            desk.minutes, RuleBook(house), register, documents, Annexes(house, documents, papers, desk.seals),
            Archives(house, rooms, desk.witness, desk.preservation, settings.folder), invitations,
            Templates(house, sittings), Outcomes(house, rooms, papers, attached, register), Tasks(house, rooms),
            opinions, Bundles(house, rooms), NoticeBoard(house), Integrations(house), hooks, pushes, desk.signing,
            media, kept(TrialDesk(relay, settings.codec)), recorder, relay, pulse, link_key(settings),
            Shell(settings.demonstration), frozenset(tls.own_names(settings.names)),
        )  # fmt: skip


def base_url(settings: Settings) -> str:
    """What is printed on paper: the first configured name, else the LAN address."""
    host = settings.names[0] if settings.names else tls.lan_address()
    return f"https://{host}" if settings.port == 443 else f"https://{host}:{settings.port}"


def certificate_files(settings: Settings) -> tuple[Path, Path]:
    """The configured certificate and key, or those of the LAN authority, made or renewed."""
    if settings.certificate:
        return Path(settings.certificate), Path(settings.certificate_key)
    return tls.ensure(settings.folder / "tls", tls.own_names(settings.names), datetime.now(UTC))
