"""Answers name queries inside the session's network: RFC 1035, as little as the C library asks for."""

import socket
import struct
from typing import Optional

from names import Names

_HEADER = struct.Struct(">HHHHHH")
_TYPE_A = 1
_CLASS_IN = 1
_NO_ERROR = 0
_NO_SUCH_NAME = 3
_TTL_SEC = 60


def parse_question(query: bytes) -> Optional[tuple[str, int, bytes]]:
    """Name, type and bytes of the one question of `query`; None where it is anything else."""
    if len(query) < _HEADER.size:
        return None
    _, flags, questions, _, _, _ = _HEADER.unpack_from(query)
    if flags & 0xF800 or questions != 1:
        return None
    labels, offset = [], _HEADER.size
    while offset < len(query) and 0 < query[offset] < 64:
        labels.append(query[offset + 1 : offset + 1 + query[offset]])
        offset += 1 + query[offset]
    if not labels or len(query) < offset + 5 or query[offset] != 0:
        return None
    kind, group = struct.unpack_from(">HH", query, offset + 1)
    if group != _CLASS_IN:
        return None
    try:
        return b".".join(labels).decode("ascii"), kind, query[_HEADER.size : offset + 5]
    except UnicodeDecodeError:
        return None


def answer(query: bytes, names: Names) -> Optional[bytes]:
    """The reply to `query`; None where it deserves none."""
    parsed = parse_question(query)
    if parsed is None:
        return None
    name, kind, question = parsed
    address = names.address_of(name)
    record = b""
    if address is not None and kind == _TYPE_A:
        record = struct.pack(">HHHIH", 0xC00C, _TYPE_A, _CLASS_IN, _TTL_SEC, 4) + socket.inet_aton(address)
    code = _NO_SUCH_NAME if address is None else _NO_ERROR
    header = _HEADER.pack(struct.unpack_from(">H", query)[0], 0x8180 | code, 1, 1 if record else 0, 0, 0)
    return header + question + record


def serve(listener: socket.socket, names: Names) -> None:
    """Answers queries on the datagram socket `listener` for as long as the process lives."""
    while True:
        query, asker = listener.recvfrom(512)
        reply = answer(query, names)
        if reply is None:
            continue
        try:
            listener.sendto(reply, asker)
        except OSError:
            continue
