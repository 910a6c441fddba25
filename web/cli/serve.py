"""`bacap serve`: an installation on this machine, its processes watched by the supervisor."""

from __future__ import annotations

import argparse
import asyncio

from meetings.people.accounts import Accounts

from .. import supervisor, tls
from ..settings import Settings
from ..words import text
from . import chosen_settings, locale, say


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help=text(locale(), "cli.port"))
    parser.add_argument("--host", help=text(locale(), "cli.host"))


def run(arguments: argparse.Namespace) -> int:
    given = {name: value for name in ("port", "host") if (value := getattr(arguments, name)) is not None}
    settings = chosen_settings(arguments, **given)
    with supervisor.node_lock(settings):
        asyncio.run(announce(settings))
        return supervisor.run(settings)


async def announce(settings: Settings) -> None:
    """Bring the data folder up to date, and print where to go; for an empty installation, the one-time link."""
    from ..wiring import certificate_files, open_house

    certificate_files(settings)
    async with open_house(settings) as house:
        accounts = Accounts(house)
        for name in addresses(settings):
            say("cli.address", url=f"https://{name}:{settings.port}/")
        if await accounts.needs_first():
            url = f"https://{addresses(settings)[0]}:{settings.port}/first/{await accounts.first_link()}"
            say("cli.first", url=url)


def addresses(settings: Settings) -> list[str]:
    """Host names for people: localhost, then the LAN."""
    return list(dict.fromkeys(["localhost", tls.lan_address(), *settings.names]))
