"""The supervisor of a node's processes, and the node's lock. web.supervisor"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store.errors import Unavailable
from tests.kit.node import settings_for
from web import supervisor
from web.settings import ANY
from web.supervisor import Child, Supervisor, children_of, node_lock

ROOT = Path(__file__).resolve().parents[2]
# Children: each writes its process id into a file of its name, then waits or dies.
STAY = "import os, sys, time, pathlib; pathlib.Path(sys.argv[1]).open('a').write(f'{os.getpid()}\\n'); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAY
DIE = "import os, sys, pathlib; pathlib.Path(sys.argv[1]).open('a').write(f'{os.getpid()}\\n'); sys.exit(3)"
MAIN = """
import sys, pathlib
from web import settings, supervisor
supervisor.STOP_S = 0.5
folder = pathlib.Path(sys.argv[1])
children = [supervisor.Child(name, [sys.executable, "-ISc", code, str(folder / name)])
            for name, code in zip(sys.argv[2::2], sys.argv[3::2])]
sys.exit(supervisor.Supervisor(settings.read(None, {}, data=str(folder)), children).run())
"""

HOLD = """
import sys, time
from web import settings, supervisor
with supervisor.node_lock(settings.read(None, {}, data=sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def start(folder: Path, *children: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", MAIN, str(folder), *children]
    return subprocess.Popen(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})


def pids(path: Path, count: int) -> list[int]:
    """The first COUNT process ids that the child of this name had, once there are so many."""
    for _ in range(1000):
        found = path.read_text().splitlines() if path.exists() else []
        if len(found) >= count:
            return [int(pid) for pid in found]
        time.sleep(0.02)
    raise AssertionError(f"{path.name}: {found}")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_that_is_killed_is_started_again_and_the_others_stay(tmp_path: Path) -> None:
    process = start(tmp_path, "one", STAY, "two", STAY)
    try:
        first, [other] = pids(tmp_path / "one", 1)[0], pids(tmp_path / "two", 1)
        os.kill(first, signal.SIGKILL)
        assert pids(tmp_path / "one", 2)[0] == first and alive(pids(tmp_path / "one", 2)[1])
        assert pids(tmp_path / "two", 1) == [other] and alive(other)
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_ends_them_all_even_a_stubborn_one(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path, "one", STAY, "stubborn", STUBBORN)
    found = [*pids(tmp_path / "one", 1), *pids(tmp_path / "stubborn", 1)]
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not any(alive(pid) for pid in found)


def test_a_child_that_keeps_dying_is_tried_ever_more_slowly(tmp_path: Path) -> None:
    process = start(tmp_path, "dies", DIE, "stays", STAY)
    try:
        pids(tmp_path / "dies", 3)
    finally:
        process.terminate()
        assert process.wait(20) == 0
    child = Child("dies", [sys.executable, "-ISc", DIE, str(tmp_path / "dies")])
    watched = Supervisor(settings_for(tmp_path), [child], environment=dict(os.environ))
    waits, now = [], 0.0
    for _ in range(12):
        watched._tend(now)
        assert child.process is not None
        child.process.wait(20)
        child.began = now
        watched._tend(now)
        waits.append(child.wait)
        now = child.due
    assert waits == sorted(waits) and waits[0] < 1 and waits[-1] == supervisor.LONGEST_WAIT_S
    watched._tend(now)
    assert child.process is not None
    child.process.wait(20)
    child.began = now - supervisor.STEADY_S - 1  # it lived long this time: patience is full again
    watched._tend(now)
    assert child.wait == supervisor.FIRST_WAIT_S


def test_a_second_holder_of_the_lock_is_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data")
    with node_lock(settings):
        with pytest.raises(Unavailable, match="node-running"), node_lock(settings):
            pass
        with node_lock(settings_for(tmp_path / "other")):
            pass
    with node_lock(settings):
        pass


def test_the_lock_of_a_killed_holder_is_free(tmp_path: Path) -> None:
    words, environ = [sys.executable, "-c", HOLD, str(tmp_path)], os.environ | {"PYTHONPATH": str(ROOT)}
    holder = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, env=environ)
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Unavailable), node_lock(settings_for(tmp_path)):
            pass
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    with node_lock(settings_for(tmp_path)):
        pass


def test_the_processes_of_a_node(tmp_path: Path) -> None:
    relay, web = children_of(settings_for(tmp_path, relay_port=5000, relay_host="10.1.1.1"))
    assert (relay.name, web.name) == ("relay", "web") and web.words[-2:] == ["web.cli", "web"]
    assert relay.words[2:4] == ["meetings.relay.worker", str(tmp_path / "run" / "relay-0.sock")]
    assert relay.words[-3:] == ["5000", "5001", "10.1.1.1"]
    both = settings_for(tmp_path, host=ANY)
    relay, _ = children_of(both)
    assert relay.words[4] == both.listens[-1] and (":" in relay.words[4]) == socket.has_dualstack_ipv6()
    made = settings_for(tmp_path)
    relay, _ = children_of(made)
    assert str(made.port) in relay.words and "127.0.0.1" in relay.words


def test_each_relay_worker_has_its_own_socket_and_ports(tmp_path: Path) -> None:
    first, second, web = children_of(settings_for(tmp_path, relay_port=5000, relay_workers=2, relay_host="h"))
    assert (first.name, second.name, web.name) == ("relay", "relay 2", "web")
    assert first.words[3] != second.words[3]
    assert (first.words[-3:-1], second.words[-3:-1]) == (["5000", "5001"], ["5002", "5003"])
    with pytest.raises(Unavailable, match="settings"):
        settings_for(tmp_path, relay_workers=0)
