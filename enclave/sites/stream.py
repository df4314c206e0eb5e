"""One TLS stream over a socket that does not block, with the ways it can end told apart."""

import enum
import fcntl
import select
import socket
import ssl
import struct
import termios
import time
from typing import Optional

CHUNK = 64 * 1024

_BROKEN_RECORD = bytes((23, 3, 3, 0, 32)) + bytes(32)
"""A record of application data that no key made: the reader's TLS must fail on it (RFC 8446, section 5.2)."""


class End(enum.Enum):
    """How the other side ended its half. CLEAN: with close_notify. CUT: without."""

    CLEAN = "clean"
    CUT = "cut"


class TlsStream:
    """TLS on `sock`, as a server, or as a client of `server_name`. `first` are bytes that were read before."""

    def __init__(
        self, sock: socket.socket, context: ssl.SSLContext, server_name: Optional[str] = None, first: bytes = b""
    ) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.end: Optional[End] = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._unsent = b""
        self._incoming.write(first)
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_name is None, server_name)

    def handshake(self, deadline: float) -> None:
        """Completes the handshake before `deadline` (monotonic seconds). Raises SSLError, TimeoutError, OSError."""
        while True:
            try:
                self._tls.do_handshake()
                return self._flush_before(deadline)
            except ssl.SSLWantReadError:
                self._flush_before(deadline)
            except ssl.SSLError:
                self._flush_quietly()
                raise
            self._wait(select.POLLIN, deadline)
            self._fill()

    @property
    def is_clogged(self) -> bool:
        """True while bytes wait that the other side does not take."""
        return len(self._unsent) > 0

    def read(self) -> Optional[bytes]:
        """The next bytes; None where there are none now, or no more ever (then `end` is set)."""
        if self.end is not None:
            return None
        chunk = self._decrypt()
        if chunk is None and self.end is None and self._fill():
            chunk = self._decrypt()
        return chunk

    def _decrypt(self) -> Optional[bytes]:
        try:
            chunk = self._tls.read(CHUNK)
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLZeroReturnError:
            chunk = b""
        except ssl.SSLError:
            self.end = End.CUT
            return None
        if not chunk:
            self.end = End.CLEAN
            return None
        return chunk

    def write(self, chunk: bytes) -> None:
        """Takes `chunk` for sending. Raises OSError where the connection is gone."""
        self._tls.write(chunk)
        self.flush()

    def flush(self) -> None:
        """Sends what it can now. Raises OSError where the connection is gone."""
        self._unsent += self._outgoing.read()
        while self._unsent:
            try:
                sent = self.sock.send(self._unsent)
            except BlockingIOError:
                return
            self._unsent = self._unsent[sent:]

    def finish(self, deadline: float) -> None:
        """Ends this side as TLS asks for, close_notify, then the connection; returns once all is delivered."""
        try:
            self._tls.unwrap()
        except ssl.SSLError:
            pass  # the alert is written; the other side's own is read, or not, by read()
        self._flush_before(deadline)
        self.sock.shutdown(socket.SHUT_WR)
        self._drain(deadline)

    def reset(self, deadline: float) -> None:
        """Delivers what was taken, then breaks the stream, so that the reader meets an error, never an end.

        The socket is one that ends by reset (see `end_by_reset`).
        A reset alone is not enough: CPython before 3.12.3 reads it as an end (its ssl module takes ECONNRESET for a
        "ragged EOF", which it hides by default). A record that fails to decrypt is an error to every TLS client.
        """
        try:
            self._unsent += self._outgoing.read() + _BROKEN_RECORD
            self._flush_before(deadline)
            self._drain(deadline)
        except OSError:
            pass
        self.sock.close()

    def close(self) -> None:
        """Closes at once, with close_notify where it can still be sent."""
        try:
            self._tls.unwrap()
        except (ssl.SSLError, ValueError):
            pass
        self._flush_quietly()
        self.sock.close()

    def _fill(self) -> bool:
        try:
            received = self.sock.recv(CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            received = b""
        if received:
            self._incoming.write(received)
        else:
            self._incoming.write_eof()
        return True

    def _flush_before(self, deadline: float) -> None:
        self.flush()
        while self._unsent:
            self._wait(select.POLLOUT, deadline)
            self.flush()

    def _flush_quietly(self) -> None:
        try:
            self.flush()
        except OSError:
            pass

    def _drain(self, deadline: float) -> None:
        # A reset throws away what the reader's side has not acknowledged: wait for that first.
        while struct.unpack("i", fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4))[0] > 0:
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.005)

    def _wait(self, events: int, deadline: float) -> None:
        poller = select.poll()
        poller.register(self.sock, events)
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            raise TimeoutError("the other side was silent for too long")


def end_by_reset(sock: socket.socket) -> None:
    """From now on closing `sock`, also by the death of this process, is a reset (socket(7), SO_LINGER of zero)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
