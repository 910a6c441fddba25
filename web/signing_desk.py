"""What a node signs with, and who does it: opened from the settings, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from documents.actions import Papers
from meetings.circulation.actions import Circulation
from meetings.handover.actions import Handovers
from meetings.house import House
from meetings.proof.evidence import Evidence
from meetings.register.actions import Register
from meetings.signatories.kit import Kits
from meetings.signatories.powers import Powers
from meetings.signatories.seals import Seals
from meetings.sitting.minute_book import MinuteBook
from meetings.sitting.preservation import Preservation
from meetings.sitting.rooms import Rooms
from meetings.sitting.signatures import Signatures
from meetings.sitting.witness import Witness
from signing import keystore
from signing.actions import Bench, Signing
from signing.keys import ServerToken
from signing.model import Kind
from signing.stamping import Ask, Safe
from store.files import write_durably
from store.world import System

from .settings import Settings


@dataclass(frozen=True, slots=True)
class SigningDesk:
    """All that has to do with signed minutes."""

    signing: Signing
    kits: Kits
    powers: Powers
    minutes: MinuteBook
    signatures: Signatures
    witness: Witness
    preservation: Preservation
    circulation: Circulation
    evidence: Evidence
    handovers: Handovers
    seals: Seals


def signing_desk(
    house: House, rooms: Rooms, papers: Papers, register: Register, settings: Settings, files: Bench, ask: Ask | None,
    url: str,
) -> SigningDesk:  # fmt: skip
    """URL: what is printed on paper."""
    safe = open_safe(settings)
    signing = Signing(house.database, house.blobs, house.world, house.node, safe, files, ask)
    kits, powers = Kits(house, signing, papers), Powers(house)
    circulation, witness = Circulation(house, rooms, signing), Witness(house, rooms, lambda: safe.authority.node.key)
    signatures = Signatures(house, rooms, register, signing, kits)
    return SigningDesk(
        signing, kits, powers, MinuteBook(house, rooms, papers, register, signing, kits, powers, url),
        signatures, witness, Preservation(house, rooms, signing), circulation,
        Evidence(house, rooms, signing, papers, circulation, witness),
        Handovers(house, signing, signatures, kits), Seals(signing),
    )  # fmt: skip


def keys_of(settings: Settings) -> Path:
    return settings.folder / "keys"


def open_safe(settings: Settings) -> Safe:
    keys = keys_of(settings)
    organization = "bacap (trình diễn)" if settings.demonstration else "bacap"
    authority = keystore.open_authority(keys / "authority", organization, datetime.now(UTC).replace(microsecond=0))
    kind: Kind = "demonstration" if settings.demonstration else "internal"
    pin_file = Path(settings.pkcs11_pin_file)
    token = ServerToken(settings.pkcs11_module, settings.pkcs11_token, pin_file) if settings.pkcs11_module else None
    return Safe(authority, kind, keys / "authority", keys / "trust", token)


def link_key(settings: Settings) -> bytes:
    """Shared by every process of the node that serves papers."""
    path = settings.folder / "keys" / "links.key"
    if not path.exists():
        write_durably(path, System().random(32), private=True)
    return path.read_bytes()
