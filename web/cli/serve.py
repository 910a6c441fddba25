"""`bacap serve`: an installation on this machine, its processes watched by the supervisor."""

from __future__ import annotations

import argparse

from .. import supervisor, tls
from ..settings import Settings
from ..words import text
from . import chosen_settings, locale


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help=text(locale(), "cli.port"))
    parser.add_argument("--host", help=text(locale(), "cli.host"))


def run(arguments: argparse.Namespace) -> int:
    given = {name: value for name in ("port", "host") if (value := getattr(arguments, name)) is not None}
    settings = chosen_settings(arguments, **given)
    with supervisor.node_lock(settings):
        return supervisor.run(settings)


def addresses(settings: Settings) -> list[str]:
    """Host names for people: localhost, then the LAN."""
    return list(dict.fromkeys(["localhost", tls.lan_address(), *settings.names]))
