"""`bacap backup FILE`: everything of a node in one archive, while it runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import archive
from ..words import text
from . import chosen_settings, locale, say


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=text(locale(), "cli.backup-file"))


def run(arguments: argparse.Namespace) -> int:
    files = archive.back_up(chosen_settings(arguments), arguments.file, lambda done: print(".", end="", flush=True))
    print()
    say("cli.backup-done", file=str(arguments.file), count=files)
    return 0
