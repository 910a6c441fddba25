"""What a process has used: CPU to the nanosecond by the scheduler's own account, memory in use (Linux, /proc)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

PAGE_KIB = 4


@dataclass(frozen=True, slots=True)
class Meter:
    """`cpu` seconds of all threads together since they began; `kib` resident now; `at` seconds of a steady clock."""

    cpu: float
    kib: int
    at: float

    @classmethod
    def of(cls, pid: int) -> Meter:
        root = Path(f"/proc/{pid}")
        spent = sum(int(path.read_text().split()[0]) for path in root.glob("task/*/schedstat"))
        return cls(spent / 1e9, int((root / "statm").read_text().split()[1]) * PAGE_KIB, time.monotonic())
