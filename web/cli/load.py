"""`bacap load`: how much this machine can do. On a node of its own, on loopback; no installation is touched."""

from __future__ import annotations

import argparse
import asyncio

from meetings.load.rows import told

from ..words import text
from . import locale, say

MOST_PICTURES = 64  # of a line without a limit (meetings/relay/lines.py)
MOST = 200  # sites: one process that sends and counts for more than these is itself what is measured


def add(parser: argparse.ArgumentParser) -> None:
    options = (
        ("sites", int, 20),
        ("publish", int, 3),
        ("pictures", int, 4),
        ("over", float, 5.0),
        ("seconds", float, 10.0),
    )
    for name, kind, usual in options:
        parser.add_argument(f"--{name}", type=kind, default=usual, help=text(locale(), f"cli.load-{name}"))
    parser.add_argument("--json", action="store_true", help=text(locale(), "cli.load-json"))


def run(arguments: argparse.Namespace) -> int:
    from ..load.run import Asked, load  # only here: codecs take a moment to load

    asked = Asked(arguments.sites, arguments.publish, arguments.over, arguments.seconds, arguments.pictures)
    crowd = 1 <= asked.publish <= asked.sites <= MOST and 1 <= asked.pictures <= MOST_PICTURES
    if not (crowd and 0 <= asked.over <= 600 and 0 < asked.seconds <= 3600):
        say("cli.load-bounds")
        return 2
    rows = asyncio.run(load(asked))
    print(told(rows, arguments.json))
    return 0 if all(row.met is not False for row in rows) else 1
