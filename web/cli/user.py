"""`bacap user`: a way in for a lost administrator, from the machine's own console."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from meetings.house import House
from meetings.people.accounts import Accounts

from .. import console
from ..console import Line, Outcome
from ..words import text
from . import chosen_settings, locale, show
from .serve import addresses


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("list", "reset", "administrator"), help=text(locale(), "cli.user-act"))
    parser.add_argument("login", nargs="?", default="", help=text(locale(), "cli.user-login"))


def run(arguments: argparse.Namespace) -> int:
    settings = chosen_settings(arguments)
    base = f"https://{addresses(settings)[0]}:{settings.port}"
    return show(console.run(settings, "user", {"act": arguments.act, "login": arguments.login, "base": base}))


async def act(house: House, given: Mapping[str, str]) -> Outcome:
    accounts, base = Accounts(house), given["base"]
    if given["act"] == "list":
        people = await accounts.everyone()
        return Outcome(0, [Line("cli.user-line", {"login": login, "name": name}) for login, name in people])
    if given["act"] == "administrator":
        return Outcome(0, [Line("cli.first", {"url": f"{base}/first/{await accounts.first_link()}"})])
    return Outcome(0, [Line("cli.reset", {"url": f"{base}/password/{await accounts.reset(given['login'])}"})])
