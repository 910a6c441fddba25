"""`bacap web`: the web process, as the supervisor starts it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import gc
import logging
import resource
import signal

from aiohttp import web

from meetings.people.accounts import Accounts

from .. import app, console, tls
from ..settings import Settings
from ..wiring import certificate_files, open_office
from . import chosen_settings, demo, say
from .serve import addresses

log = logging.getLogger("bacap.web")


def add(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s web %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a connection is a file; systems begin with few
    keep_no_dumps()
    tls.lower_buffers()
    asyncio.run(serve(chosen_settings(arguments)))
    return 0


def keep_no_dumps() -> None:
    """Secret ballots are summed up in this process's memory: a crash leaves no image of it on disk, and no other
    process of the same account may look into it (prctl(2))."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    set_dumpable = 4  # PR_SET_DUMPABLE of linux/prctl.h
    with contextlib.suppress(OSError, AttributeError):  # not Linux: no such call
        ctypes.CDLL(None).prctl(set_dumpable, 0, 0, 0, 0)


async def announce(settings: Settings, accounts: Accounts) -> None:
    """Print where to go; and for an empty installation, the one-time link."""
    for name in addresses(settings):
        say("cli.address", url=f"https://{name}:{settings.port}/")
    if await accounts.needs_first():
        url = f"https://{addresses(settings)[0]}:{settings.port}/first/{await accounts.first_link()}"
        say("cli.first", url=url)


async def serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with open_office(settings) as office, console.listening(settings, office.house):
        if settings.demonstration:
            await demo.prepare(office)
        runner = app.runner(office)
        await runner.setup()
        certificate, key = certificate_files(settings)
        context = tls.context(certificate, key)
        for host in settings.listens:
            await web.TCPSite(runner, host, settings.port, ssl_context=context, shutdown_timeout=2).start()
        log.info("listening on port %s of %s", settings.port, ", ".join(settings.listens))
        await announce(settings, office.accounts)
        await office.workshop.start()  # now: its imports would make the first page wait
        gc.freeze()  # what was built at start is never garbage
        await stop.wait()
        await runner.cleanup()
