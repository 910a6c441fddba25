"""An evidence package judged by what is in it and an anchor that is trusted beforehand: no server, no network.

Everything has to hold: the sums and the node's signature over them, the journal played again, the minutes' signatures,
the keys that signed the journal's heads, every receipt. The package's own certificates only fill the path in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.attest import judge as judge_statement
from signing.checkpoint import key_name
from signing.enrolment import path_of
from signing.model import Report, Signature, State, Trust

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
    found: list[tuple[State, str]] = [
        ("valid" if verdict.whole else "not-valid", verdict.findings[0].code if verdict.findings else ""),
        (sums.state, sums.reason), (minutes.state, minutes.reason), _heads(files, filled),
        (worst, "receipts-wrong"), _named(files, verdict),
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


def _heads(files: Mapping[str, bytes], trust: Trust) -> tuple[State, str]:
    """Who signed the journal's last head, and with it all before, is the node: by a certificate below an anchor."""
    try:
        _, _, heads = journal.opened(files)
        nodes = x509.load_pem_x509_certificates(files.get(NODE, b""))
    except (KeyError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return "not-valid", "heads-stranger"
    certified = {key_name(one.public_key()) for one in nodes if path_of(one, trust)}  # type: ignore[arg-type]
    last = max(heads, key=lambda head: head.seq, default=None)
    return ("valid", "") if last is not None and last.key in certified else ("not-valid", "heads-stranger")


def _named(files: Mapping[str, bytes], verdict: Verdict) -> tuple[State, str]:
    """The minutes that lie open are those that the journal names."""
    digest = hashlib.sha256(files.get(MINUTES, b"")).hexdigest()
    return ("valid", "") if digest == verdict.minutes else ("not-valid", "minutes-other")
