"""What is generated is current, and the one page holds together with its policy. web.protocol, web.shell,
web.cli.protocol, web.wire, web.bodies, web.answers
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import get_args

import pytest

from meetings.sitting.commands import Command
from tests.kit.node import Node
from web import guard, protocol, wire, words
from web.cli import main
from web.cli import protocol as command
from web.routes import all_routes
from web.routes.pages import PLACES
from web.shell import PRELOADED, Shell

ROOT = Path(__file__).resolve().parents[2]


def test_generated_files_are_current() -> None:
    for path, body in protocol.files().items():
        assert (ROOT / path).read_text() == body, f"{path} is stale: run `bacap protocol`"


def test_the_command_writes_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert main(["protocol"]) == 0
    assert {path: (tmp_path / path).read_text() for path in protocol.files()} == protocol.files()
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 2


def test_types_name_every_message_and_command() -> None:
    types = protocol.types()
    for union in (wire.FromBrowser, wire.ToBrowser, Command):
        for kind in get_args(union):
            assert f"export interface {kind.__name__} {{" in types, kind
    assert '  type: "do";' in types and '  kind: "open-vote";' in types
    assert "  after?: number;" in types and "  events: Array<SeenEvent>;" in types


def test_the_page_tells_every_route_message_and_command_once() -> None:
    page = protocol.page()
    for route in all_routes(demonstration_too=False):
        assert page.count(f"| {route.method} | `{route.path}` | {route.right} |") == 1, route.path
    assert "demonstration" not in "".join(line for line in page.splitlines() if line.startswith("| GET"))
    for kind in (*get_args(wire.FromBrowser), *get_args(wire.ToBrowser), *get_args(Command)):
        assert f"| `{kind.__struct_config__.tag}` |" in page


def test_no_row_of_the_page_says_what_the_library_says_of_itself() -> None:
    """A struct without a docstring of its own must not show that of its base."""
    page = protocol.page()
    for borrowed in (
        "A base class for defining efficient",
        "Base of everything a browser sends",
        "Base of all commands",
    ):
        assert borrowed not in page, borrowed


# ── the shell ──


def scripts(page: str) -> list[tuple[str, str]]:
    return re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)


def test_no_script_is_inline_but_the_import_map_and_its_hash_is_in_the_policy() -> None:
    page = Shell(demonstration=False)("vi")
    policy = guard.HEADERS["Content-Security-Policy"]
    inline = [(about, body) for about, body in scripts(page) if "src=" not in about]
    assert len(inline) == 1 and inline[0] == (' type="importmap"', guard.IMPORT_MAP)
    digest = base64.b64encode(hashlib.sha256(inline[0][1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy and "unsafe-inline" not in policy
    assert "style=" not in page and "<style" not in page and not re.search(r"\son\w+=", page)


def test_the_policy_lets_in_nothing_from_elsewhere() -> None:
    policy = guard.HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert "http" not in policy and "*" not in policy and "'unsafe-eval'" not in policy


def test_the_page_speaks_the_chosen_language() -> None:
    shell = Shell(demonstration=True)
    vi, en, qps = shell("vi"), shell("en"), shell(words.PSEUDO)
    assert 'lang="vi" data-locale="vi"' in vi and 'lang="en" data-locale="en"' in en
    assert 'lang="vi" data-locale="qps"' in qps and f"⟦{words.text('vi', 'app.title')}⟧" in qps
    assert "data-demonstration" in vi and "data-demonstration" not in Shell(demonstration=False)("vi")
    digest = re.search(r'data-words="(\w+)"', vi)
    assert digest and digest[1] == hashlib.sha256(words.as_json("vi")).hexdigest()[:16]
    assert f'data-version="{wire.VERSION}"' in vi


async def test_everything_that_the_page_names_is_there(node: Node) -> None:
    browser = await node.browser()
    page = (await browser.get("/")).data.decode()
    named = [path for path in re.findall(r'(?:href|src)="(/[^"]+)"', page) if "/vendor/" not in path]
    assert len(named) > len(PRELOADED) + 5
    for path in named:
        assert (await browser.get(path)).status == 200, path


def test_both_tables_of_places_agree() -> None:
    source = (ROOT / "web" / "static" / "js" / "places.js").read_text()
    browsers = {re.sub(r"\{\w+\}", "{}", path) for path in re.findall(r'place\("([^"]+)"', source)}
    assert browsers == {re.sub(r"\{\w+\}", "{}", path) for path in PLACES}
