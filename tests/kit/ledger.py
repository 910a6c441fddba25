"""The ledger oracle: after any fault, was anything acknowledged lost, doubled or invented?

Each client writes what it attempts, then what was acknowledged, to its own fsynced file. After the fault the
oracle reads the journal and compares. An attempt whose reply was lost may be there once or not at all.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from store.chain import Event


class Ledger:
    """One client's own record. Lines are durable before the client goes on."""

    def __init__(self, folder: Path, client: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.client = client
        self.path = folder / f"{client}.ledger"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def attempt(self, command: str) -> None:
        self._write({"attempt": command})

    def acknowledged(self, command: str, seq: int) -> None:
        self._write({"ack": command, "seq": seq})

    def _write(self, line: dict[str, object]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


def judge(folder: Path, events: Iterable[Event], prefix: str = "") -> list[str]:
    """What is wrong, in words; an empty list is a pass. PREFIX: of the clients' own command ids; others, which the
    node made for itself, are not the clients' to vouch for."""
    attempts: set[str] = set()
    receipts: dict[str, int] = {}
    for path in sorted(folder.glob("*.ledger")):
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            if "attempt" in entry:
                attempts.add(entry["attempt"])
            else:
                receipts[entry["ack"]] = entry["seq"]
    listed = list(events)
    of_command: dict[str, list[int]] = {}
    for event in listed:
        if event.command and event.command.startswith(prefix):
            of_command.setdefault(event.command, []).append(event.seq)
    faults = [f"acknowledged but lost: {command}" for command in receipts if command not in of_command]
    faults += [
        f"acknowledged at {seq}, found at {of_command[command]}: {command}"
        for command, seq in receipts.items()
        if command in of_command and seq not in of_command[command]
    ]
    faults += [f"never attempted: {command}" for command in of_command if command not in attempts]
    doubled = Counter(
        (event.command, event.kind, json.dumps(event.body, sort_keys=True))
        for event in listed
        if event.command and event.command.startswith(prefix)
    )
    faults += [f"there twice: {key[0]} {key[1]}" for key, count in doubled.items() if count > 1]
    return faults
