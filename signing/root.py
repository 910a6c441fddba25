"""The root's key kept away from the node: in one file under a passphrase (PKCS#12), which lies in a safe.

While it is away the node signs, stamps and revokes as before. It is brought about once a year, to sign its own
revocation list anew; and when the issuing authority has to be followed by the next.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from store.errors import Refused
from store.files import write_durably

from . import authority, keystore
from .algorithms import Private
from .authority import Authority, Away, Holder
from .keys import SHORTEST

ROUNDS = 600_000  # of PBKDF2, for every guess at the passphrase


def sealed(root: Holder, passphrase: str) -> bytes:
    """Key and certificate of ROOT as PKCS#12 under PASSPHRASE. Raises Refused `passphrase-short`."""
    if len(passphrase) < SHORTEST:
        raise Refused("passphrase-short", least=SHORTEST)
    seal = (
        PrivateFormat.PKCS12.encryption_builder().kdf_rounds(ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC).hmac_hash(hashes.SHA256())
        .build(passphrase.encode())
    )  # fmt: skip
    key = root.key
    return pkcs12.serialize_key_and_certificates(b"bacap", key, root.certificate, None, seal)


def opened(data: bytes, passphrase: str, certificate: x509.Certificate) -> Holder:
    """The root out of its file. Raises Refused `passphrase-wrong`, and `root-other` for another's than CERTIFICATE."""
    try:
        key, found, _ = pkcs12.load_key_and_certificates(data, passphrase.encode())
    except ValueError:
        raise Refused("passphrase-wrong") from None
    if found != certificate or not isinstance(key, Private):
        raise Refused("root-other")
    return Holder(certificate, key)


def put_away(folder: Path, file: Path, passphrase: str, now: datetime) -> None:
    """Write the root's key to FILE, read it back, and only then destroy the one in FOLDER. Raises Refused `root-away`
    where it is away already, `file-there` for a FILE that exists, and as `sealed` does."""
    held = keystore.read_authority(folder)
    if isinstance(held.root, Away):
        raise Refused("root-away")
    if file.exists():
        raise Refused("file-there", file=str(file))
    write_durably(file, sealed(held.root, passphrase), private=True)
    opened(file.read_bytes(), passphrase, held.root.certificate)
    keep_list(folder, held.root, now)
    (folder / "root.key").unlink()


def use(folder: Path, file: Path, passphrase: str, now: datetime) -> tuple[Authority, Authority]:
    """The root signs its list anew, and the next issuing authority if one is due; its key stays where it is. Returns
    the authority before and after. Raises Refused as `opened` does."""
    before = keystore.read_authority(folder)
    root = opened(file.read_bytes(), passphrase, before.root.certificate)
    after = authority.renew(replace(before, root=root), now)
    keystore.keep_renewed(folder, before, after)
    if isinstance(before.root, Away):
        keep_list(folder, root, now)
    return before, keystore.read_authority(folder)


def keep_list(folder: Path, root: Holder, now: datetime) -> None:
    number, days = int(now.timestamp() * 1000), authority.ROOT_LIST_DAYS
    write_durably(folder / keystore.ROOT_LIST, authority.revocation_list(root, (), number, now, days))
