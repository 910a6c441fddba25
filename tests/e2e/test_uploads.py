"""Every file of the corpora goes up through a running node: taken in or refused with a reason, never a fault of ours.

What each ordinary file should come to is the expectation table of tests/documents; here the whole way is walked.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from tests.kit.client import Client, Refused

from .node import LOGINS, PASSWORD, Node

REFUSALS = {
    "kind-unknown", "pdf-broken", "pdf-encrypted", "pdf-bomb", "pdf-active", "pdf-signed-active", "pdf-signed-broken",
    "pdf-too-long", "pdf-too-wide", "picture-broken", "workshop-limit", "file-unworkable",
}  # fmt: skip
REFUSED_THOUGH_ORDINARY = {"libreoffice-writer-password.pdf": "pdf-encrypted"}


async def send(client: Client, sitting: str, file: Path) -> str:
    """The refusal's code, or "" when it was taken in."""
    address = f"/api/sittings/{sitting}/items/a/papers?secrecy=none&name={file.stem}"
    try:
        taken = await client.call("POST", address, data=file.read_bytes())
    except Refused as refusal:
        return refusal.code
    assert taken["pages"] >= 1
    return ""


async def test_every_file_of_the_corpora(node: Node, corpora: Path, tmp_path: Path) -> None:
    client = Client(node.base, node.settings.folder / "tls" / "ca.crt", tmp_path, "thu-ky")
    await client.sign_in(LOGINS["thu-ky"], PASSWORD, lambda: node.code("thu-ky"))
    sitting = str(uuid.uuid4())
    await client.call("POST", "/api/sittings", {
        "id": sitting, "title": "Tệp thử", "unit": "vinh-linh", "place": "P", "begins": 1_795_490_000_000,
        "chair": "chu-tich", "secretary": "thu-ky", "clerk": "van-thu",
    })  # fmt: skip
    await client.do(sitting, "add-item", item="a", title="Một")
    found = {
        folder.name: {file.name: await send(client, sitting, file) for file in sorted(folder.iterdir())}
        for folder in sorted((corpora / "pdf").iterdir())
    }
    await client.close()
    assert {name: code for name, code in found["ordinary"].items() if code} == REFUSED_THOUGH_ORDINARY
    for folder in ("broken", "signature-attacks"):
        assert set(found[folder].values()) <= REFUSALS, found[folder]
    await node.stop()
    log = node.log.read_text()
    assert "Traceback" not in log, log[-3000:]
