"""A sitting taken out of a node as one ZIP, read back from it, and put into another node, if it is judged whole."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import io
import zipfile
from pathlib import Path

import msgspec

from signing.checkpoint import Checkpoint
from store import journal
from store.chain import Event
from store.db import Connection
from store.errors import Missing, Refused
from store.world import vietnam_day

from ..house import House
from ..people import records as people
from ..people import rights
from ..people.model import Person, PersonId
from ..people.orgtree import Tree
from ..people.rights import Principal
from ..sitting import records
from ..sitting.evolve import follow
from ..sitting.rooms import Rooms
from ..sitting.state import State
from .judge import FORMAT, HEADS, JOURNAL, MANIFEST, SUMS, Manifest, Verdict, contents, judge, opened

LARGEST = 4_000_000_000  # bytes unpacked
MOST_FILES = 20_000


def read(path: Path) -> dict[str, bytes]:
    """The files of an export. Raises Refused `file-unreadable` for what is none, or too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
            if len(listed) > MOST_FILES or sum(one.file_size for one in listed) > LARGEST:
                raise Refused("file-unreadable", reason="size")
            names = [one.filename for one in listed]
            if len(set(names)) != len(names):
                raise Refused("file-unreadable", reason="names")
            return {one.filename: archive.read(one) for one in listed if not one.is_dir()}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Refused("file-unreadable", reason=str(error)[:200]) from None


class Bundles:
    def __init__(self, house: House, rooms: Rooms) -> None:
        self._house = house
        self._rooms = rooms

    async def export(self, who: Principal, sitting: str) -> bytes:
        """The whole sitting, closed items and all: for who keeps its records."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.export", room.thing())
        if room.state.phase not in ("closed", "cancelled"):
            raise Refused("not-now", phase=room.state.phase)
        return await pack(self._house, sitting)


async def pack(house: House, sitting: str) -> bytes:
    """From the journal as it is stored. Raises Missing `no-such-sitting`."""
    texts, state = await told(house, sitting)
    files = dict(texts)
    for sha256 in sorted(contents(state)):
        files[f"files/{sha256}"] = await house.blobs.load(sha256)
    return await asyncio.to_thread(_zip, files)


async def told(house: House, sitting: str) -> tuple[dict[str, bytes], State]:
    """What a sitting tells of itself, beside the files that it names: journal, signed heads, names; and its state.
    Raises Missing."""
    events, heads = await house.read(_gather, sitting)
    if not events:
        raise Missing("no-such-sitting")
    state = _folded(sitting, events)
    people_, units, sites = await house.read(_names, state, vietnam_day(state.begins))
    people_ = dict(state.people) or people_  # as they were at the close
    manifest = Manifest(FORMAT, sitting, house.node, house.now_ms(), people_, units, sites)
    files = {
        MANIFEST: msgspec.json.format(msgspec.json.encode(manifest)),
        JOURNAL: _lines([withheld(event) for event in events]),
        HEADS: _lines(heads),
    }
    return files, state


async def take_in(house: House, files: dict[str, bytes]) -> Verdict:
    """Put a judged sitting into this node, as it is. One that is not whole is refused, and changes nothing."""
    verdict = await asyncio.to_thread(judge, files)  # it hashes and plays all of it
    if not verdict.whole:
        raise Refused("bundle-altered", finding=verdict.findings[0].code, seq=verdict.findings[0].seq)
    manifest, events, heads = opened(files)
    state = _folded(manifest.sitting, events)
    for data in await asyncio.to_thread(_named, files, contents(state)):
        await house.blobs.keep(data)
    await house.write(_restore, house.node, manifest, state, events, heads)
    return verdict


def _folded(sitting: str, events: list[Event]) -> State:
    state = State(id=sitting)
    for event in events:
        state = follow(state, event)
    return state


def _named(files: dict[str, bytes], wanted: set[str]) -> list[bytes]:
    """Those of the files that the events name, whatever they are called here."""
    return [data for data in files.values() if hashlib.sha256(data).hexdigest() in wanted]


def withheld(event: Event) -> Event:
    """A note to the chair is the chair's: that there was one stays, what it said does not go out."""
    if event.kind == "said" and event.body is not None and event.body.get("to") == "chair":
        return dataclasses.replace(event, body=None, salt=None)
    return event


def _gather(conn: Connection, sitting: str) -> tuple[list[Event], list[Checkpoint]]:
    if not journal.exists(conn, sitting, "sitting"):
        return [], []
    rows = journal.read_checkpoints(conn, sitting)
    heads = [Checkpoint(sitting, row.seq, row.hash, row.at, row.key_id, row.signature) for row in rows]
    return list(journal.walk(conn, sitting)), heads


def _names(
    conn: Connection, state: State, day: str
) -> tuple[dict[str, tuple[str, str]], dict[str, str], dict[str, str]]:
    """Of people with their offices, of units, of sites: those that the sitting speaks of."""
    known = people.persons(conn, list(state.seats))
    offices = people.offices(conn, [seat.mandate for seat in state.seats.values()])
    named = {person: (one.name, offices.get(state.seats[person].mandate, "")) for person, one in known.items()}
    spoken_of = {state.unit, *(seat.unit for seat in state.seats.values()), *state.rooms.values(), *state.convened}
    tree = Tree(people.all_units(conn), day)
    units: dict[str, str] = {unit.id: unit.name for unit in tree if unit.id in spoken_of}
    return named, units, {site.id: site.name for site in people.all_sites(conn) if site.id in state.rooms}


def _restore(
    conn: Connection, node: str, manifest: Manifest, state: State, events: list[Event], heads: list[Checkpoint]
) -> None:  # fmt: skip
    journal.restore(conn, manifest.sitting, "sitting", state.unit, node, events)
    for head in heads:
        journal.keep_checkpoint(
            conn, manifest.sitting, journal.head_at(events, head.seq), head.key, head.signature, head.at
        )
    known = people.names(conn, list(manifest.people))
    for person, (name, _) in manifest.people.items():
        if person not in known:
            people.put_person(conn, Person(PersonId(person), name, ""))
    records.mirror(conn, None, state)


def _lines(things: list[Event] | list[Checkpoint]) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in things)


def _zip(files: dict[str, bytes]) -> bytes:
    """With the sums of all; in a thread, because it takes its time."""
    out = io.BytesIO()
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (files | {SUMS: sums.encode()}).items():
            packed = zipfile.ZIP_STORED if name.startswith("files/") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, packed)
    return out.getvalue()
