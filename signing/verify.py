"""Is a signed PDF what its signers signed? Bytes and trust in, a report out: valid, not valid, or cannot tell.

Nothing is fetched from anywhere. Revocation lists are required, the timestamp is required, and any surprise while
reading means not valid. Reasons are codes; the words are put in at the edge.

Time is proved from the outside in (ETSI EN 319 102-1, 5.6): the newest archive timestamp is judged as of now, each one
before it as of the next, each signature as of the earliest that covers it. A certificate may have run out or been
revoked since: what counts is the moment that is proved.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.general import SigningError, find_unique_cms_attribute
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from . import (
    evidence,
    hexadecimal,  # noqa: F401  (contents are read in one piece behind this)
    revisions,
    strict,
)
from .evidence import TOLERANCE, Listed, Store, certificates_of
from .model import Evidence, Level, Report, Signature, Stamp, State, Trust
from .revisions import Steps

HEADER_WITHIN = 1024  # bytes; readers look for it no further
SUBJECT = ("common_name", "organization_name", "title")
MISREAD = (
    PdfError, SigningError, SignatureValidationError, PathBuildingError, PathValidationError, ValueError, KeyError,
    TypeError, AttributeError, IndexError, RecursionError, OverflowError, NotImplementedError, AssertionError,
)  # fmt: skip


async def verify(data: bytes, trust: Trust, now: datetime) -> Report:
    """Judge DATA. Never raises for anything that is in DATA, but MemoryError where there is no room to judge it."""
    return (await judge(data, trust, now))[0]


async def judge(data: bytes, trust: Trust, now: datetime) -> tuple[Report, Evidence]:
    """`verify`, and what the judgement rested on: what an archive timestamp has to keep."""
    nothing = Evidence((), ())
    if b"%PDF-" not in data[:HEADER_WITHIN]:
        return Report("not-valid", "no-pdf"), nothing
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        if not reader.embedded_signatures:
            return Report("cannot-tell", "no-signature"), nothing
        flaw = strict.flaw_of_file(data, reader) or strict.flaw_of_signatures(reader, strict.OURS)
        if flaw:
            return Report("not-valid", f"strict-{flaw}"), nothing
        info = _first_info(reader)
        newest = reader.trailer["/Info"] if "/Info" in reader.trailer else None  # noqa: SIM401  (it has no `get`)
        flaw = strict.flaw_of_title(info, newest)
        if flaw:
            return Report("not-valid", f"strict-{flaw}"), nothing
        judgement = Judgement(reader, trust, now)
        await judgement.judge_stamps()
        signatures = tuple([await judgement.judge(one) for one in reader.embedded_regular_signatures])
        parts = (tuple(judgement.stamps), revisions.listed(reader, len(data)), _keywords(info))
    except MISREAD:
        return Report("not-valid", "unreadable"), nothing
    except MemoryError:  # says nothing about the file
        raise
    except Exception as error:  # a library's own surprise about hostile bytes: never valid, and never a crash
        return Report("not-valid", f"unreadable-{type(error).__name__}"), nothing
    state, reason = _worst(signatures, judgement.stamps)
    report = Report(state, reason, signatures, parts[2], stamps=parts[0], revisions=parts[1])
    return report, Evidence(tuple(judgement.used_certificates), tuple(judgement.used_lists))


def _worst(signatures: tuple[Signature, ...], stamps: list[Stamp]) -> tuple[State, str]:
    if not signatures:
        return "cannot-tell", "no-signature"
    judged: list[Signature | Stamp] = [*signatures, *(one for one in stamps if one.state == "not-valid")]
    for state in ("not-valid", "cannot-tell"):
        found = next((one for one in judged if one.state == state), None)
        if found:
            return found.state, found.reason
    return "valid", ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a moment: AT it, the file had STORE inside. REVISION: what was there by then."""

    at: datetime
    store: Store
    revision: int
    archived: bool


class Judgement:
    """One file being judged."""

    def __init__(self, reader: PdfFileReader, trust: Trust, now: datetime) -> None:
        self._reader = reader
        self._trust = trust
        self._given = tuple(Listed.of(der) for der in trust.lists)
        self._steps = Steps(reader)
        store = evidence.brought(reader)
        self._all = (*self._given, *store.lists)
        self._proofs = [Proof(now, store, reader.total_revisions, False)]  # the latest moment first
        self._contexts: dict[tuple[int, datetime, bool, tuple[Listed, ...]], ValidationContext] = {}
        self.stamps: list[Stamp] = []
        self.used_certificates: dict[bytes, None] = {}
        self.used_lists: dict[bytes, None] = {}

    def _proof_of(self, signature: EmbeddedPdfSignature) -> Proof:
        """The earliest proved moment at which SIGNATURE was there."""
        return next(one for one in reversed(self._proofs) if one.revision > signature.signed_revision)

    def _lists(self, proof: Proof, since: datetime | None, certificate: Any, tokens: list[Any]) -> tuple[Listed, ...]:
        """Lists in force at a moment; of a past one, those of the issuers of CERTIFICATE and of the TOKENS' authorities
        only if issued SINCE what they are asked about. (Those of authorities above come seldom: that they were in force
        is enough.)"""
        held = evidence.current((*self._given, *proof.store.lists), proof.at)
        if since is None or not proof.archived:
            return held
        issuers = {certificate.issuer.hashable, *(_issuer_of(token) for token in tokens)}
        return tuple(one for one in held if one.issuer not in issuers or one.begins >= since)

    def _context(self, proof: Proof, lists: tuple[Listed, ...], at: datetime, *, past: bool) -> ValidationContext:
        """One for each moment that is asked about: what it has worked out of certificates and lists serves the next."""
        key = (proof.revision, at, past, lists)
        if key not in self._contexts:
            self._contexts[key] = evidence.context(self._trust, proof.store, lists, at, past=past)
        return self._contexts[key]

    # ── archive timestamps ──

    async def judge_stamps(self) -> None:
        """From the newest back: each that holds proves the moment for all before it."""
        for embedded in reversed(self._reader.embedded_timestamp_signatures):
            self.stamps.insert(0, await self._stamp(embedded))

    async def _stamp(self, embedded: EmbeddedPdfSignature) -> Stamp:
        proof, who = self._proof_of(embedded), embedded.signer_cert.subject.native
        authority, at = str(who.get("common_name", "")), _time_in(embedded.signed_data)
        flaw = self._steps.behind(embedded)
        if flaw:
            return Stamp(_ms(at), authority, "not-valid", f"strict-{flaw}", 0)
        lists = self._lists(proof, at, embedded.signer_cert, [])
        context = self._context(proof, lists, proof.at, past=False)
        try:
            status = await async_validate_pdf_timestamp(embedded, context, skip_diff=True)
        except (PathBuildingError, PathValidationError):
            return Stamp(_ms(at), authority, "cannot-tell", "untrusted", 0)
        if not (status.intact and status.valid):
            return Stamp(_ms(at), authority, "not-valid", "stamp-broken", 0)
        path = certificates_of(status.validation_path)
        if not status.trusted or not path or strict.is_weak(path[0]):
            return Stamp(_ms(at), authority, "cannot-tell", "stamp-unproved", 0)
        if at > proof.at + TOLERANCE:
            return Stamp(_ms(at), authority, "not-valid", "timestamp", 0)
        self._keep(path, lists)
        store = evidence.brought(self._reader.get_historical_resolver(embedded.signed_revision))
        self._proofs.append(Proof(at, store, embedded.signed_revision, True))
        return Stamp(_ms(at), authority, "valid", "", _end(path))

    # ── signatures ──

    async def judge(self, embedded: EmbeddedPdfSignature) -> Signature:
        name, certificate = str(embedded.field_name), embedded.signer_cert  # pyHanko has its own kind of string
        subject = certificate.subject.native
        signer, organization, title = (str(subject.get(part, "")) for part in SUBJECT)
        serial, proof, tokens = f"{certificate.serial_number:x}", self._proof_of(embedded), _tokens(embedded)
        at = _time_in(tokens[0]) if tokens else None
        when = _ms(at) if at else 0
        made = Signature(name, signer, organization, title, when, "not-valid", "untrusted", serial, "B-B", (), None, 0)
        if len(tokens) > 1:  # no signature covers them: anyone may put another in, with another time
            return replace(made, reason="strict-timestamps")
        flaw = self._steps.behind(embedded)
        lists = self._lists(proof, at, certificate, tokens)
        signed = self._context(proof, lists, at or proof.at, past=at is not None)
        stamped = self._context(proof, lists, proof.at, past=False)
        try:
            status = await async_validate_pdf_signature(embedded, signed, stamped, skip_diff=True)
        except (PathBuildingError, PathValidationError):
            return made
        path = certificates_of(status.validation_path)
        state, reason = self._state(status, flaw, path, at, proof)
        stamp = status.timestamp_validity
        stampers = certificates_of(stamp.validation_path) if stamp is not None else []
        if state == "valid":
            self._keep([*path, *stampers], lists)
        return replace(
            made, state=state, reason=reason, level=self._level(proof, path, stampers, at),
            path=tuple(_name(one) for one in path), until=self._until(proof, [*path, *stampers]),
            trust=self._trust.kind_of(path[-1].dump()) if status.trusted and path else None,
        )  # fmt: skip

    def _state(
        self, status: PdfSignatureStatus, flaw: str, path: list[Any], at: datetime | None, proof: Proof
    ) -> tuple[State, str]:
        """One signature's state and reason, the gravest reason first."""
        if not status.intact:
            return "not-valid", "changed-bytes"
        if not status.valid:
            return "not-valid", "broken"
        if flaw:
            return "not-valid", f"strict-{flaw}"
        if status.revoked or evidence.revoked_by(path, self._all, at or proof.at):
            return "not-valid", "revoked"
        stamp = status.timestamp_validity
        if stamp is not None and stamp.timestamp != at:
            return "not-valid", "timestamp"
        if stamp is None or at is None:
            return ("cannot-tell", "no-timestamp") if status.trusted else ("not-valid", "untrusted")
        if not status.signing_cert.not_valid_before - TOLERANCE <= at <= proof.at + TOLERANCE:
            return "not-valid", "timestamp"
        if strict.is_weak(status.signing_cert) or not status.trusted:
            return "not-valid", "untrusted"
        if not (stamp.intact and stamp.valid):
            return "not-valid", "timestamp"
        if _ended(path, proof.at) or (
            stamp.trusted is False and _ended(certificates_of(stamp.validation_path), proof.at)
        ):
            return "cannot-tell", "expired"
        return ("valid", "") if stamp.trusted else ("not-valid", "timestamp")

    def _level(self, proof: Proof, path: list[Any], stamped: list[Any], at: datetime | None) -> Level:
        if at is None:
            return "B-B"
        there = {one.issuer for one in proof.store.lists}
        since = {one.issuer for one in proof.store.lists if one.begins >= at}
        nearest, above = (*path[:1], *stamped[:1]), (*path[1:-1], *stamped[1:-1])
        if not all(one.issuer.hashable in since for one in nearest) or any(
            one.issuer.hashable not in there for one in above
        ):
            return "B-T"
        return "B-LTA" if proof.archived else "B-LT"

    def _until(self, proof: Proof, path: list[Any]) -> int:
        """An archived proof lasts as long as its newest timestamp; another as long as its certificates."""
        return max(one.until for one in self.stamps) if proof.archived else _end(path)

    def _keep(self, path: list[Any], lists: tuple[Listed, ...]) -> None:
        self.used_certificates |= dict.fromkeys(one.dump() for one in path if one.self_signed == "no")
        issuers = {one.issuer.hashable for one in path}
        self.used_lists |= dict.fromkeys(one.der for one in lists if one.issuer in issuers)


def _tokens(embedded: EmbeddedPdfSignature) -> list[Any]:
    """The timestamps beside a signature."""
    return list(extract_tst_data_iter(embedded.signer_info, signed=False))


def _time_in(token: Any) -> datetime:
    """When a token says it was made. Whether that is true is asked later."""
    at: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return at


def _issuer_of(token: Any) -> str:
    """Who certified the timestamp authority."""
    return str(extract_certs_for_validation(token).signer_cert.issuer.hashable)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _end(path: list[Any]) -> int:
    return min((_ms(one.not_valid_after) for one in path), default=0)


def _ended(path: list[Any], at: datetime) -> bool:
    return any(one.not_valid_after < at - TOLERANCE for one in path)


def _name(certificate: Any) -> str:
    return str(certificate.subject.native.get("common_name", "")) or str(certificate.subject.human_friendly)


def shape(data: bytes) -> str:
    """The first rule a file bearing anyone's signatures breaks in its form alone; "" for none. Trust is not asked."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        flaw = strict.flaw_of_file(data, reader) or strict.flaw_of_signatures(reader, strict.ANYONES)
        if flaw:
            return flaw
        for embedded in reader.embedded_signatures:
            embedded.compute_integrity_info()
            found = embedded.diff_result
            modified = found.modification_level if isinstance(found, DiffResult) else ModificationLevel.OTHER
            docmdp = embedded.summarise_integrity_info()["docmdp_ok"]
            flaw = strict.flaw_of_change(embedded.coverage, modified, docmdp)
            if flaw:
                return flaw
        for embedded in reader.embedded_regular_signatures:
            digest = find_unique_cms_attribute(embedded.signer_info["signed_attrs"], "message_digest").native
            if digest != embedded.compute_digest():
                return "digest"
        return ""
    except MemoryError:  # says nothing about the file
        raise
    except Exception:  # hostile bytes: whatever a library makes of them, they are not of the right shape
        return "unreadable"


def _first_info(reader: PdfFileReader) -> Any:
    """The document information as the first signer saw it: a later revision may have changed what stands there now."""
    old = reader.get_historical_resolver(reader.embedded_signatures[0].signed_revision)
    if "/Info" not in old.trailer_view:
        return None
    info = old.trailer_view.raw_get("/Info")
    return old.get_object(info.reference) if isinstance(info, IndirectObject) else info


def _keywords(info: Any) -> tuple[str, ...]:
    text = str((info or {}).get("/Keywords", ""))
    return tuple(word.strip() for word in text.split(",") if word.strip())
