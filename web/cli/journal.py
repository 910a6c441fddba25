"""`bacap journal`: verify every stream, naming the first bad event; list signed checkpoints, to be kept elsewhere.

`verify FILE` judges an exported sitting by what is in the file alone: it opens no data folder and asks no server.
`export` takes a sitting out as such a file, `import` puts one in that is judged whole.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from meetings.house import House
from meetings.proof import bundle
from meetings.proof.judge import Finding, Verdict, judge
from signing.checkpoint import Checkpoint, is_genuine
from store import journal
from store.chain import Flaw
from store.errors import Refused
from store.files import write_durably

from .. import console
from ..console import Line, Outcome
from ..settings import Settings
from ..words import text
from . import chosen_settings, locale, say, show


class Kept(msgspec.Struct, frozen=True):
    """What is read of a checkpoint that was kept elsewhere."""

    stream: str
    seq: int
    hash: str


WHOLE = ("cli.journal-whole", "cli.journal-erased")
CHECKPOINT = ("stream", "seq", "hash", "at", "key_id", "signature")


def add(parser: argparse.ArgumentParser) -> None:
    acts = ("verify", "checkpoints", "export", "import")
    parser.add_argument("act", choices=acts, help=text(locale(), "cli.journal-act"))
    parser.add_argument("file", nargs="?", type=Path, help=text(locale(), "cli.journal-file"))
    parser.add_argument("--json", action="store_true", help=text(locale(), "cli.journal-json"))
    parser.add_argument("--stream", default="", help=text(locale(), "cli.journal-stream"))
    parser.add_argument("--against", metavar="FILE", type=Path, help=text(locale(), "cli.journal-against"))


def run(arguments: argparse.Namespace) -> int:
    if arguments.act == "verify" and arguments.file:
        return judge_file(arguments.file, as_json=arguments.json)
    if arguments.act in ("export", "import"):
        return carry(arguments)
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


def judge_file(path: Path, *, as_json: bool) -> int:
    """Exit status 0: whole, 1: not."""
    try:
        verdict = judge(bundle.read(path))
    except Refused as refusal:
        if not as_json:
            raise
        verdict = Verdict("", "", 0, 0, 0, (), (Finding(refusal.code),))
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(verdict)).decode())
        return int(not verdict.whole)
    say("cli.bundle", title=verdict.title, sitting=verdict.sitting, events=verdict.events)
    for finding in verdict.findings:
        say("cli.bundle-finding", finding=text(locale(), f"finding.{finding.code}"), seq=finding.seq, name=finding.name)
    for key in verdict.keys:
        say("cli.bundle-key", key=key, seq=verdict.witnessed)
    say("cli.bundle-whole" if verdict.whole else "cli.bundle-altered")
    return int(not verdict.whole)


def carry(arguments: argparse.Namespace) -> int:
    if not arguments.file or (arguments.act == "export" and not arguments.stream):
        raise Refused("file-needed")
    if arguments.act == "export" and arguments.file.exists():
        raise Refused("file-exists")
    given = {"act": arguments.act, "stream": arguments.stream, "file": str(arguments.file.resolve())}
    return show(console.run(chosen_settings(arguments), "journal", given))


async def _carry(house: House, given: Mapping[str, Any]) -> Outcome:
    path = Path(given["file"])
    if given["act"] == "import":
        verdict = await bundle.take_in(house, await asyncio.to_thread(bundle.read, path))
        return Outcome(0, [Line("cli.bundle-imported", {"title": verdict.title, "sitting": verdict.sitting})])
    data = await bundle.pack(house, given["stream"])
    await asyncio.to_thread(write_durably, path, data, private=True)
    return Outcome(0, [Line("cli.bundle-exported", {"file": str(path), "size": len(data)})])


async def act(house: House, _: Settings, given: Mapping[str, Any]) -> Outcome:
    if given["act"] in ("export", "import"):
        return await _carry(house, given)
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
