"""`bacap verify FILE`: are the signatures of a file, or is an evidence package, valid? Exit status 0 valid, 1 not
valid, 2 cannot tell.

Needs no node: with `--trust` it judges against a given anchor alone, else against this machine's own authority.
Nothing is fetched from anywhere.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from documents.signed import SignedFiles
from documents.workshop import Workshop
from meetings.house import House
from meetings.proof import appraisal, bundle
from signing import anchors, authority, records
from signing.authority import Revocation
from signing.model import Report, Trust
from store.errors import Refused, Unavailable
from store.world import VIETNAM

from .. import console
from ..console import Line, Outcome
from ..settings import Settings
from ..words import text, words
from . import chosen_settings, locale, say

STATUS = {"valid": 0, "not-valid": 1, "cannot-tell": 2}
FAULT_STATUS = STATUS["cannot-tell"]  # what could not be judged is not called invalid


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=text(locale(), "cli.verify-file"))
    parser.add_argument("--trust", metavar="PEM", type=Path, help=text(locale(), "cli.verify-trust"))
    parser.add_argument("--lists", metavar="CRL", type=Path, nargs="*", default=[], help=text(locale(), "cli.lists"))
    parser.add_argument("--json", action="store_true", help=text(locale(), "cli.verify-json"))


def run(arguments: argparse.Namespace) -> int:
    try:
        data = arguments.file.read_bytes()
        trust = (
            read_trust(arguments.trust, arguments.lists) if arguments.trust else own_trust(chosen_settings(arguments))
        )
    except (OSError, ValueError) as error:
        raise Refused("file-unreadable", reason=str(error)) from error
    if data.startswith(b"PK\x03\x04"):
        return judge_package(arguments.file, trust, as_json=arguments.json)
    report = asyncio.run(judge(data, trust))
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        show(report)
    return STATUS[report.state]


def judge_package(path: Path, trust: Trust, *, as_json: bool) -> int:
    """An evidence package. Raises Refused `evidence-none` for another kind of archive."""
    files = bundle.read(path)
    if not appraisal.is_evidence(files):
        raise Refused("evidence-none")
    made = asyncio.run(appraisal.appraise(files, trust, datetime.now(UTC), judge))
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
        return STATUS[made.state]
    print(text(locale(), f"verify.state-{made.state}"))
    if made.reason:
        named = f"evidence.{made.reason}"
        print(f"  {text(locale(), named) if named in words(locale()) else reason(made.reason)}")
    say("evidence.journal", title=made.journal.title, events=made.journal.events, findings=len(made.journal.findings))
    for finding in made.journal.findings:
        say("cli.bundle-finding", finding=text(locale(), f"finding.{finding.code}"), seq=finding.seq, name=finding.name)
    say("evidence.sums", signer=made.sums.signer or "-", when=told(made.sums.at), reason=reason(made.sums.reason))
    say("evidence.receipts", held=made.receipts[0], count=made.receipts[1])
    show(made.minutes)
    return STATUS[made.state]


def read_trust(path: Path, lists: list[Path]) -> Trust:
    """Anchors, and certificates between, from one PEM file: who signed themselves are anchors. Lists are DER or PEM."""
    found = x509.load_pem_x509_certificates(path.read_bytes())
    anchors = tuple(c.public_bytes(Encoding.DER) for c in found if c.subject == c.issuer)
    between = tuple(c.public_bytes(Encoding.DER) for c in found if c.subject != c.issuer)
    crls = []
    for one in lists:
        raw = one.read_bytes()
        crl = x509.load_pem_x509_crl(raw) if raw.startswith(b"-----") else x509.load_der_x509_crl(raw)
        crls.append(crl.public_bytes(Encoding.DER))
    return Trust(anchors, between, tuple(crls))


def own_trust(settings: Settings) -> Trust:
    """This node's authority, with what it has revoked so far, and those of others that it trusts."""
    from ..signing_desk import open_safe

    try:
        lines = console.run(settings, "verify", {}).lines
    except Unavailable as fault:
        if fault.code != "no-installation":
            raise
        raise Refused("trust-none") from fault  # nor was an anchor given
    revoked = [Revocation.of(str(line.params["serial"]), int(line.params["at"])) for line in lines]
    held = open_safe(settings)
    ours = authority.trust_in(held.authority, revoked, datetime.now(UTC), held.kind)
    return ours if held.trusted is None else anchors.joined(ours, anchors.read(held.trusted))


async def act(house: House, _: Settings, given: Mapping[str, str]) -> Outcome:
    """For the console: every certificate that was revoked, and when."""
    rows = await house.read(records.revoked)
    return Outcome(0, [Line("cli.raw", {"serial": row.serial, "at": row.revoked_at}) for row in rows])


async def judge(data: bytes, trust: Trust) -> Report:
    workshop = Workshop(workers=1)
    try:
        report = await SignedFiles(workshop).verify(data, trust, datetime.now(UTC))
    finally:
        await workshop.close()
    return msgspec.structs.replace(report, sha256=hashlib.sha256(data).hexdigest())


def show(report: Report) -> None:
    print(text(locale(), f"verify.state-{report.state}"))
    if report.reason:
        print(f"  {reason(report.reason)}")
    for one in report.signatures:
        mark = {"valid": "✓", "not-valid": "✗", "cannot-tell": "?"}[one.state]
        print(f"  {mark} {one.signer}, {one.organization}  {told(one.at)}  {reason(one.reason)}".rstrip())
        level, kind = (
            text(locale(), f"verify.{code}") for code in (f"level-{one.level}", f"trust-{one.trust or 'none'}")
        )
        print(f"    {level}. {kind}")
        if len(one.path) > 1:
            print(f"    {text(locale(), 'verify.path')}: {' ← '.join(one.path[1:])}")
    for stamp in report.stamps:
        print(
            f"  {text(locale(), 'verify.revision-stamp')}: {stamp.authority}, {told(stamp.at)}  {reason(stamp.reason)}"
        )
    if report.state == "valid" and report.until:
        print(f"  {text(locale(), 'verify.until', {'when': told(report.until)})}")


def told(at: int) -> str:
    """A moment as ISO 8601 in the zone of Vietnam (Decree 30/2020/NĐ-CP, Appendix I)."""
    return datetime.fromtimestamp(at / 1000, VIETNAM).isoformat(timespec="seconds") if at else "-"


def reason(code: str) -> str:
    if not code:
        return ""
    return text(locale(), f"verify.{code}" if f"verify.{code}" in words(locale()) else "verify.unreadable")
