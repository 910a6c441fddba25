"""`bacap protocol`: write the browser's types and docs/PROTOCOL.md anew from web/wire.py."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import protocol

ROOT = Path(__file__).resolve().parents[2]


def add(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> int:
    for path, body in protocol.files().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(body)
    return 0
