"""`bacap agent`: on a member's own machine, signs with their token what they ask for in the browser (docs/agent.md)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import platform
from pathlib import Path

from meetings.sitting.signatures import Job
from signing.tokens import Token
from store.errors import Refused

from .. import agent
from ..agent import Agent, Server, Settled
from ..words import text
from . import locale, passphrase, say

STATE = Path.home() / ".bacap-agent.json"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", type=Path, default=STATE, help=text(locale(), "cli.agent-state"))
    acts = parser.add_subparsers(dest="act", required=True)
    pair = acts.add_parser("pair", help=text(locale(), "cli.agent-pair"))
    pair.add_argument("server", help=text(locale(), "cli.agent-server"))
    pair.add_argument("code", help=text(locale(), "cli.agent-code"))
    pair.add_argument("--module", required=True, help=text(locale(), "cli.agent-module"))
    pair.add_argument("--token", default="", help=text(locale(), "cli.agent-token"))
    pair.add_argument("--ca", type=Path, help=text(locale(), "cli.agent-ca"))
    pair.add_argument("--name", default=platform.node() or "PC", help=text(locale(), "cli.agent-name"))
    acts.add_parser("key", help=text(locale(), "cli.agent-key"))
    acts.add_parser("run", help=text(locale(), "cli.agent-run"))


def run(arguments: argparse.Namespace) -> int:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(act(arguments))
    return 0


async def act(arguments: argparse.Namespace) -> None:
    if arguments.act == "pair":
        await pair_(arguments)
        return
    settled = agent.read(arguments.state)
    server = Server(settled.server, settled.ca, settled.token)
    made = Agent(server, Token(settled.module, settled.label), show, say)
    try:
        if arguments.act == "key":
            await made.make_key(await asyncio.to_thread(passphrase))
            say("agent.key-made", name=settled.name)
            return
        say("agent.waits", name=await made.present(first_pin), server=settled.server)
        await made.serve()
    finally:
        await server.close()


async def pair_(arguments: argparse.Namespace) -> None:
    try:
        ca = arguments.ca.read_text() if arguments.ca else ""
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("file-unreadable", reason=str(error)) from error
    if not arguments.server.startswith("https://"):
        raise Refused("field-wrong", field="server")
    await asyncio.to_thread(Token(arguments.module, arguments.token).certificates)  # is it there?
    server = Server(arguments.server, ca)
    try:
        paired = await server.pair(arguments.code, arguments.name)
    finally:
        await server.close()
    settled = Settled(arguments.server, paired.token, paired.name, arguments.module, arguments.token, ca)
    agent.write(arguments.state, settled)
    say("agent.paired", name=paired.name)


def first_pin() -> str:
    say("agent.first-pin")
    return passphrase()


def show(job: Job) -> str:
    """What is to be signed, and the PIN for it; nothing typed is a no."""
    shown = " ".join(job.shown[at : at + 4] for at in range(0, len(job.shown), 4))
    say("agent.asks", title=job.title, symbol=job.symbol, hash=shown)
    say("agent.pin")
    return passphrase()
