"""The house rules that a machine can keep: sizes, purity, seams, words, locks.

Import direction is import-linter's part (pyproject.toml); what stands here is what it cannot see.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("store", "signing", "documents", "meetings", "web")
CEILING = 400  # lines a file
LONGEST = 50  # lines a function
BANNED_NAMES = {"utils", "util", "common", "core", "helpers", "misc"}

# Files that decide and never act: no clock, no randomness, no IO, no await.
PURE = {
    "store/chain.py",
    "store/errors.py",
    "signing/model.py",
    "documents/model.py",
    "meetings/people/model.py",
    "meetings/people/orgtree.py",
    "meetings/people/rights.py",
    "meetings/load/tally.py",
    *(f"meetings/relay/{name}.py" for name in ("stun", "rtp", "rtcp", "sdp", "history", "router", "speaker")),
    *(
        f"meetings/sitting/{name}.py"
        for name in (
            "rules",
            *(f"events/{part}" for part in ("__init__", "facts", "before", "during", "after")),
            *(f"commands/{part}" for part in ("__init__", "base", "before", "during", "after", "internal")),
            "model",
            "state",
            "evolve",
            "decide",
            "agenda",
            "attendance",
            "floor",
            "ballots",
            "course",
            "urn",
            "presiding",
            "chat",
            "replies",
            "waiting",
            "notices",
            "views",
            "calendar",
            "wall_code",
            "minutes",
            "screen",
        )
    ),
}
IMPURE_IMPORTS = {
    "asyncio", "socket", "time", "random", "secrets", "os", "pathlib", "subprocess", "threading", "tempfile",
    "aiohttp", "sqlalchemy", "redis", "obstore", "httpx", "requests", "shutil", "uuid",
}  # fmt: skip

# Foreign packages that may be imported in one place only.
SEAMS = {
    "asyncpg": set(),
    "alembic": {"store/db.py", "store/migrations/"},
    "redis": {"store/bus.py"},
    "prometheus_client": {"web/metrics.py", "web/load/run.py"},
    "obstore": {"store/blobs.py"},
    "aiortc": {"meetings/relay/dtls.py", "meetings/relay/sdp.py", "meetings/recorder/unpack.py", "web/demo/"},
    "av": {"meetings/load/film.py", "meetings/recorder/", "web/demo/"},
    "cffi": {"meetings/relay/mmsg.py"},
    "pylibsrtp": {"meetings/relay/dtls.py", "meetings/relay/batch.py"},
    "pyhanko": {
        "signing/pades.py",
        "signing/verify.py",
        "signing/strict.py",
        "signing/timestamp.py",
        "signing/asn1.py",
        "signing/hexadecimal.py",
        "signing/signer.py",
        "signing/archive.py",
        "signing/evidence.py",
        "signing/revisions.py",
        "signing/attest.py",
        "documents/bench.py",
    },
    "pkcs11": {"signing/tokens.py"},
    "pypdf": {"documents/"},
    "pypdfium2": {"documents/"},
    "typst": {"documents/typeset.py"},
    "aiohttp": {"web/", "signing/timestamp.py"},
    "sqlalchemy": {"store/", "/records.py"},
}


def sources() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [name for name in listed if name and (ROOT / name).is_file()]


def ours(suffix: str = ".py") -> list[str]:
    return [name for name in sources() if name.endswith(suffix) and name.split("/")[0] in PACKAGES]


def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text())


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize(
    "name", [n for n in sources() if n.endswith((".py", ".js", ".css")) and "migrations/versions" not in n]
)
def test_no_file_is_over_the_ceiling(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= CEILING, f"{name}: a noun is missing"


@pytest.mark.parametrize("name", ours())
def test_no_function_is_too_long(name: str) -> None:
    if "migrations/versions" in name:
        return
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            size = (node.end_lineno or 0) - first.lineno + 1
            assert size <= LONGEST, f"{name}:{node.name} has {size} lines"


@pytest.mark.parametrize("name", ours())
def test_a_file_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(tree(name)), f"{name} has no docstring"


@pytest.mark.parametrize("name", sorted(PURE))
def test_pure_files_are_pure(name: str) -> None:
    module = tree(name)
    assert not {found.split(".")[0] for found in imported(module)} & IMPURE_IMPORTS
    assert not [node for node in ast.walk(module) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]


@pytest.mark.parametrize("name", ours())
def test_foreign_packages_stay_behind_their_seam(name: str) -> None:
    for package in imported(tree(name)):
        allowed = SEAMS.get(package.split(".")[0])
        if allowed is not None:
            assert any(part in name for part in allowed), f"{name} imports {package}"


def test_no_drawer_for_odds_and_ends() -> None:
    for name in sources():
        assert not set(Path(name).with_suffix("").parts) & BANNED_NAMES, name


def test_every_source_file_has_its_test() -> None:
    tests = "\n".join(name for name in sources() if name.startswith("tests/"))
    words = "\n".join(
        (ROOT / name).read_text() for name in sources() if name.startswith("tests/") and name.endswith(".py")
    )
    for name in ours():
        stem = Path(name).stem
        if stem in ("__init__", "__main__") or "migrations/" in name or name == "web/assets.py":
            continue
        dotted = name.removesuffix(".py").replace("/", ".")
        folder, _, leaf = dotted.rpartition(".")
        named = (
            f"test_{stem}.py" in tests
            or dotted in words
            or re.search(rf"from {re.escape(folder)} import .*\b{leaf}\b", words)
        )
        assert named, f"{name} is named by no test"


def test_locks_and_texts_name_no_address_of_a_registry() -> None:
    for name in sources():
        if name.startswith("requirements/") or name.endswith("package-lock.json"):
            assert "://" not in (ROOT / name).read_text(), name


def test_no_browser_test_asks_what_the_page_may_not_compile() -> None:
    # Playwright's wait compiles its question in the page from the second time on, and our CSP forbids that: such a
    # test passes only where the answer was true at once (tests/e2e/desk.py has until_true).
    for name in sources():
        if name.startswith("tests/e2e/"):
            assert "wait_for_" + "function(" not in (ROOT / name).read_text(), name


def test_the_repository_holds_only_what_we_wrote() -> None:
    foreign = (".woff2", ".woff", ".ttf", ".otf", ".min.js", ".min.mjs", ".whl")
    assert not [name for name in sources() if name.endswith(foreign)]


def test_migrations_make_exactly_the_tables_the_code_uses(tmp_path: Path) -> None:
    import sqlalchemy as sa
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from store.db import metadata, migrate

    for name in ours():
        if name.endswith("/records.py"):
            __import__(name.removesuffix(".py").replace("/", "."))
    import store.jobs
    import store.journal  # noqa: F401

    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as conn:
        migrate(conn)
        own = {"include_object": lambda thing, name, kind, *_: not str(name).startswith("search_words")}  # FTS5's
        assert compare_metadata(MigrationContext.configure(conn, opts=own), metadata) == []
    engine.dispose()
