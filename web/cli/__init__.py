"""The command `bacap`: serve, demo, user, journal, paper, verify, backup, restore, doctor, load. Help in both
languages.

Each verb is a file here with `add(parser)` and `run(arguments)`. Exit status: 0 done, 1 refused or flawed, 2 misused.
"""

from __future__ import annotations

import argparse
import getpass
import importlib
import os
import sys
from pathlib import Path

from store.errors import Fault, Refused

from .. import console, faults, settings
from ..words import choose, text

VERBS = (
    "serve",
    "demo",
    "user",
    "journal",
    "paper",
    "verify",
    "authority",
    "certificate",
    "agent",
    "backup",
    "restore",
    "doctor",
    "load",
    "protocol",
    "web",
)
HIDDEN = ("protocol", "web")  # for the supervisor and for developers


def locale() -> str:
    """The language of the terminal."""
    return choose(os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")


def say(code: str, **params: str | int) -> None:
    print(text(locale(), code, params), flush=True)


def passphrase(*, again: bool = False) -> str:
    """Asked for without being shown; a script's first line where nobody sits at a terminal. Raises Refused
    `passphrases-differ`."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    word = getpass.getpass(text(locale(), "cli.passphrase") + " ")
    if again and getpass.getpass(text(locale(), "cli.passphrase-again") + " ") != word:
        raise Refused("passphrases-differ")
    return word


def show(outcome: console.Outcome) -> int:
    """Print what an act of the console answered; returns its exit status."""
    for line in outcome.lines:
        params = {
            name: text(locale(), f"flaw.{value}") if name == "flaw" else value for name, value in line.params.items()
        }
        print(text(locale(), line.code, params))
    return outcome.status


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="bacap", description=text(locale(), "cli.about"))
    made.add_argument("--settings", metavar="FILE", help=text(locale(), "cli.settings"))
    made.add_argument("--data", metavar="FOLDER", help=text(locale(), "cli.data"))
    verbs = made.add_subparsers(dest="verb", required=True, metavar="|".join(v for v in VERBS if v not in HIDDEN))
    for verb in VERBS:
        about = text(locale(), f"cli.{verb}")
        if verb in HIDDEN:
            sub = verbs.add_parser(verb, description=about)  # without `help`, the list leaves it out
        else:
            sub = verbs.add_parser(verb, description=about, help=about)
        importlib.import_module(f".{verb}", __name__).add(sub)
    return made


def chosen_settings(arguments: argparse.Namespace, **given: object) -> settings.Settings:
    file = arguments.settings or os.environ.get(settings.FILE)
    more: dict[str, object] = {"data": arguments.data} if arguments.data else {}
    return settings.read(Path(file) if file else None, os.environ, **(more | given))


def main(words: list[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    os.umask(0o077)  # whatever we make is ours alone: passwords' hashes, second factors, papers
    verb = importlib.import_module(f".{arguments.verb}", __name__)
    try:
        status = verb.run(arguments)
    except Fault as fault:
        print(faults.refusal(fault, locale()).text, file=sys.stderr)
        return getattr(verb, "FAULT_STATUS", 1)
    return int(status or 0)
