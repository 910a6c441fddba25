"""The one door: `python3 start.py serve | demo | test | check | bench | lock`.

Standard library only, so that it runs on a fresh machine. It makes `.venv`, installs hash-pinned
requirements and our own package into it, remembers what it installed by a hash of the lock files,
and hands over to the command. Later starts skip straight to the command.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent
ENV = ROOT / ".venv"
BIN = ENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKED = ("web/package.json", "web/package-lock.json", "web/assets.py", "pyproject.toml")
VERBS = "serve | demo | test | check | bench | lock"


def run(*command: object, quiet: bool = False) -> None:
    """Run one command in the project folder; stop with its exit status if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, check=False, stdout=subprocess.DEVNULL if quiet else None)
    if done.returncode:
        sys.exit(done.returncode)


def say(text: str) -> None:
    print(f"start: {text}", file=sys.stderr, flush=True)


def stamp_of(name: str) -> str:
    """A hash over everything that decides what the environment holds."""
    files = [ROOT / "requirements" / f"{part}.txt" for part in ("boot", "build", name)]
    files += [ROOT / path for path in LOCKED]
    body = b"".join(path.read_bytes() for path in files) + sys.version.encode() + str(ROOT).encode()
    return hashlib.sha256(body).hexdigest()


def set_up(name: str) -> None:
    """Bring `.venv` in step with requirements/{boot,build,NAME}.txt; do nothing if it already is."""
    stamps = [ENV / f".{kind}" for kind in ({"run", "dev"} if name == "run" else {"dev"})]
    if any(stamp.is_file() and stamp.read_text() == stamp_of(stamp.name[1:]) for stamp in stamps):
        return
    began = time.monotonic()
    if not PYTHON.exists():
        say("1/4 making .venv")
        try:
            import venv

            venv.create(ENV, with_pip=True)
        except (ImportError, subprocess.CalledProcessError):
            sys.exit("start: Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv")
    say("2/4 fetching the installer")
    run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements/boot.txt")
    say("3/4 fetching libraries, pinned by hash (about 250 MB the first time)")
    uv = (BIN / "uv", "pip", "install", "--python", PYTHON)
    run(*uv, "--require-hashes", "-r", "requirements/build.txt", "-r", f"requirements/{name}.txt")
    say("4/4 fetching fonts, icons and the reader; installing bacap itself")
    run(*uv, "-q", "--no-deps", "--no-build-isolation", "-e", ".")
    (ENV / f".{name}").write_text(stamp_of(name))
    say(f"set up in {time.monotonic() - began:.0f} s")


def test(words: list[str]) -> None:
    """Every test, browser tests included. Words after `test` go to pytest."""
    set_up("dev")
    alone = any(word.startswith(("-n", "-x", "--pdb")) or "::" in word for word in words)
    spread = [] if alone else ["-n", "2", "--dist", "worksteal"]
    run(PYTHON, "-m", "pytest", *spread, *words)


def check(_: list[str]) -> None:
    """Style, types of Python and JavaScript, the import contract and the house test."""
    set_up("dev")
    run(BIN / "ruff", "check", ".")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "mypy")
    run(BIN / "lint-imports", quiet=False)
    run(PYTHON, "web/assets.py", "typecheck")
    run(PYTHON, "-m", "pytest", "tests/test_house.py")


def bench(words: list[str]) -> None:
    """`bench NAME [--json]` runs bench/NAME.py; without a name, lists them."""
    set_up("dev")
    names = sorted(path.stem for path in (ROOT / "bench").glob("*.py"))
    if not words or words[0] not in names:
        sys.exit(f"start: bench knows: {', '.join(names)}")
    run(PYTHON, f"bench/{words[0]}.py", *words[1:])


def lock(_: list[str]) -> None:
    """Renew every lock file: names, versions and hashes, never an address."""
    set_up("dev")
    compile_ = (BIN / "uv", "pip", "compile", "-q", "--universal", "--python-version", "3.11")
    compile_ += ("--generate-hashes", "--no-header", "--no-annotate", "--upgrade")
    source = ENV / "boot.in"
    source.write_text("uv\n")
    run(*compile_, source, "-o", "requirements/boot.txt")
    run(*compile_, "--group", "build", "-o", "requirements/build.txt")
    limits = ENV / "limits.in"
    limits.write_text("python-dateutil<3\n")  # what the S3 peer of the tests asks for, in both locks
    run(*compile_, "pyproject.toml", "-c", limits, "-o", "requirements/run.txt")
    run(*compile_, "pyproject.toml", "--group", "dev", "-c", "requirements/run.txt", "-o", "requirements/dev.txt")
    run(PYTHON, "web/assets.py", "lock")


def product(verb: str, words: list[str]) -> None:
    """Everything else is the product's own command line."""
    set_up("run")
    if os.name == "nt":
        run(PYTHON, "-m", "web.cli", verb, *words)
    else:
        os.execv(PYTHON, [str(PYTHON), "-m", "web.cli", verb, *words])  # noqa: S606  (one process to signal)


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (the one file that an old Python reads)
        sys.exit("start: Python 3.11 or later is needed")
    verb, words = (sys.argv[1:2] or ["--help"])[0], sys.argv[2:]
    if verb in {"-h", "--help"}:
        print(f"python3 start.py {VERBS}, or any verb of the bacap command")
        return
    {"test": test, "check": check, "bench": bench, "lock": lock}.get(verb, lambda rest: product(verb, rest))(words)


if __name__ == "__main__":
    main()
