"""A token or an HSM through PKCS#11: the certificates it holds, a signature by one of its keys, a new key in it.

The library is the maker's own, given by its path. A session is opened for one act and closed; the PIN is kept nowhere
here. What a key cannot do itself (a digest, the form of an ECDSA signature) is done by `hashlib` and python-pkcs11.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pkcs11
from cryptography import x509
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ecdsa_signature, encode_named_curve_parameters

from store.errors import Refused, Unavailable

from . import algorithms
from .algorithms import Scheme

CURVE = "secp256r1"  # of keys made here
PIN_FAULTS = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
_LOADED: dict[str, Any] = {}
_ONE_AT_A_TIME = threading.Lock()  # makers' libraries differ in what they bear


@dataclass(frozen=True, slots=True)
class Token:
    """`module`: path of the maker's library; `label`: of the token in it, "" for the only one."""

    module: str
    label: str = ""

    def certificates(self) -> list[bytes]:
        """DER of those with which it may be able to sign; no PIN is needed. Raises Unavailable `token-away`."""
        with self.session("") as session:
            found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            return [bytes(one[Attribute.VALUE]) for one in found]

    def sign(self, certificate: bytes, pin: str, data: bytes, scheme: Scheme) -> bytes:
        """Raises Unavailable `token-away`; Refused `pin-wrong`, `pin-locked`, `token-other` (no key of CERTIFICATE)."""
        with self.session(pin) as session:
            return _signed(_key_of(session, certificate), data, scheme)

    def new_key(self, pin: str, name: bytes) -> bytes:
        """A P-256 key pair made in the token, which it never leaves, under NAME; the public key as
        SubjectPublicKeyInfo, DER."""
        with self.session(pin, writes=True) as session:
            curve = encode_named_curve_parameters(CURVE)
            made = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True)
            private = {Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True}
            public, _ = made.generate_keypair(store=True, id=name, label=name.hex(), private_template=private)
            return bytes(pkcs11.util.ec.encode_ec_public_key(public))

    def sign_by_name(self, name: bytes, pin: str, data: bytes) -> bytes:
        """By the key that `new_key` made under NAME, before there is a certificate for it: ECDSA with SHA-256."""
        with self.session(pin) as session:
            key = session.get_key(ObjectClass.PRIVATE_KEY, id=name)
            return _signed(key, data, algorithms.SCHEMES["ecdsa-sha256"])

    def keep(self, certificate: bytes, pin: str, name: bytes) -> None:
        """Put CERTIFICATE beside its key."""
        read = x509.load_der_x509_certificate(certificate)
        with self.session(pin, writes=True) as session:
            session.create_object({
                Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                Attribute.TOKEN: True, Attribute.ID: name, Attribute.LABEL: name.hex(),
                Attribute.SUBJECT: read.subject.public_bytes(), Attribute.VALUE: certificate,
            })  # fmt: skip

    @contextlib.contextmanager
    def session(self, pin: str, *, writes: bool = False) -> Iterator[Any]:
        """A session of python-pkcs11, closed afterwards; what it raises comes out as ours. Without a PIN it sees only
        what is public."""
        with _ONE_AT_A_TIME:
            try:
                token = _loaded(self.module).get_token(**({"token_label": self.label} if self.label else {}))
                with token.open(user_pin=pin or None, rw=writes) as session:
                    yield session
            except PIN_FAULTS as error:
                raise Refused("pin-wrong") from error
            except pkcs11.PinLocked as error:
                raise Refused("pin-locked") from error
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
                raise Unavailable("token-away", reason=type(error).__name__) from error


def _loaded(module: str) -> Any:
    """Libraries stay loaded; one that was loaded before a token was put in looks again."""
    if module not in _LOADED:
        _LOADED[module] = pkcs11.lib(module)
    else:
        with contextlib.suppress(pkcs11.PKCS11Error, AttributeError):
            _LOADED[module].reinitialize()
    return _LOADED[module]


def _key_of(session: Any, certificate: bytes) -> Any:
    for found in list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})):  # one search at a time
        if bytes(found[Attribute.VALUE]) == certificate:
            with contextlib.suppress(pkcs11.NoSuchKey):
                return session.get_key(ObjectClass.PRIVATE_KEY, id=found[Attribute.ID])
    raise Refused("token-other")


def _signed(key: Any, data: bytes, scheme: Scheme) -> bytes:
    if scheme.name.startswith("ecdsa"):
        made = key.sign(hashlib.new(scheme.digest, data).digest(), mechanism=Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(made))
    if scheme.name == "rsa-pss-sha256":
        given = (Mechanism.SHA256, pkcs11.MGF.SHA256, 32)
        return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=given))
    if scheme.name == "rsa-sha256":
        return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
    raise Refused("key-unfit")


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key of a token as one of `keys.KeyHolder`: for one certificate, with the PIN that was given for it."""

    token: Token
    certificate: bytes
    pin: str = field(repr=False)

    async def sign(self, data: bytes) -> bytes:
        scheme = algorithms.scheme_of(x509.load_der_x509_certificate(self.certificate).public_key())
        return await asyncio.to_thread(self.token.sign, self.certificate, self.pin, data, scheme)
