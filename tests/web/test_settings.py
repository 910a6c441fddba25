"""Settings from a file, the environment and the command line; what they make. web.settings, web.wiring"""

from __future__ import annotations

from pathlib import Path

import pytest

from store.errors import Unavailable
from tests.kit.node import running
from web import settings, wiring


def test_defaults_need_nothing() -> None:
    made = settings.read(None, {})
    assert (made.port, made.database, made.demonstration) == (8443, "sqlite:///{data}/node.db", False)
    assert made.filled(made.database) == f"sqlite:///{Path('.data').resolve()}/node.db"


def test_the_environment_stands_over_the_file_and_what_is_given_over_both(tmp_path: Path) -> None:
    file = tmp_path / "bacap.toml"
    file.write_text('port = 1000\nhost = "10.0.0.1"\nnames = ["hop.vinhlinh.example"]\n')
    environ = {"BACAP_PORT": "2000", "BACAP_HOST": "10.0.0.2", "OTHER": "x"}
    made = settings.read(file, environ, host="10.0.0.3")
    assert (made.port, made.host, made.names) == (2000, "10.0.0.3", ("hop.vinhlinh.example",))
    assert settings.read(file, {"BACAP_NAMES": "a b"}).names == ("a", "b")
    assert settings.read(file, {"BACAP_DEMONSTRATION": "true"}).demonstration is True


@pytest.mark.parametrize(
    ("text", "named"),
    [("prot = 1", "prot"), ("port = 'x'", "port"), ("names = 'x'", "names"), ("port =", "document"),
     ("[web]\nport = 1", "web")],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "bacap.toml"
    file.write_text(text)
    with pytest.raises(Unavailable) as caught:
        settings.read(file, {})
    assert caught.value.code == "settings" and named in str(caught.value.params["reason"])


def test_a_mistake_in_the_environment_is_named_and_so_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="port"):
        settings.read(None, {"BACAP_PORT": "eight"})
    with pytest.raises(Unavailable, match="prot"):
        settings.read(None, {"BACAP_PROT": "8000"})
    assert settings.read(None, {"BACAP_SETTINGS": "bacap.toml"}) == settings.read(None, {})
    with pytest.raises(Unavailable, match=r"none\.toml"):
        settings.read(tmp_path / "none.toml", {})


def test_what_the_supervisor_hands_on_reads_back_the_same(tmp_path: Path) -> None:
    made = settings.read(
        None, {}, data=str(tmp_path), port=9, names=["a.example", "10.1.2.3"], demonstration=True, blob_key="ab" * 32
    )
    environ = settings.to_environment(made)
    assert settings.read(None, environ) == made and "PATH" in environ
    plain = settings.read(None, {}, data=str(tmp_path))
    assert settings.read(None, settings.to_environment(plain)) == plain


async def test_stopping_and_starting_again_changes_nothing(tmp_path: Path, template: Path) -> None:
    async with running(tmp_path, template) as node:
        room = await node.opened()
        await node.voted(room)
        await node.office.minutes.draft(room)  # nothing yet: it is open
        sitting, state, node_id = room.sitting, room.state, node.office.house.node
        key = node.office.link_key
    files = {path: path.read_bytes() for part in ("tls", "keys") for path in (tmp_path / part).rglob("*.*")}
    async with running(tmp_path) as node:
        again = await node.office.rooms.get(sitting)
        assert again.state == state and node.office.house.node == node_id == (tmp_path / "node.id").read_text()
        assert node.office.link_key == key and {path: path.read_bytes() for path in files} == files
        assert not (tmp_path / "keys" / "links.key").stat().st_mode & 0o077


async def test_blobs_are_sealed_where_a_key_is_set(tmp_path: Path) -> None:
    made = settings.read(None, {}, data=str(tmp_path), blob_key="ab" * 32)
    blobs = wiring.blobs_of(made)
    sha256 = await blobs.keep(b"a secret paper")
    stored = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert len(stored) == 1 and sha256 not in stored[0].name and b"secret" not in stored[0].read_bytes()
    assert await wiring.blobs_of(made).load(sha256) == b"a secret paper"


def test_what_is_printed_on_paper_names_the_node() -> None:
    assert wiring.base_url(settings.read(None, {}, names=["hop.example"], port=443)) == "https://hop.example"
    assert wiring.base_url(settings.read(None, {}, names=["hop.example"])) == "https://hop.example:8443"
    assert wiring.base_url(settings.read(None, {})).startswith("https://")


def test_ones_own_certificate_is_used_as_it_is(tmp_path: Path) -> None:
    made = settings.read(None, {}, data=str(tmp_path), certificate="/etc/a.crt", certificate_key="/etc/a.key")
    assert wiring.certificate_files(made) == (Path("/etc/a.crt"), Path("/etc/a.key"))
    assert not (tmp_path / "tls").exists()
