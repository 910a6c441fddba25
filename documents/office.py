"""Office files into PDF by LibreOffice, where this machine has it. Runs in the workshop only.

It gets a profile of its own each time (two conversions that share one: the second fails), has no network because the
worker has none, runs no macros, and is ended with all that it started when it takes too long.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

from store.errors import Refused

from .kinds import OfficeKind

PROGRAMS = ("soffice", "libreoffice", "/usr/lib/libreoffice/program/soffice")
TIME_S = 60.0
CPU_S = 60
MEMORY = 4 * 1024**3  # address space, of which it uses a tenth
# Our twins of the usual fonts come first: others by these names lack Vietnamese letters, which then come from anywhere.
FONTCONFIG = """<?xml version="1.0"?><fontconfig>
<dir>{fonts}</dir><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<selectfont><rejectfont>
<pattern><patelt name="family"><string>Liberation Serif</string></patelt></pattern>
<pattern><patelt name="family"><string>Liberation Sans</string></patelt></pattern>
</rejectfont></selectfont></fontconfig>
"""
ASKS_TO_BEGIN_ANEW = 81  # its exit status once it has made a new profile
PR_SET_PDEATHSIG = 1  # prctl(2)
LIBC = ctypes.CDLL(None)
LARGEST = 512 * 1024**2  # bytes of one file that it may write


def program() -> str | None:
    """LibreOffice on this machine; None where it is not installed. The program itself rather than the one that starts
    it and waits: so that it is ours to end."""
    found = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    itself = Path(found).resolve().with_name("soffice.bin") if found else None
    return str(itself) if itself is not None and itself.exists() else found


def convert(folder: Path, data: bytes, kind: OfficeKind, fonts: Path) -> bytes:
    """DATA as PDF, in FOLDER, with our FONTS before the machine's. Raises Refused `office-absent`,
    `office-unworkable`, `workshop-limit`."""
    found = program()
    if found is None:
        raise Refused("office-absent")
    source = folder / f"source.{kind}"
    source.write_bytes(data)
    (folder / "fonts.conf").write_text(FONTCONFIG.format(fonts=fonts))
    words = [
        found, "--headless", "--norestore", "--nolockcheck", "--nodefault",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to", "pdf", "--outdir", str(folder / "made"), str(source),
    ]  # fmt: skip
    if _run(words, folder) == ASKS_TO_BEGIN_ANEW:
        _run(words, folder)
    made = folder / "made" / "source.pdf"
    if not made.is_file():
        raise Refused("office-unworkable")
    return made.read_bytes()


def _run(words: list[str], folder: Path) -> int:
    """Until it ends, or its time is over; then none of what it started goes on either."""
    quiet = subprocess.DEVNULL
    surroundings = {
        "HOME": str(folder), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp",
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }  # fmt: skip
    with subprocess.Popen(  # noqa: S603  (a program of this machine, on a file that archive.py let through)
        words, stdin=quiet, stdout=quiet, stderr=quiet, cwd=folder, env=surroundings, preexec_fn=_limit,
        start_new_session=True,
    ) as running:  # fmt: skip
        try:
            return running.wait(TIME_S)
        except subprocess.TimeoutExpired:
            raise Refused("workshop-limit") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def _limit() -> None:
    """In the new process, before it is LibreOffice. It dies with the worker, whoever ends that one."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
