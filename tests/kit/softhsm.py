"""A token in software (SoftHSM), one a test: what officials have on a USB stick, as far as a program can tell."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from signing.tokens import Token

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
PIN = "246810"


def module() -> str:
    """Raises LookupError."""
    found = next((path for path in MODULES if Path(path).exists()), "")
    if not found or shutil.which("softhsm2-util") is None:
        raise LookupError("SoftHSM is not installed")
    return found


def prepare(factory: pytest.TempPathFactory) -> str:
    """Where this process's tokens lie; the library reads it once."""
    folder = factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    return module()


def made(library: str) -> Token:
    """A new token with PIN."""
    label = f"t{secrets.token_hex(6)}"
    words = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "13579111"]
    subprocess.run(words, check=True, capture_output=True)
    return Token(library, label)
