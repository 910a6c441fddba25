"""`bacap paper examine FILE`: what the gate says of a file, without a server. Exit status 0 accepted, 1 refused.

It is the gate that uploads go through, with the same limits: for technicians who wonder why, and for scripts.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

import msgspec

from documents.actions import Gate, Intake
from documents.model import Examined
from documents.workshop import Workshop
from store.errors import Fault, Refused

from .. import faults
from ..settings import FONTS, Settings
from ..words import text
from . import chosen_settings, locale


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """With --json: what was found, or why it is refused."""

    accepted: bool
    found: Examined | None = None
    refused: str = ""
    text: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="examine")
    about = text(locale(), "cli.paper-examine")
    examine = acts.add_parser("examine", description=about, help=about)
    examine.add_argument("file", type=Path, help=text(locale(), "cli.paper-file"))
    examine.add_argument("--password", default="", help=text(locale(), "cli.paper-password"))
    examine.add_argument("--cleared", action="store_true", help=text(locale(), "cli.paper-cleared"))
    examine.add_argument("--json", action="store_true", help=text(locale(), "cli.paper-json"))


def run(arguments: argparse.Namespace) -> int:
    settings = chosen_settings(arguments)
    try:
        path, intake = readable(settings, arguments.file), Intake(arguments.password, arguments.cleared)
        told = Told(True, asyncio.run(judge(settings, path, intake)))
    except Fault as fault:
        told = Told(False, None, fault.code, faults.refusal(fault, locale()).text)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        show(told)
    return 0 if told.accepted else 1


def readable(settings: Settings, path: Path) -> Path:
    """PATH, if it is a file that may be asked about. Raises Refused."""
    try:
        if not path.is_file():
            raise Refused("file-unreadable", reason=str(path))
        with path.open("rb") as reading:
            size = os.fstat(reading.fileno()).st_size
    except (OSError, ValueError) as error:
        raise Refused("file-unreadable", reason=str(error)) from error
    if size > settings.largest_paper_mb * 1_000_000:
        raise Refused("too-large", limit=settings.largest_paper_mb)
    return path.resolve()


async def judge(settings: Settings, path: Path, intake: Intake) -> Examined:
    workshop = Workshop(workers=1)
    try:
        async with Gate(workshop, FONTS, settings.clamd).examine(path, intake) as (examined, _):
            return examined
    finally:
        await workshop.close()


def show(told: Told) -> None:
    if told.found is None:
        print(text(locale(), "paper-gate.refused", {"reason": told.text}))
        return
    found = told.found
    print(text(locale(), "paper-gate.accepted", {"pages": found.pages, "bytes": found.size}))
    print(f"  SHA-256 {found.sha256}")
    if found.made_from != "pdf":
        print("  " + text(locale(), "paper-gate.converted", {"kind": found.made_from}))
    if found.signed:
        print("  " + text(locale(), "paper-gate.signed"))
    for code in found.stripped:
        print("  " + text(locale(), "paper-gate.stripped", {"what": text(locale(), f"stripped.{code}")}))
