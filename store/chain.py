"""The hash chain under every event stream: canonical bytes, linking, verifying. Pure.

An event's hash covers its header and the digest of its body, not the body itself, so that a body can be
withheld from a viewer, or erased by law, while the chain still verifies. The digest is salted, and the salt
travels only with the body: a withheld vote cannot be guessed from its digest.

Canonical form: RFC 8785 narrowed to what needs no judgement: ASCII keys, integers within 2^53, text in NFC.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import Malformed

PREFIX = b"bacap.event.v1\n"
START = "0" * 64  # what the first event of a stream names as the one before it
LARGEST = 2**53 - 1

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted. `mandate` is the office used; `acting_for` the person stood in for, if any."""

    kind: str  # person | site | node | token | system
    id: str
    mandate: str = ""
    acting_for: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as decided, before it has a place in a stream."""

    kind: str
    body: Body = field(default_factory=dict)
    v: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """One link. `body` and `salt` are None where they are withheld or erased."""

    stream: str
    seq: int  # 1, 2, 3 ... without a gap
    at: int  # UTC milliseconds, never less than the event before
    origin: str  # node id
    actor: Actor
    session: str
    command: str
    kind: str
    v: int
    salt: str | None  # 32 hex digits
    body: Body | None
    body_digest: str
    prev: str
    hash: str


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of VALUE. Raises Malformed for what has no canonical form here."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _check(value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise Malformed("canonical-integer")
    elif isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise Malformed("canonical-nfc")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Malformed("canonical-surrogate") from None
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise Malformed("canonical-key")
            _check(item)
    else:
        raise Malformed("canonical-type", type=type(value).__name__)


def digest_of(salt: str, body: Body) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + canonical(dict(body))).hexdigest()


def hash_of(event: Event) -> str:
    """The link: SHA-256 over the prefix and the canonical header."""
    actor = event.actor
    header = {
        "stream": event.stream,
        "seq": event.seq,
        "at": event.at,
        "origin": event.origin,
        "actor": {"kind": actor.kind, "id": actor.id, "mandate": actor.mandate, "acting_for": actor.acting_for},
        "session": event.session,
        "command": event.command,
        "kind": event.kind,
        "v": event.v,
        "body_digest": event.body_digest,
        "prev": event.prev,
    }
    return hashlib.sha256(PREFIX + canonical(header)).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stream ends: what a checkpoint signs and the printed minutes name."""

    seq: int = 0
    hash: str = START
    at: int = 0


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What the events of one command share: place, time, actor and cause."""

    stream: str
    at: int
    origin: str
    actor: Actor
    session: str = ""
    command: str = ""


def link(head: Head, draft: Draft, given: Circumstance, salt: bytes) -> Event:
    """Put DRAFT behind HEAD. Its time is never earlier than the stream's last one. SALT: 16 random bytes."""
    salt_text = salt.hex()
    blank = Event(
        stream=given.stream,
        seq=head.seq + 1,
        at=max(given.at, head.at),
        origin=given.origin,
        actor=given.actor,
        session=given.session,
        command=given.command,
        kind=draft.kind,
        v=draft.v,
        salt=salt_text,
        body=dict(draft.body),
        body_digest=digest_of(salt_text, draft.body),
        prev=head.hash,
        hash="",
    )
    return replace(blank, hash=hash_of(blank))


def head_of(event: Event) -> Head:
    return Head(event.seq, event.hash, event.at)


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first thing wrong in a stream: which event, and which rule it breaks."""

    seq: int
    code: str  # gap | prev | time | digest | hash | checkpoint | short | malformed


def verify(events: Iterable[Event], known: Mapping[int, str] | None = None, start: Head | None = None) -> Head | Flaw:
    """Walk EVENTS (in order, from just behind START). KNOWN maps a seq to the hash a checkpoint holds for it.

    Returns the head reached, or the first flaw. A rewritten and re-hashed journal passes every rule but the
    last: only a checkpoint kept elsewhere tells it from the true one.
    """
    head = start or Head()
    known = known or {}
    for event in events:
        flaw = _flaw(head, event, known.get(event.seq))
        if flaw:
            return Flaw(head.seq + 1 if flaw == "gap" else event.seq, flaw)
        head = head_of(event)
    beyond = [seq for seq in known if seq > head.seq]
    return Flaw(head.seq + 1, "short") if beyond else head


def _flaw(head: Head, event: Event, known: str | None) -> str | None:
    if event.seq != head.seq + 1:
        return "gap"
    if event.prev != head.hash:
        return "prev"
    if event.at < head.at:
        return "time"
    try:
        if event.body is not None and (event.salt is None or digest_of(event.salt, event.body) != event.body_digest):
            return "digest"
        if hash_of(event) != event.hash:
            return "hash"
    except (Malformed, ValueError):
        return "malformed"
    return "checkpoint" if known is not None and known != event.hash else None
