"""The enclave's way out: HTTP CONNECT by name to the untrusted host, then raw bytes (RFC 9110, section 9.3.6)."""

import os
import re
import socket
import time

PORT = 443
_LONGEST_HEAD = 8 * 1024
_STATUS = re.compile(rb"HTTP/1\.[01] 200(?: |\r\n)")


class UplinkError(Exception):
    """The host did not open the connection."""


def is_usable(uplink: str) -> bool:
    """False where the way out is a unix socket that this process's user may not write to."""
    return not uplink.startswith("/") or os.access(uplink, os.W_OK)


def open_uplink(uplink: str, host: str, deadline: float) -> tuple[socket.socket, bytes]:
    """A connection to `host` on port 443, and bytes that already came over it. Raises UplinkError, OSError."""
    sock = _connect(uplink, deadline)
    try:
        sock.sendall(f"CONNECT {host}:{PORT} HTTP/1.1\r\nHost: {host}:{PORT}\r\n\r\n".encode("ascii"))
        return sock, _read_head(sock, deadline)
    except BaseException:
        sock.close()
        raise


def _connect(uplink: str, deadline: float) -> socket.socket:
    left = max(deadline - time.monotonic(), 0.001)
    if not uplink.startswith("/"):
        name, _, port = uplink.rpartition(":")
        return socket.create_connection((name, int(port)), timeout=left)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(left)
        sock.connect(uplink)
    except BaseException:
        sock.close()
        raise
    return sock


def _read_head(sock: socket.socket, deadline: float) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        sock.settimeout(max(deadline - time.monotonic(), 0.001))
        received = sock.recv(4096)
        if not received or len(head) > _LONGEST_HEAD:
            raise UplinkError("no answer to CONNECT")
        head += received
    if _STATUS.match(head) is None:
        raise UplinkError("CONNECT was refused")
    return head.partition(b"\r\n\r\n")[2]
