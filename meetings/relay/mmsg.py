"""Many datagrams a system call: sendmmsg and recvmmsg of Linux, by cffi and without a compiler.

cffi lets go of the interpreter's lock around both calls.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator
from typing import Any

from cffi import FFI

ffi = FFI()
ffi.cdef(
    """
    struct iovec { void *base; size_t len; };
    struct msghdr { void *name; uint32_t namelen; struct iovec *iov; size_t iovlen;
                    void *control; size_t controllen; int flags; };
    struct mmsghdr { struct msghdr hdr; unsigned int len; };
    int sendmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags);
    int recvmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags, void *timeout);
    """
)
libc: Any = ffi.dlopen(None)

FULL = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)
STAMP = struct.Struct("=QiiqQ")  # cmsghdr (length, level, type) and a timespec
STAMP_SPACE = 64
TIMESTAMPNS = 35  # SO_TIMESTAMPNS: when the kernel got the datagram, in ns since 1970


class Inbox:
    """Reads sockets until they are empty, `at_once` datagrams a call, with the time each came."""

    def __init__(self, at_once: int = 64, size: int = 2048) -> None:
        libc.recvmmsg  # noqa: B018  (AttributeError here, at start, where the system has none)
        self._at_once, self._size = at_once, size
        self._arena = ffi.new("char[]", at_once * size)
        self._control = ffi.new("char[]", at_once * STAMP_SPACE)
        self._bytes = memoryview(ffi.buffer(self._arena)).cast("B")
        self._stamps = memoryview(ffi.buffer(self._control)).cast("B")
        self._iov = ffi.new("struct iovec[]", at_once)
        self._messages = ffi.new("struct mmsghdr[]", at_once)
        for index in range(at_once):
            self._iov[index].base, self._iov[index].len = self._arena + index * size, size
            head = self._messages[index].hdr
            head.iov, head.iovlen = ffi.addressof(self._iov, index), 1
            head.control = self._control + index * STAMP_SPACE

    def stamp(self, sock: socket.socket) -> None:
        """Have the kernel note when datagrams come to SOCK."""
        sock.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)

    def read(self, fd: int) -> Iterator[tuple[memoryview, int]]:
        """(datagram, ns since 1970 or 0) of all that waits at FD; a datagram is good until the next is asked for."""
        messages, at_once, size, data, stamps = self._messages, self._at_once, self._size, self._bytes, self._stamps
        while True:
            for index in range(at_once):
                messages[index].hdr.controllen = STAMP_SPACE
            count = libc.recvmmsg(fd, messages, at_once, socket.MSG_DONTWAIT, ffi.NULL)
            for index in range(count):
                at, came = index * size, 0
                if messages[index].hdr.controllen >= STAMP.size:
                    _, _, kind, seconds, ns = STAMP.unpack_from(stamps, index * STAMP_SPACE)
                    came = seconds * 1_000_000_000 + ns if kind == TIMESTAMPNS else 0
                yield data[at : at + messages[index].len], came
            if count < at_once:
                return
