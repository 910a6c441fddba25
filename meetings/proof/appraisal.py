"""An evidence package judged by what is in it and an anchor that is trusted beforehand: no server, no network.

Everything has to hold: the sums and the node's signature over them, the journal played again, the minutes' signatures
and that they name this journal, the key that signed its last head, a receipt for whoever has one by the journal. What
the node says it says by a certificate for that purpose: no member's and no seal's will do. The package's own
certificates only fill the path in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.attest import judge as judge_statement
from signing.authority import is_node
from signing.checkpoint import key_name
from signing.enrolment import path_of
from signing.model import Report, Signature, State, Trust

from ..circulation.actions import Told, receipts_of
from . import judge as journal
from .evidence import CHAIN, LISTS, MINUTES, NODE, RECEIPTS
from .judge import SIGNED_SUMS, SUMS, Verdict

Verify = Callable[[bytes, Trust], Awaitable[Report]]
RANK: dict[State, int] = {"valid": 0, "cannot-tell": 1, "not-valid": 2}


class Appraisal(msgspec.Struct, frozen=True):
    """`receipts`: how many hold, of how many. `reason`: code of the first that does not hold, "" for none."""

    state: State
    reason: str
    journal: Verdict
    minutes: Report
    sums: Signature
    receipts: tuple[int, int]


def is_evidence(files: Mapping[str, bytes]) -> bool:
    return SIGNED_SUMS in files and MINUTES in files


async def appraise(files: Mapping[str, bytes], trust: Trust, now: datetime, verify: Verify) -> Appraisal:
    """Never raises for what the files hold."""
    filled = with_package(trust, files)
    verdict = journal.judge(files)
    sums = await judge_statement(files.get(SIGNED_SUMS, b""), files.get(SUMS, b""), filled, now)
    minutes = await verify(files.get(MINUTES, b""), filled)
    held, count = 0, 0
    worst: State = "valid"
    for name in sorted(files):
        if name.startswith(RECEIPTS) and not name.endswith(".p7s"):
            made = await judge_statement(files.get(f"{name}.p7s", b""), files[name], filled, now)
            count, held = count + 1, held + (made.state == "valid")
            worst = max(worst, made.state, key=lambda state: RANK[state])
    nodes = _nodes(files, filled)
    found: list[tuple[State, str]] = [
        ("valid" if verdict.whole else "not-valid", verdict.findings[0].code if verdict.findings else ""),
        (sums.state, sums.reason), (minutes.state, minutes.reason), _told(files, minutes, nodes),
        ("valid" if sums.state != "valid" or int(sums.serial, 16) in nodes else "not-valid", "node-stranger"),
        (worst, "receipts-wrong"), _receipted(files), _named(files, verdict),
    ]  # fmt: skip
    state, reason = max(found, key=lambda one: RANK[one[0]])
    return Appraisal(state, reason if state != "valid" else "", verdict, minutes, sums, (held, count))


def with_package(trust: Trust, files: Mapping[str, bytes]) -> Trust:
    """TRUST with the certificates between and the lists that the package brings: they only count where an anchor of
    TRUST stands above them."""
    between, lists = list[bytes](), list[bytes]()
    for name, data in files.items():
        try:
            if name == CHAIN:
                between += [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(data)]
            elif name.startswith(LISTS) and name.endswith(".crl"):
                lists.append(x509.load_der_x509_crl(data).public_bytes(Encoding.DER))
        except ValueError:
            continue
    own = (*trust.between, *(der for der in between if der not in trust.anchors))
    return Trust(trust.anchors, own, (*trust.lists, *lists), trust.kinds)


def _nodes(files: Mapping[str, bytes], trust: Trust) -> dict[int, str]:
    """The node's certificates in the package: for that purpose, below an anchor; by number, with the key's name."""
    try:
        held = x509.load_pem_x509_certificates(files.get(NODE, b""))
    except ValueError:
        return {}
    fit = [one for one in held if is_node(one) and _is_good(path_of(one, trust), trust)]
    return {one.serial_number: key_name(one.public_key()) for one in fit}  # type: ignore[arg-type]


def _is_good(path: list[x509.Certificate], trust: Trust) -> bool:
    """Does it lead to an anchor, and has its authority revoked it nowhere?"""
    for der in trust.lists if len(path) > 1 else ():
        made = x509.load_der_x509_crl(der)
        if made.get_revoked_certificate_by_serial_number(path[0].serial_number) is None:
            continue
        if made.issuer == path[0].issuer and made.is_signature_valid(path[1].public_key()):  # type: ignore[arg-type]
            return False
    return bool(path)


def _told(files: Mapping[str, bytes], minutes: Report, nodes: Mapping[int, str]) -> tuple[State, str]:
    """The journal is the node's (its last head is signed by it), and the one that the signed minutes name."""
    try:
        _, events, heads = journal.opened(files)
    except (KeyError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return "not-valid", "heads-stranger"
    last = max(heads, key=lambda head: head.seq, default=None)
    if last is None or last.key not in nodes.values():
        return "not-valid", "heads-stranger"
    named = {f"bacap-journal:{event.stream}:{event.seq}:{event.hash}" for event in events}
    return ("valid", "") if named & set(minutes.keywords) else ("not-valid", "journal-other")


def _receipted(files: Mapping[str, bytes]) -> tuple[State, str]:
    """Whoever the journal says was sent the minutes, or confirmed them, has a receipt of it."""
    try:
        _, events, _ = journal.opened(files)
        told = [
            msgspec.json.decode(data, type=Told)
            for name, data in files.items()
            if name.startswith(RECEIPTS) and name.endswith(".json") and not name.endswith("register.json")
        ]
    except (KeyError, ValueError, RecursionError):
        return "not-valid", "receipts-wrong"
    wanted = {one for event in events for one in receipts_of(event)}
    return ("valid", "") if wanted <= {(one.what, one.person) for one in told} else ("not-valid", "receipts-missing")


def _named(files: Mapping[str, bytes], verdict: Verdict) -> tuple[State, str]:
    """The minutes that lie open are those that the journal names."""
    digest = hashlib.sha256(files.get(MINUTES, b"")).hexdigest()
    return ("valid", "") if digest == verdict.minutes else ("not-valid", "minutes-other")
