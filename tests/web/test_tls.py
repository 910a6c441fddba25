"""The LAN authority and the node's certificate: names, renewal, constraints, a client that trusts it alone. web.tls"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from web import tls

NOW = datetime.now(UTC).replace(microsecond=0)
DUE = tls.LEAF_DAYS - tls.RENEW_DAYS
NAMES = ["localhost", "127.0.0.1", "::1", "may-chu"]


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


async def connect(folder: Path, host: str) -> str:
    """Shake hands with the certificate in FOLDER, trusting its ca.crt alone; "" or why not."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(
        serve, "127.0.0.1", 0, ssl=tls.context(folder / "node.crt", folder / "node.key")
    )
    port = server.sockets[0].getsockname()[1]
    trust = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=host)
        writer.close()
        return ""
    except ssl.SSLError as error:
        return str(error)
    finally:
        server.close()


async def test_a_client_that_trusts_the_authority_alone_connects(tmp_path: Path) -> None:
    tls.ensure(tmp_path, NAMES, NOW)
    assert [await connect(tmp_path, host) for host in NAMES] == [""] * len(NAMES)
    assert "mismatch" in await connect(tmp_path, "elsewhere")


async def test_tls_before_1_2_is_not_spoken(tmp_path: Path) -> None:
    made = tls.context(*tls.ensure(tmp_path, NAMES, NOW))
    assert made.minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_second_start_changes_nothing_and_keys_are_ones_own(tmp_path: Path) -> None:
    tls.ensure(tmp_path, NAMES, NOW)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(before) == {"ca.crt", "ca.key", "node.crt", "node.key"}
    assert tls.ensure(tmp_path, NAMES[:2], NOW + timedelta(days=300)) == (tmp_path / "node.crt", tmp_path / "node.key")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    for name in ("ca.key", "node.key"):
        assert not (tmp_path / name).stat().st_mode & 0o077


@pytest.mark.parametrize(
    ("day", "renewed"),
    [(DUE - 1, False), (DUE + 1, True), (tls.LEAF_DAYS + 9, True)],
)  # fmt: skip
def test_the_certificate_renews_itself_in_time_and_the_authority_stays(tmp_path: Path, day: int, renewed: bool) -> None:
    tls.ensure(tmp_path, NAMES, NOW)
    leaf, authority = load(tmp_path / "node.crt"), load(tmp_path / "ca.crt")
    later = NOW + timedelta(days=day)
    tls.ensure(tmp_path, NAMES, later)
    after = load(tmp_path / "node.crt")
    assert (after != leaf) is renewed and load(tmp_path / "ca.crt") == authority
    assert after.not_valid_after_utc > later + timedelta(days=tls.RENEW_DAYS) and tls.covers(after, NAMES, later)


def test_a_new_private_address_is_covered(tmp_path: Path) -> None:
    tls.ensure(tmp_path, NAMES, NOW)
    tls.ensure(tmp_path, [*NAMES, "192.168.7.7"], NOW)
    assert tls.covers(load(tmp_path / "node.crt"), ["192.168.7.7"], NOW)
    load(tmp_path / "node.crt").verify_directly_issued_by(load(tmp_path / "ca.crt"))


@pytest.mark.parametrize("name", ["hop.vinhlinh.example", "203.0.113.9"])
async def test_after_a_new_name_every_client_still_connects(tmp_path: Path, name: str) -> None:
    """The machine is renamed, or `names` gets one more: a browser must not be locked out by name constraints."""
    tls.ensure(tmp_path, NAMES, NOW)
    tls.ensure(tmp_path, [*NAMES, name], NOW)
    assert [await connect(tmp_path, host) for host in (name, "127.0.0.1", "localhost")] == ["", "", ""]


def test_the_authority_may_speak_for_this_machine_and_private_addresses_only(tmp_path: Path) -> None:
    tls.ensure(tmp_path, NAMES, NOW)
    authority = load(tmp_path / "ca.crt")
    found = authority.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = found.value.permitted_subtrees or []
    assert found.critical and {one.value for one in permitted if isinstance(one, x509.DNSName)} == {
        "localhost",
        "may-chu",
    }
    networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    assert all(network.is_private or network.is_loopback for network in networks)
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical and basic.value.ca and basic.value.path_length == 0
    leaf = load(tmp_path / "node.crt").extensions
    assert not leaf.get_extension_for_class(x509.BasicConstraints).value.ca
    assert load(tmp_path / "node.crt").not_valid_after_utc - NOW <= timedelta(days=398)  # what browsers accept


async def test_the_authority_cannot_speak_for_anyone_else(tmp_path: Path) -> None:
    """Even with its stolen key: a name outside the constraints is not believed."""
    key, authority = tls.make_authority(NAMES, NOW)
    leaf_key, leaf = tls.make_leaf((key, authority), ["bank.example"], NOW)
    from cryptography.hazmat.primitives.serialization import Encoding

    (tmp_path / "ca.crt").write_bytes(authority.public_bytes(Encoding.PEM))
    (tmp_path / "node.crt").write_bytes(leaf.public_bytes(Encoding.PEM))
    (tmp_path / "node.key").write_bytes(tls._pem(leaf_key))
    assert "permitted subtree" in await connect(tmp_path, "bank.example")


def test_the_nodes_own_names() -> None:
    names = tls.own_names(("hop.example", "localhost"))
    assert names[:3] == ["localhost", "127.0.0.1", "::1"] and names.count("localhost") == 1 and "hop.example" in names
    assert ipaddress.ip_address(tls.lan_address())


async def test_a_connection_costs_little_memory_and_carries_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncio's own names that we lean on are there, and a message of many records arrives whole, both ways."""
    protocol = asyncio.sslproto.SSLProtocol
    monkeypatch.setattr(protocol, "max_size", protocol.max_size)
    monkeypatch.setattr(protocol, "_do_write", protocol._do_write)  # type: ignore[attr-defined]
    tls.lower_buffers()
    assert protocol.max_size == tls.READ_BUFFER
    certificate, key = tls.ensure(tmp_path, ("localhost",), datetime.now(UTC))
    sent, steps = os.urandom(3_000_001), []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(len(sent)))
        await writer.drain()
        pending = writer.transport._ssl_protocol._outgoing.pending  # type: ignore[attr-defined]
        steps.append(pending)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls.context(certificate, key))
    trust = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname="localhost")
    writer.write(sent)
    await writer.drain()
    assert await asyncio.wait_for(reader.readexactly(len(sent)), 20) == sent
    writer.close()
    server.close()
    assert steps == [0]
