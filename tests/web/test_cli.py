"""The command `bacap`: every verb, help in both languages, serving and ending. web.cli.serve, web.cli.web,
web.cli.demo, web.cli.doctor, web.cli.verify, web.cli.protocol, web.cli.user, web.cli.journal, web.cli.backup,
web.cli.restore
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from signing import authority
from tests.kit.node import pdf, running, settings_for
from tests.kit.servers import free_port
from web import cli, words
from web.cli import HIDDEN, VERBS, doctor, main
from web.cli.serve import addresses
from web.cli.web import announce
from web.supervisor import node_lock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """An English terminal, and no settings from this machine."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", *(name for name in os.environ if name.startswith("BACAP_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


# ── words and verbs ──


def test_every_verb_is_a_file_with_its_text_and_every_file_a_verb() -> None:
    files = {path.stem for path in (ROOT / "web" / "cli").glob("*.py") if not path.stem.startswith("_")}
    assert files == set(VERBS) > set(HIDDEN)
    for locale in words.LOCALES:
        assert {f"cli.{verb}" for verb in VERBS} <= set(words.words(locale))


@pytest.mark.parametrize(
    "line",
    ["serve --port 9 --host h", "demo --port 9", "user list", "user reset x", "user administrator", "journal verify",
     "journal checkpoints --stream s", "journal verify --against f", "verify f --trust t --json", "backup f",
     "restore f", "restore f --drill", "doctor", "protocol", "web"],
)  # fmt: skip
def test_every_verb_is_understood(line: str) -> None:
    found = cli.parser().parse_args(["--data", "d", "--settings", "s", *line.split()])
    assert (found.verb, found.data, found.settings) == (line.split()[0], "d", "s")


@pytest.mark.parametrize("line", ["", "fly", "user", "user fly", "journal", "restore", "serve --port x", "serve extra"])
def test_a_misused_command_says_so_and_ends_with_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(line.split())
    assert caught.value.code == 2 and "usage: bacap" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lang", "locale"), [("en_GB.UTF-8", "en"), ("vi_VN.UTF-8", "vi"), ("C", "vi"), ("qps", "qps")]
)
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_speaks_the_terminals_language(
    lang: str, locale: str, verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", lang)
    monkeypatch.setenv("COLUMNS", "500")
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"] if verb else ["--help"])
    shown = capsys.readouterr().out
    assert caught.value.code == 0 and words.text(locale, f"cli.{verb}" if verb else "cli.about") in shown
    assert not [word for word in shown.split() if word.startswith("cli.")], "a code without a text"
    for hidden in HIDDEN if not verb else ():
        assert words.text(locale, f"cli.{hidden}") not in shown


def test_a_refusal_is_said_in_words_on_the_error_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bacap.toml"
    bad.write_text("prot = 1")
    assert main(["--settings", str(bad), "doctor"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "prot" in err and err.startswith("The settings are not right")


@pytest.mark.parametrize("verb", ["serve", "demo"])
def test_a_folder_in_use_is_not_served_twice(tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with node_lock(settings_for(tmp_path)):
        assert main(["--data", str(tmp_path), verb]) == 1
    assert capsys.readouterr().err.strip() == words.text("en", "refused.node-running")


# ── serving ──


def test_the_web_process_serves_and_ends_at_a_signal(tmp_path: Path) -> None:
    port = free_port()
    environ = os.environ | {"BACAP_PORT": str(port), "BACAP_HOST": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    words_ = [sys.executable, "-m", "web.cli", "--data", str(tmp_path), "web"]
    process = subprocess.Popen(words_, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert reached(f"https://127.0.0.1:{port}/readyz", tmp_path / "tls" / "ca.crt", process) == b"ready\n"
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert f"https://localhost:{port}/first/" in out.decode() and b"Traceback" not in err


def reached(url: str, authority: Path, process: subprocess.Popen[bytes]) -> bytes:
    for _ in range(600):
        if authority.exists():
            trust = ssl.create_default_context(cafile=str(authority))
            try:
                with urllib.request.urlopen(url, context=trust, timeout=5) as answer:
                    return bytes(answer.read())
            except (urllib.error.URLError, ConnectionError):
                pass
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    raise AssertionError(url)


async def test_an_empty_installation_prints_a_first_link_that_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path) as node:
        await announce(node.settings, node.office.accounts)
        lines = capsys.readouterr().out.splitlines()
        [first] = [line for line in lines if "/first/" in line]
        token = first.split("/first/")[1].split()[0]
        asked = {"token": token, "name": "Quản Trị", "login": "admin", "password": "nắng lên trên đồi"}
        assert (await (await node.browser()).post("/api/first", asked)).status == 204
        await announce(node.settings, node.office.accounts)
        assert "/first/" not in capsys.readouterr().out
        assert all(f"https://{name}:{node.settings.port}/" in "".join(lines) for name in addresses(node.settings))


# ── doctor ──


def test_the_doctor_says_of_everything_how_it_is(
    template: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for lang in words.LOCALES:
        monkeypatch.setenv("LANG", lang)
        status = main(["--data", str(template), "doctor"])
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 7 and all(line[:2] in ("✓ ", "✗ ") and "doctor." not in line for line in lines)
        assert status == int(any(line.startswith("✗") for line in lines))


def test_what_is_made_is_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    before = os.umask(0o022)
    try:
        assert {code: good for good, code, _ in doctor.checks(settings_for(folder))}["private"] is False
        with pytest.raises(SystemExit):
            main(["--help"])
        main(["--data", str(folder), "doctor"])
        assert os.umask(0o077) == 0o077, "every command of ours keeps its files to itself"
        with node_lock(settings_for(folder)):
            assert folder.stat().st_mode & 0o777 == 0o700
        assert {code: good for good, code, _ in doctor.checks(settings_for(folder))}["private"] is True
    finally:
        os.umask(before)


def test_the_doctor_sees_a_database_and_a_certificate_that_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "node.db").write_bytes(b"not a database" * 99)
    found = {code: good for good, code, _ in doctor.checks(settings_for(tmp_path))}
    assert found["folder"] and not found["database"] and "certificate" not in found
    from datetime import timedelta

    from web import tls

    tls.ensure(tmp_path / "tls", ["localhost"], datetime.now(UTC) - timedelta(days=tls.LEAF_DAYS - 3))
    [(good, _, params)] = [one for one in doctor.checks(settings_for(tmp_path)) if one[1] == "certificate"]
    assert not good and params["days"] in (2, 3)


# ── verify ──


def test_a_signed_file_is_judged_without_a_running_node(
    tmp_path: Path, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def make() -> bytes:
        async with running(tmp_path / "data", template) as node:
            safe = node.office.signing.safe.authority
            chain = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (safe.root, safe.issuing))
            (tmp_path / "trust.pem").write_bytes(chain)
            return await node.signed_minutes(await node.opened())

    good, bad, plain = (tmp_path / name for name in ("good.pdf", "bad.pdf", "plain.pdf"))
    good.write_bytes(asyncio.run(make()))
    bad.write_bytes(good.read_bytes().replace(b"/MediaBox", b"/MediaBux", 1))
    plain.write_bytes(pdf())
    for file, state, status in ((good, "valid", 0), (bad, "not-valid", 1), (plain, "cannot-tell", 2)):
        assert main(["--data", str(tmp_path / "data"), "verify", str(file)]) == status, file.name
        assert words.text("en", f"verify.state-{state}") in capsys.readouterr().out
    assert main(["--data", str(tmp_path / "data"), "verify", "--json", str(good)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["state"] == "valid" and [one["field"] for one in report["signatures"]] == [
        "secretary",
        "chair",
        "seal",
    ]
    text_file, other = tmp_path / "text.pdf", tmp_path / "other.pem"
    text_file.write_bytes(b"x" * 2000 + pdf())
    other.write_bytes(authority.found("Nơi khác", datetime.now(UTC)).root.certificate.public_bytes(Encoding.PEM))
    capsys.readouterr()
    assert main(["--data", str(tmp_path / "data"), "verify", str(text_file)]) == 1
    assert words.text("en", "verify.no-pdf") in capsys.readouterr().out
    assert main(["verify", str(good), "--trust", str(other)]) == 1  # another authority does not know these
    capsys.readouterr()
    for asked in ([str(tmp_path / "none.pdf")], [str(good), "--trust", str(plain)]):
        assert main(["--data", str(tmp_path / "data"), "verify", *asked]) == 2, (
            "what was not judged is not called invalid"
        )
    assert main(["--data", str(tmp_path / "none"), "verify", str(good)]) == 2
    assert words.text("en", "refused.trust-none") in capsys.readouterr().err
