"""What a person signs with, and the clerk seals with: which certificate, where its key is, which picture stands for it.

A kit is a person's own (`me`), or the seal of a unit that its clerk keeps. Certificates come by `signing.enrolment`;
pictures are cleaned in the workshop and only looked at: what counts is the digital signature around them.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

from documents.actions import Papers
from documents.ink import LARGEST
from signing import algorithms, authority
from signing.actions import Signing
from signing.authority import Use
from signing.enrolment import LARGEST as LARGEST_FILE
from signing.model import Kept
from store.chain import Draft
from store.db import Connection, Row
from store.errors import Denied, Missing, Refused

from ..house import House, actor_of
from ..people import records as people
from ..people import rights
from ..people.model import UnitId, agency_of
from ..people.orgtree import Tree
from ..people.rights import Principal, Thing
from . import records
from .records import Picture

OWN = "me"
SEAL_MM = 36  # where nothing else is said
NARROWEST, WIDEST = 20, 60


class HeldCertificate(msgspec.Struct, frozen=True):
    """`kept`: file, server or own (token). `outside`: given by another's authority. Times in UTC milliseconds."""

    serial: str
    name: str
    issuer: str
    begins: int
    ends: int
    kept: Kept
    outside: bool


class Kit(msgspec.Struct, frozen=True):
    """`holder`: `me`, or the unit whose seal it is. `asked`: another authority's answer is awaited. `picture`: SHA-256,
    "" for the drawn one."""

    holder: str
    name: str
    certificate: HeldCertificate | None
    asked: bool
    picture: str
    millimetres: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a certificate is for: NAME as it must stand in it, and what else its subject says."""

    use: Use
    id: str
    name: str
    subject: x509.Name


class Kits:
    def __init__(self, house: House, signing: Signing, papers: Papers) -> None:
        self._house = house
        self._signing = signing
        self._papers = papers

    # ── whose ──

    async def holder(self, who: Principal, given: str) -> Holder:
        """Raises Denied for a seal that WHO does not keep, Missing for a unit that is none."""
        if given == OWN:
            return await self.person(who.id)
        rights.demand(who, "seal.keep", Thing(given))
        return await self.unit(given)

    async def person(self, person: str, unit: str = "", office: str = "") -> Holder:
        """With OFFICE at UNIT where these are given, else with the first they hold today."""

        def use(conn: Connection) -> tuple[str, str, str]:
            told = people.person(conn, person)
            held = [one for one, _ in people.memberships_on(conn, self._house.today(), person=person)]
            at = unit or next((one.unit for one in held), "")
            tree = Tree(people.all_units(conn), self._house.today())
            agency = agency_of(tree.get(UnitId(at))) if at and UnitId(at) in tree else ""
            return told.name, agency, office or next((one.office for one in held if one.unit == at), "")

        name, agency, title = await self._house.read(use)
        return Holder("person", person, name, self._subject(name, agency, title, person))

    async def unit(self, unit: str) -> Holder:
        def use(conn: Connection) -> str:
            tree = Tree(people.all_units(conn), self._house.today())
            if UnitId(unit) not in tree:
                raise Missing("no-such-unit")
            return agency_of(tree.get(UnitId(unit)))

        agency = await self._house.read(use)
        return Holder("seal", unit, agency, self._subject(agency, agency, "", unit))

    def _subject(self, name: str, agency: str, title: str, unique: str) -> x509.Name:
        """Every certificate of a demonstration says so."""
        organization = f"{agency} (trình diễn)" if self._house.demonstration else agency
        return authority.subject(name, organization.strip() or name, title, unique)

    async def mine(self, who: Principal) -> list[Kit]:
        """One's own, then the seals that one keeps."""
        units = sorted(rights.units_of(rights.scope(who, "seal.keep")))
        return [await self._kit(await self.holder(who, given), given) for given in (OWN, *units)]

    async def _kit(self, holder: Holder, given: str) -> Kit:
        row = await self._signing.certificate_of(holder.use, holder.id)
        asked = await self._signing.enrolment.request_of(holder.use, holder.id)
        found = await self._house.read(records.picture, holder.use, holder.id)
        picture = found or Picture("", SEAL_MM if holder.use == "seal" else 0)
        held = None if row is None else _held(row)
        return Kit(given, holder.name, held, asked is not None, picture.sha256, picture.millimetres)

    # ── certificates ──

    async def issue(self, who: Principal, given: str, passphrase: str) -> None:
        """A key under PASSPHRASE and its certificate by our own authority. Raises Refused."""
        one = await self.holder(who, given)
        await self._signing.enrolment.issue(one.use, one.id, one.subject, passphrase, actor_of(who))

    async def bring(self, who: Principal, given: str, file: bytes, password: str, passphrase: str) -> None:
        """A PKCS#12 file. Raises Refused (enrolment.py)."""
        one = await self.holder(who, given)
        if len(file) > LARGEST_FILE:
            raise Refused("pkcs12-unreadable")
        act = self._signing.enrolment.bring
        await act(one.use, one.id, one.name, file, password, passphrase, actor_of(who))

    async def ask(self, who: Principal, given: str, passphrase: str) -> str:
        """A request to another authority, PKCS#10 in PEM; the key stays here under PASSPHRASE."""
        one = await self.holder(who, given)
        made = await self._signing.enrolment.ask(one.use, one.id, one.subject, passphrase, actor_of(who))
        return made.decode()

    async def answer(self, who: Principal, given: str, file: bytes) -> None:
        one = await self.holder(who, given)
        await self._signing.enrolment.answer(one.use, one.id, one.name, file, actor_of(who))

    async def on_server(self, who: Principal, given: str) -> None:
        """A key made in the node's own token, for a seal. Raises Refused `token-none` where the node has none."""
        one = await self.holder(who, given)
        if one.use != "seal":
            raise Denied("no-right")
        await self._signing.certify_on_server(one.use, one.id, one.subject, actor_of(who))

    async def certify(self, person: str, public: bytes, proof: bytes) -> bytes:
        """For a person's agent: a certificate for a key made in their token, DER; PROOF is that key's signature over
        `proof_text`. Raises Refused `key-unfit`, `proof-wrong`."""
        one = await self.person(person)
        if not algorithms.is_by(public, proof, proof_text(person, public)):
            raise Refused("proof-wrong")
        act = self._signing.enrolment.certify
        return await act(one.use, one.id, one.subject, public, "own", actor_of(Principal("person", person)))

    async def accept(self, person: str, offered: list[tuple[bytes, bytes]]) -> None:
        """For a person's agent: of the certificates in their token, their own and those of seals that they keep are the
        ones they sign with from now on. Each comes with its key's signature over `proof_text`: a certificate is public,
        and others have one's name. Raises Refused where none is fit, with what is wrong with their own."""
        who, found = actor_of(Principal("person", person)), 0
        held = [der for der, proof in offered if _is_proved(person, der, proof)]
        refusal = Refused("token-nobodys", name="")
        for one in reversed(await self._holders(person)):
            if await self._signing.certificate_of(one.use, one.id):
                continue
            try:
                await self._signing.enrolment.accept(one.use, one.id, one.name, held, "own", who)
                found += 1
            except Refused as error:
                refusal = error
        if not found:
            raise refusal

    async def own_tokens(self, person: str) -> list[bytes]:
        """The certificates of keys in PERSON's own token, DER."""
        rows = [await self._signing.certificate_of(one.use, one.id) for one in await self._holders(person)]
        return [row.der for row in rows if row is not None and row.kept == "own"]

    async def _holders(self, person: str) -> list[Holder]:
        """The person, and the seals that they keep as clerk today."""
        held = await self._house.read(people.memberships_on, self._house.today(), person=person)
        units = [one.unit for one, _ in held if one.role == "clerk"]
        return [await self.person(person), *[await self.unit(unit) for unit in units]]

    async def give_up(self, who: Principal, given: str, reason: str) -> None:
        """Revoke the certificate: the next is made anew. Raises Missing, Refused for a reason that is none."""
        one = await self.holder(who, given)
        row = await self._signing.certificate_of(one.use, one.id)
        if row is None:
            raise Missing("certificate")
        if reason not in authority.REASONS:
            raise Refused("field-wrong", field="reason")
        await self._signing.revoke(row.serial, reason, actor_of(who))

    # ── pictures ──

    async def put_picture(self, who: Principal, given: str, data: bytes, millimetres: int) -> Picture:
        """A scan or photograph, cleaned. Raises Refused."""
        one = await self.holder(who, given)
        if len(data) > LARGEST:
            raise Refused("picture-large")
        if one.use == "seal" and not NARROWEST <= millimetres <= WIDEST:
            raise Refused("field-wrong", field="millimetres")
        png = await self._papers.clean_picture("seal" if one.use == "seal" else "signature", data)
        made = Picture(await self._house.blobs.keep(png), millimetres if one.use == "seal" else 0)

        def use(conn: Connection) -> None:
            records.put_picture(conn, one.use, one.id, made, self._house.now_ms())
            body = {"use": one.use, "holder": one.id, "sha256": made.sha256}
            self._house.record(conn, actor_of(who), [Draft("signature-picture-set", body)])

        await self._house.write(use)
        return made

    async def drop_picture(self, who: Principal, given: str) -> None:
        one = await self.holder(who, given)

        def use(conn: Connection) -> None:
            records.drop_picture(conn, one.use, one.id)
            body = {"use": one.use, "holder": one.id}
            self._house.record(conn, actor_of(who), [Draft("signature-picture-removed", body)])

        await self._house.write(use)

    async def shown(self, who: Principal, given: str) -> bytes:
        """The picture as it goes on a page, PNG."""
        one = await self.holder(who, given)
        return await self.picture(one.use, one.id, one.name)

    async def picture(self, use: Use, holder: str, words: str) -> bytes:
        """Of whoever signs; drawn from WORDS where they have given none."""
        found = await self._house.read(records.picture, use, holder)
        if found is not None:
            return await self._house.blobs.load(found.sha256)
        return await self._papers.picture("seal" if use == "seal" else "signature", words)

    async def seal_width(self, unit: str) -> int:
        """Millimetres across, as the clerk has said."""
        found = await self._house.read(records.picture, "seal", unit)
        return found.millimetres if found is not None else SEAL_MM


def proof_text(person: str, public: bytes) -> bytes:
    """What a new key in a token signs to show that it is there, and whose it is to be."""
    return b"bacap.agent.key.v1\n" + person.encode() + b"\n" + public


def _is_proved(person: str, der: bytes, proof: bytes) -> bool:
    try:
        public = algorithms.key_of(x509.load_der_x509_certificate(der))
        return algorithms.scheme_of(public).fits(public, proof, proof_text(person, der))
    except (ValueError, Refused):
        return False


def _held(row: Row) -> HeldCertificate:
    read = x509.load_der_x509_certificate(row.der)
    name, issuer = (_common_name(one) for one in (read.subject, read.issuer))
    return HeldCertificate(row.serial, name, issuer, row.begins, row.ends, row.kept, row.outside)


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()
