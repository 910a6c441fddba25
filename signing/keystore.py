"""The node's own keys on disk: its certificate authority with the node's certificate, and the key it pushes with. Made
once, then loaded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from store.files import write_durably

from . import authority
from .algorithms import Private
from .authority import Authority, Away, Holder

PARTS = ("root", "issuing", "timestamp", "node")
RENEWED = PARTS[1:]
ROOT_LIST = "root.crl"  # there only while the root is away


def _pem(key: Private) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def open_authority(folder: Path, organization: str, now: datetime) -> Authority:
    """The authority in FOLDER; founded there for ORGANIZATION if there is none yet."""
    if not (folder / "timestamp.crt").exists():
        made = authority.found(organization, now)
        for name in PARTS:
            _keep(folder, name, getattr(made, name))
    elif not (folder / "node.crt").exists():  # founded before nodes had one, or cut short
        issuing = _load(folder, _generations(folder, "issuing")[-1])
        _keep(folder, "node", authority.of_node(issuing, authority.organization_of(issuing.certificate), now))
    return read_authority(folder)


def _keep(folder: Path, name: str, holder: Holder) -> None:
    write_durably(folder / f"{name}.key", _pem(holder.key), private=True)
    write_durably(folder / f"{name}.crt", holder.certificate.public_bytes(serialization.Encoding.PEM))


def read_authority(folder: Path) -> Authority:
    """As it lies in FOLDER now. A root without its key there is away (root.py)."""
    issuing = [_load(folder, name) for name in _generations(folder, "issuing")]
    timestamp = _load(folder, _generations(folder, "timestamp")[-1])
    root: Holder | Away
    if (folder / ROOT_LIST).exists() and not (folder / "root.key").exists():
        certificate = x509.load_pem_x509_certificate((folder / "root.crt").read_bytes())
        root = Away(certificate, (folder / ROOT_LIST).read_bytes())
    else:
        root = _load(folder, "root")
    nodes = [_load(folder, name) for name in _generations(folder, "node")]
    return Authority(root, issuing[-1], timestamp, nodes[-1], tuple(issuing[-2::-1]), tuple(nodes[-2::-1]))


def _generations(folder: Path, part: str) -> list[str]:
    """Names of the files of a part, from its first generation on: issuing, issuing-2 ... A key whose certificate is
    not there yet is of a renewal that was cut short."""
    found = [part]
    while (folder / f"{part}-{len(found) + 1}.crt").exists():
        found.append(f"{part}-{len(found) + 1}")
    return found


def keep_renewed(folder: Path, before: Authority, after: Authority) -> None:
    """Put down what was renewed, beside what it follows."""
    for part in RENEWED:
        made: Holder = getattr(after, part)
        if made.der != getattr(before, part).der:
            _keep(folder, f"{part}-{len(_generations(folder, part)) + 1}", made)


def _load(folder: Path, name: str) -> Holder:
    key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    assert isinstance(key, Private)
    certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
    if certificate.public_key() != key.public_key():
        raise ValueError(f"{folder / name}: key and certificate do not fit")
    return Holder(certificate, key)


def open_push_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this installation."""
    if not path.exists():
        write_durably(path, _pem(ec.generate_private_key(ec.SECP256R1())), private=True)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
