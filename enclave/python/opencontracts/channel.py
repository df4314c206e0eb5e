"""The two pipes to the enclave: one JSON object per line (see protocol/wire/script.ts)."""

import json
import threading
from typing import Any, BinaryIO, Optional

from .errors import MessageTooLong, SessionClosed

TO_ENCLAVE = 3
FROM_ENCLAVE = 4

MESSAGE_LENGTH = 16_384
PROMPT_LENGTH = 4_096
TRACEBACK_LENGTH = 16_384


class Channel:
    """Writes messages and waits for their answers. Safe to use from several threads."""

    def __init__(self, writer: BinaryIO, reader: BinaryIO) -> None:
        self._writer = writer
        self._reader = reader
        self._write_lock = threading.Lock()
        self._ask_lock = threading.Lock()

    def send(self, message: "dict[str, Any]") -> None:
        """Writes one line. Raises SessionClosed."""
        line = json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
        with self._write_lock:
            try:
                self._writer.write(line)
                self._writer.flush()
            except (OSError, ValueError):
                raise SessionClosed("the session is over") from None

    def receive(self) -> "dict[str, Any]":
        """The next line. Raises SessionClosed."""
        line = self._reader.readline()
        if not line:
            raise SessionClosed("the session is over")
        message: "dict[str, Any]" = json.loads(line)
        return message

    def ask(self, message: "dict[str, Any]") -> "dict[str, Any]":
        """Writes one line and waits for its answer. Raises SessionClosed."""
        with self._ask_lock:
            self.send(message)
            return self.receive()


_opened: Optional[Channel] = None


def open_channel() -> Channel:
    """The process's one channel."""
    global _opened
    if _opened is None:
        _opened = Channel(open(TO_ENCLAVE, "wb", closefd=False), open(FROM_ENCLAVE, "rb", closefd=False))
    return _opened


def checked_text(text: str, most: int, what: str) -> str:
    """`text` where the person's side takes it; lone surrogates become U+FFFD. Raises MessageTooLong."""
    clean = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    length = len(clean.encode("utf-16-le")) // 2
    if length > most:
        raise MessageTooLong(f"{what} has {length} characters, at most {most} can be shown")
    return clean
