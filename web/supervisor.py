"""Starts the processes of a node, watches them and starts them again: one signal to it reaches them all.

A process that dies is back within a second; one that keeps dying is tried ever more slowly, up to 30 s. The node's
lock says that the data folder is in use: command-line verbs that write take it, or ask the running node.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from store.errors import Unavailable

from . import tls
from .settings import Settings, to_environment

log = logging.getLogger("bacap.supervisor")

FIRST_WAIT_S, LONGEST_WAIT_S, STEADY_S = 0.2, 30.0, 20.0
STOP_S = 8.0


@contextlib.contextmanager
def node_lock(settings: Settings) -> Iterator[None]:
    """Hold the data folder. Raises Unavailable `node-running` while another process has it."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    settings.folder.chmod(0o700)  # also one that others could look into before
    with (settings.folder / "node.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable("node-running") from None
        yield


@dataclass(slots=True)
class Child:
    """One process of the node, and how patient to be with it."""

    name: str
    words: list[str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    wait: float = FIRST_WAIT_S
    due: float = 0.0

    def start(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(self.words, env=environment)  # noqa: S603  (our own command)
        self.began = time.monotonic()
        log.info("%s started as process %s", self.name, self.process.pid)

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


@dataclass(slots=True)
class Supervisor:
    settings: Settings
    children: list[Child]
    stopping: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def run(self) -> int:
        """Until a signal says stop."""
        self.environment = to_environment(self.settings)
        read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only wakes the loop below
        with selectors.DefaultSelector() as wait:
            wait.register(read, selectors.EVENT_READ)
            while not self.stopping:
                self._tend(time.monotonic())
                dues = [child.due - time.monotonic() for child in self.children if child.process is None]
                if wait.select(max(0.05, min(dues, default=5.0))):
                    os.read(read, 1024)
        self._end_all()
        return 0

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _tend(self, now: float) -> None:
        for child in self.children:
            if child.ended():
                assert child.process is not None
                log.warning("%s ended with %s", child.name, child.process.returncode)
                child.wait = FIRST_WAIT_S if now - child.began > STEADY_S else min(child.wait * 2, LONGEST_WAIT_S)
                child.due = now + child.wait
                child.process = None
            if child.process is None and child.due <= now:
                child.start(self.environment)

    def _end_all(self) -> None:
        living = [child.process for child in self.children if child.process is not None]
        for process in living:
            process.terminate()
        limit = time.monotonic() + STOP_S
        for process in living:
            try:
                process.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def children_of(settings: Settings) -> list[Child]:
    """The processes of a node."""
    command = [sys.executable, "-m", "web.cli"]
    host, addresses = _media_addresses(settings)
    relays = []
    for number, socket in enumerate(settings.relay_sockets):
        udp, tcp = settings.relay_ports(number)
        words = [sys.executable, "-m", "meetings.relay.worker", str(socket), host, str(udp), str(tcp), *addresses]
        relays.append(Child("relay" if not number else f"relay {number + 1}", words))
    return [*relays, Child("web", [*command, "web"])]


def _media_addresses(settings: Settings) -> tuple[str, list[str]]:
    """What the relay listens at, and the addresses it tells browsers: of IPv4 and IPv6, one port for both."""
    host = settings.listens[-1]  # the relay has one socket for both
    if settings.relay_host:
        return host, [settings.relay_host]
    own = [tls.lan_address(), tls.lan_address_6() if ":" in host else "", "127.0.0.1"]
    return host, list(dict.fromkeys(one for one in own if one))


def run(settings: Settings, more: Sequence[Child] = ()) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s supervisor %(levelname)s %(message)s")
    return Supervisor(settings, [*children_of(settings), *more]).run()
