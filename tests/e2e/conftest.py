"""A real node with its processes, and one real Chromium, for browser tests."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import Browser, async_playwright

from tests.conftest import absent

from .node import Node, prepare

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows", "--disable-features=WebRtcHideLocalIpsWithMdns",
]  # fmt: skip


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""


@contextlib.asynccontextmanager
async def chromium(*more: str, path: str = CHROMIUM) -> AsyncIterator[Browser]:
    if not path:
        absent("no Chromium here: apt install chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more])
        yield launched
        await launched.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as launched:
        yield launched


@pytest.fixture
async def trusting(node: Node) -> AsyncIterator[Browser]:
    """A browser that believes the node's certificate, as where its authority was installed."""
    certificate = x509.load_pem_x509_certificate((node.settings.folder / "tls" / "node.crt").read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    async with chromium(f"--ignore-certificate-errors-spki-list={pin}") as launched:
        yield launched


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """An installation with a district and its people, served by the product's own processes."""
    made = await prepare(tmp_path / "data")
    await made.start()
    yield made
    await made.stop()
