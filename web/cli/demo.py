"""`bacap demo`: a whole district's sitting on this machine, to look at and play with."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from .. import supervisor
from ..words import text
from . import chosen_settings, locale, say

if TYPE_CHECKING:
    from ..wiring import Office


SITES_LATER_S = 3  # the rooms come once the node answers: at the start every core is busy enough


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help=text(locale(), "cli.port"))


def run(arguments: argparse.Namespace) -> int:
    given = {"port": arguments.port} if arguments.port else {}
    folder = arguments.data or ".demo"
    settings = chosen_settings(arguments, **({"demonstration": True, "data": folder} | given))
    with supervisor.node_lock(settings):
        words = [sys.executable, "-m", "web.demo.sites", str(settings.folder), str(settings.port)]
        later = time.monotonic() + SITES_LATER_S
        return supervisor.run(settings, [supervisor.Child("sites", words, due=later)])


async def prepare(office: Office) -> None:
    """In the web process, before it answers: build what is missing, set new passwords, print the table of accounts."""
    from rich.console import Console
    from rich.table import Table

    from ..demo import build

    made = await build.build(office, lambda what: say("cli.demo-building", what=text(locale(), f"cli.demo-{what}")))
    say("cli.demo-accounts")
    table = Table(box=None)
    for head in ("login", "password", "TOTP", "", ""):
        table.add_column(head)
    for account in made:
        code = f"{account.totp} ({build.code_of(account, time.time())})" if account.totp else ""
        table.add_row(account.login, account.password, code, account.name, account.office)
    Console(width=160).print(table)
    say("cli.demo-ready")
