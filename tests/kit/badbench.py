"""A workshop worker with bad manners, for tests of documents/workshop.py: its jobs hang, eat, crash and phone."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from documents.bench import work
from store.errors import Refused


def _echo(folder: Path, given: Mapping[str, Any]) -> Any:
    return {"given": dict(given), "files": sorted(entry.name for entry in folder.iterdir()), "process": os.getpid()}


def _hang(_: Path, __: Mapping[str, Any]) -> None:
    while True:
        pass


def _eat(_: Path, __: Mapping[str, Any]) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(64 * 1024**2))


def _crash(_: Path, __: Mapping[str, Any]) -> None:
    ctypes.string_at(0)


def _leave(_: Path, __: Mapping[str, Any]) -> None:
    os._exit(0)


def _chatter(_: Path, __: Mapping[str, Any]) -> str:
    os.write(1, b'{"result":"forged","refused":""}\n')
    print("and more", flush=True)
    return "true"


def _refuse(_: Path, __: Mapping[str, Any]) -> None:
    raise Refused("pdf-too-long", most=5)


def _stumble(_: Path, __: Mapping[str, Any]) -> None:
    raise ZeroDivisionError("a surprise")


def _phone(_: Path, given: Mapping[str, Any]) -> str:
    try:
        socket.create_connection(("127.0.0.1", given["port"]), 5).close()
    except OSError as error:
        return type(error).__name__
    return "connected"


JOBS: dict[str, Callable[[Path, Mapping[str, Any]], Any]] = {
    "echo": _echo,
    "hang": _hang,
    "eat": _eat,
    "crash": _crash,
    "leave": _leave,
    "chatter": _chatter,
    "refuse": _refuse,
    "stumble": _stumble,
    "phone": _phone,
}

if __name__ == "__main__":
    work(JOBS)
