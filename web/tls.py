"""HTTPS without the internet: a small authority for the LAN, and the node's certificate from it.

A browser gives a page the camera only over HTTPS. Where no certificate is configured, the first start makes an
authority (EC P-256, ten years) limited by name constraints to this machine's own names and private addresses, and
a 397-day certificate that renews itself. Tablets install the authority once, from /ca.crt.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
from asyncio import sslproto
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from store.files import write_durably

AUTHORITY_DAYS, LEAF_DAYS, RENEW_DAYS = 3650, 397, 30
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "::1/128")


def lan_address() -> str:
    """The address other machines of the LAN reach this one by; 127.0.0.1 when there is none. Sends nothing."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # TEST-NET: choosing a route is all that happens
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def lan_address_6() -> str:
    """The same with IPv6; "" when there is none."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.connect(("2001:db8::1", 9))  # the documentation prefix
        return str(probe.getsockname()[0])
    return ""


def own_names(more: tuple[str, ...] = ()) -> list[str]:
    """Every name and address this node answers to."""
    local = lan_address_6()
    if local and not any(ipaddress.ip_address(local) in ipaddress.ip_network(network) for network in PRIVATE):
        local = (
            ""  # one of the whole Internet's changes by itself, and with it would go the authority: settings name it
        )
    names = ["localhost", "127.0.0.1", "::1", socket.gethostname(), lan_address(), local, *more]
    return list(dict.fromkeys(name for name in names if name))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _constraints(names: list[str]) -> x509.NameConstraints:
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(net)) for net in PRIVATE]
    for name in names:
        try:
            permitted.append(x509.IPAddress(ipaddress.ip_network(name)))
        except ValueError:
            permitted.append(x509.DNSName(name))
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def make_authority(names: list[str], now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"bacap LAN {socket.gethostname()[:40]}")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    public = key.public_key()
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(True, 0), True)
        .add_extension(usage, True)
        .add_extension(_constraints(names), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
    )  # fmt: skip
    return key, builder.sign(key, hashes.SHA256())


def make_leaf(
    authority: tuple[ec.EllipticCurvePrivateKey, x509.Certificate], names: list[str], now: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    signer, issuer = authority
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    builder = (
        x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:60])]))
        .issuer_name(issuer.subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=LEAF_DAYS))
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(usage, True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
    )  # fmt: skip
    return key, builder.sign(signer, hashes.SHA256())


def permits(authority: x509.Certificate, names: list[str]) -> bool:
    """May this authority speak for all NAMES? A name it may not speak for makes every browser refuse the whole."""
    held = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    networks = [str(one.value) for one in held if isinstance(one, x509.IPAddress)]
    domains = [one.value for one in held if isinstance(one, x509.DNSName)]
    for name in names:
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            good = any(name == domain or name.endswith(f".{domain}") for domain in domains)
        else:
            good = any(address in ipaddress.ip_network(network) for network in networks)
        if not good:
            return False
    return True


def covers(certificate: x509.Certificate, names: list[str], now: datetime) -> bool:
    """Is the certificate good for all NAMES and for RENEW_DAYS more?"""
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {_general(name) for name in names} <= set(held) and certificate.not_valid_after_utc > now + timedelta(
        days=RENEW_DAYS
    )


def ensure(folder: Path, names: list[str], now: datetime) -> tuple[Path, Path]:
    """Certificate and key files of this node, made or renewed as needed; the authority is `ca.crt` beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    ca_key, ca_crt = folder / "ca.key", folder / "ca.crt"
    leaf_key, leaf_crt = folder / "node.key", folder / "node.crt"
    known = ca_key.exists() and ca_crt.exists()
    if not known or not permits(x509.load_pem_x509_certificate(ca_crt.read_bytes()), names):
        leaf_crt.unlink(missing_ok=True)  # of the authority before: tablets install the new one
        key, certificate = make_authority(names, now)
        write_durably(ca_key, _pem(key), private=True)
        write_durably(ca_crt, certificate.public_bytes(serialization.Encoding.PEM))
    if leaf_crt.exists() and covers(x509.load_pem_x509_certificate(leaf_crt.read_bytes()), names, now):
        return leaf_crt, leaf_key
    signer = serialization.load_pem_private_key(ca_key.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    issuer = x509.load_pem_x509_certificate(ca_crt.read_bytes())
    key, certificate = make_leaf((signer, issuer), names, now)
    write_durably(leaf_key, _pem(key), private=True)
    chain = certificate.public_bytes(serialization.Encoding.PEM) + issuer.public_bytes(serialization.Encoding.PEM)
    write_durably(leaf_crt, chain)
    return leaf_crt, leaf_key


# asyncio reads TLS through a buffer of 256 KiB a connection, and encrypts a message whole before it sends the first
# byte of it, in a buffer that never shrinks again. A thousand tablets cannot have either: a record holds 16 KiB of
# content at most (RFC 8446, section 5.1), and two of them at once are enough.
READ_BUFFER = 16 * 1024
WRITE_STEP = 2 * READ_BUFFER


def lower_buffers() -> None:
    """For every TLS connection of this process made from now on."""
    protocol: Any = sslproto.SSLProtocol
    protocol.max_size = READ_BUFFER
    protocol._do_write = _write_in_steps


def _write_in_steps(self: Any) -> None:
    """As asyncio's own, but for handing on each step before the next one is encrypted."""
    try:
        while self._write_backlog:
            data = memoryview(self._write_backlog[0])
            count = self._sslobj.write(data[:WRITE_STEP])
            self._write_buffer_size -= count
            if count < len(data):
                self._write_backlog[0] = data[count:]
            else:
                del self._write_backlog[0]
            self._process_outgoing()
    except (ssl.SSLWantReadError, ssl.SSLSyscallError):
        pass
    self._process_outgoing()


def context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and later, our certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(certificate, key)
    return made
