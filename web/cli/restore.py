"""`bacap restore FILE`: an archive into an empty data folder; --drill does it aside and verifies the journal."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import archive
from ..words import text
from . import chosen_settings, locale, say


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=text(locale(), "cli.backup-file"))
    parser.add_argument("--drill", action="store_true", help=text(locale(), "cli.restore-drill"))


def run(arguments: argparse.Namespace) -> int:
    settings = chosen_settings(arguments)
    if arguments.drill:
        streams, blobs = archive.drill(arguments.file)
        say("cli.drill-done", streams=streams, blobs=blobs)
        return 0
    say("cli.restore-done", count=archive.restore(arguments.file, settings.folder), folder=str(settings.folder))
    return 0
