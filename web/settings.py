"""How a node is set up: one TOML file and BACAP_* environment variables over it, checked when read.

Everything has a default that needs nothing installed. A misspelt key or a wrong type stops the start with its name.
"""

from __future__ import annotations

import os
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from store.errors import Unavailable

PREFIX = "BACAP_"
FILE = "BACAP_SETTINGS"  # names the file itself
PUSH_SERVICES = (
    "fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com",
)  # fmt: skip
FONTS = Path(__file__).parent / "fonts"  # what documents are typeset with: brought by assets.py
ANY = "0.0.0.0"  # noqa: S104  (rooms join over the LAN)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One node. URLs may hold `{data}`, which stands for the data folder."""

    data: str = ".data"  # folder of the database, papers, certificates
    host: str = ANY
    port: int = 8443
    names: tuple[str, ...] = ()  # DNS names and addresses beside this machine's own, for the certificate and origin
    database: str = "sqlite:///{data}/node.db"
    blobs: str = "file://{data}/blobs"
    bus: str = "local:"
    s3_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_region: str = "us-east-1"
    blob_key: str = ""  # 64 hex digits: papers are stored encrypted
    blob_key_id: str = "00000001"
    certificate: str = ""  # PEM files of one's own certificate and key; empty: the LAN authority makes them
    certificate_key: str = ""
    largest_paper_mb: Annotated[int, Meta(ge=1, le=500)] = 100
    offline_hours: Annotated[int, Meta(ge=1, le=168)] = 24  # that papers taken along may be read without a network
    clamd: str = ""  # a virus scanner: the path of clamd's socket, or HOST:PORT; empty: files are not scanned
    relay_port: int = 0  # UDP; 0 is the same number as `port`
    relay_tcp_port: int = 0  # for networks that let no UDP through; 0 is one above the UDP port
    relay_workers: Annotated[int, Meta(ge=1, le=64)] = 1  # processes; the ports of each follow those of the one before
    turn: tuple[str, ...] = ()  # addresses of an own TURN server, turns:...; with turn_secret, shared with it
    turn_secret: str = ""
    metrics_token: str = ""  # with it `/metrics` may be read from elsewhere; without, from this machine only
    relay_host: str = ""  # the address rooms reach; empty: this machine's own
    smtp_host: str = ""  # a mail server: what people are told on the desk goes to them as letters too
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = ""  # the address letters come from; needed with smtp_host
    push_contact: str = ""  # mailto: or https: by which a push service can reach you; empty: nothing is pushed
    push_services: tuple[str, ...] = PUSH_SERVICES  # hosts, with all below them: no other is ever connected to
    webhook_hosts: tuple[str, ...] = ()  # hosts, with all below them, at which programs may be told; empty: none is
    pkcs11_module: str = ""  # library of a token or HSM beside this node, for seals; with pkcs11_pin_file
    pkcs11_token: str = ""  # its label, where the library knows more than one
    pkcs11_pin_file: str = ""
    timestamp_url: str = ""  # of another's timestamp authority (RFC 3161), whose chain is trusted; empty: our own
    vgca: bool = False  # sign with the Government Cipher Committee's program on the signer's machine too: docs/agent.md
    codec: Literal["VP8", "H264"] = "VP8"  # of all pictures: H264 where rooms have hardware that knows nothing else
    demonstration: bool = False

    def filled(self, template: str) -> str:
        return template.replace("{data}", str(self.folder))

    @property
    def listens(self) -> tuple[str, ...]:
        """What pages and media are to be had at. Any address means those of IPv6 too, where the machine has them."""
        return (self.host, "::") if self.host == ANY and socket.has_dualstack_ipv6() else (self.host,)

    @property
    def relay_sockets(self) -> list[Path]:
        """Where each relay worker is spoken to."""
        return [self.folder / "run" / f"relay-{number}.sock" for number in range(self.relay_workers)]

    def relay_ports(self, number: int) -> tuple[int, int]:
        """UDP and TCP of relay worker NUMBER, counted from 0."""
        udp = self.relay_port or self.port
        return udp + 2 * number, (self.relay_tcp_port or udp + 1) + 2 * number

    @property
    def folder(self) -> Path:
        return Path(self.data).resolve()


LISTS = tuple(name for name in Settings.__struct_fields__ if isinstance(getattr(Settings(), name), tuple))


def read(path: Path | None, environ: Mapping[str, str], **given: Any) -> Settings:
    """Defaults, then the file, then BACAP_* variables, then GIVEN. Raises Unavailable `settings` with the reason."""
    values: dict[str, Any] = {}
    try:
        if path is not None:
            values |= tomllib.loads(path.read_text())
        for variable, text in environ.items():
            if variable.startswith(PREFIX) and variable != FILE:
                name = variable.removeprefix(PREFIX).lower()
                values[name] = text.split() if name in LISTS else text
        made = msgspec.convert(values | given, Settings, strict=False)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Unavailable("settings", reason=str(error)) from error
    _check(made)
    return made


def _check(made: Settings) -> None:
    """What one setting asks of another."""
    if made.smtp_host and "@" not in made.mail_from:
        raise Unavailable("settings", reason="mail_from: needed with smtp_host, an e-mail address")
    if made.pkcs11_module and not made.pkcs11_pin_file:
        raise Unavailable("settings", reason="pkcs11_pin_file: needed with pkcs11_module")
    if made.timestamp_url and not made.timestamp_url.startswith(("http://", "https://")):
        raise Unavailable("settings", reason="timestamp_url: https://... or http://...")
    if made.push_contact and not made.push_contact.startswith(("mailto:", "https:")):
        raise Unavailable("settings", reason="push_contact: mailto:... or https:...")


def to_environment(settings: Settings) -> dict[str, str]:
    """The same settings as variables: how the supervisor hands them to its processes."""
    given = dict(os.environ)
    for name in Settings.__struct_fields__:
        value = getattr(settings, name)
        given[f"{PREFIX}{name.upper()}"] = " ".join(value) if isinstance(value, tuple) else str(value)
    return given
