"""`bacap journal`: verify every stream, naming the first bad event; list signed checkpoints, to be kept elsewhere."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from meetings.house import House
from signing.checkpoint import Checkpoint, is_genuine
from store import journal
from store.chain import Flaw
from store.errors import Refused

from .. import console
from ..console import Line, Outcome
from ..words import text
from . import chosen_settings, locale, show


class Kept(msgspec.Struct, frozen=True):
    """What is read of a checkpoint that was kept elsewhere."""

    stream: str
    seq: int
    hash: str


WHOLE = ("cli.journal-whole", "cli.journal-erased")
CHECKPOINT = ("stream", "seq", "hash", "at", "key_id", "signature")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("verify", "checkpoints"), help=text(locale(), "cli.journal-act"))
    parser.add_argument("--stream", default="", help=text(locale(), "cli.journal-stream"))
    parser.add_argument("--against", metavar="FILE", type=Path, help=text(locale(), "cli.journal-against"))


def run(arguments: argparse.Namespace) -> int:
    given: dict[str, Any] = {"act": arguments.act, "stream": arguments.stream, "against": []}
    if arguments.against:
        try:
            lines = [line for line in arguments.against.read_text().splitlines() if line]
            if not lines:
                raise Refused("nothing-to-compare")
            given["against"] = [msgspec.to_builtins(msgspec.json.decode(line, type=Kept)) for line in lines]
        except (OSError, ValueError) as error:
            raise Refused("file-unreadable", reason=str(error)) from error
    return show(console.run(chosen_settings(arguments), "journal", given))


async def act(house: House, given: Mapping[str, Any]) -> Outcome:
    streams = await house.read(journal.listed)
    if given["act"] == "checkpoints":
        rows = [row for stream in streams for row in await house.read(journal.read_checkpoints, stream)]
        lines = [json.dumps({name: row._mapping[name] for name in CHECKPOINT}) for row in rows]
        return Outcome(0, [Line("cli.raw", {"line": line}) for line in lines])
    outside: dict[str, dict[int, str]] = {}
    for kept in given["against"]:
        outside.setdefault(kept["stream"], {})[kept["seq"]] = kept["hash"]
    wanted = [given["stream"]] if given["stream"] else sorted({*streams, *outside})
    lines_ = [await _verify(house, stream, streams, outside.get(stream, {})) for stream in wanted]
    return Outcome(int(any(line.code not in WHOLE for line in lines_)), lines_)


async def _verify(house: House, stream: str, streams: list[str], outside: Mapping[int, str]) -> Line:
    if stream not in streams:
        return Line("cli.journal-missing", {"stream": stream})
    kept = {}
    for row in await house.read(journal.read_checkpoints, stream):
        if not is_genuine(Checkpoint(stream, row.seq, row.hash, row.at, row.key_id, row.signature)):
            return Line("cli.journal-flaw", {"stream": stream, "seq": row.seq, "flaw": "checkpoint"})
        kept[row.seq] = row.hash
    reached = await house.read(journal.verify, stream, kept | dict(outside))
    if isinstance(reached, Flaw):
        return Line("cli.journal-flaw", {"stream": stream, "seq": reached.seq, "flaw": reached.code})
    erased = await house.read(journal.count_erased, stream)
    code = "cli.journal-erased" if erased else "cli.journal-whole"
    return Line(code, {"stream": stream, "seq": reached.seq, "hash": reached.hash[:16], "erased": erased})
