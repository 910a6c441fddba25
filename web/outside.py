"""The way out: addresses that this server may connect to, those of hosts that the settings name and no others, whoever
gives them; and a client that goes there, through the agency's proxy, and wherever it is sent on no further."""

from __future__ import annotations

import re
import ssl
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

import aiohttp

from store.errors import Refused

LABEL = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # of a host's name (RFC 1123, section 2.1)
LONGEST = 2000
TIMEOUT = aiohttp.ClientTimeout(total=20)  # well within the lease of a job (store/jobs.py)


def host_of(given: str, field: str) -> str:
    """The host of an address, with its port where that is not HTTPS's own. Raises Refused `field-wrong` for what two
    readers of addresses may read in two ways."""
    if not given.isascii() or any(char <= " " or char in "\\\x7f" for char in given):
        raise Refused("field-wrong", field=field)
    try:
        address = urlsplit(given)
        host, port = address.hostname or "", address.port
        if not all(LABEL.fullmatch(label) for label in host.split(".")):
            raise ValueError(host)
    except ValueError:
        raise Refused("field-wrong", field=field) from None
    return host if port in (None, 443) else f"{host}:{port}"


def is_known(given: str, hosts: Iterable[str], field: str) -> bool:
    """Is this an address by HTTPS of one of HOSTS, or below one, with nobody's name in it? Raises as above."""
    named, address = host_of(given, field), urlsplit(given)
    if address.scheme != "https" or address.username is not None or len(given) > LONGEST:
        return False
    return any(named == one or named.endswith(f".{one}") for one in hosts)


class Client:
    def __init__(self) -> None:
        self._tls = ssl.create_default_context()  # of this moment: SSL_CERT_FILE may name an authority of one's own
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. Raises aiohttp.ClientError, TimeoutError."""
        async with self._posted(url, body, headers) as answer:
            return answer.status

    async def ask(self, url: str, body: bytes, headers: Mapping[str, str], most: int) -> bytes:
        """The answer, of no more than MOST bytes. Raises OSError, TimeoutError."""
        try:
            async with self._posted(url, body, headers) as answer:
                answer.raise_for_status()
                told = bytearray()
                async for chunk in answer.content.iter_any():
                    told += chunk
                    if len(told) > most:
                        raise ConnectionError("too long")
                return bytes(told)
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error

    def _posted(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        address = urlsplit(url)
        proxy = proxy_to(address.hostname or "", address.scheme)
        return self._session.post(url, data=body, headers=headers, ssl=self._tls, proxy=proxy, allow_redirects=False)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def proxy_to(host: str, scheme: str = "https") -> str | None:
    """The agency's proxy, if its environment names one."""
    return None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get(scheme)
