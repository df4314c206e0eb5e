"""The pipe to the enclave's Node process: one JSON object per line, both ways."""

import json
import os
import socket
import threading
from typing import Any

_MOST_REPORTS = 500
_LEAF_DEADLINE_SEC = 30


class Control:
    """Reports refusals and failures, and asks for the session's certificate of a name."""

    def __init__(self, descriptor: int) -> None:
        self._sock = socket.socket(fileno=descriptor)
        self._sock.setblocking(True)
        self._lines = self._sock.makefile("r", encoding="utf-8", newline="\n")
        self._write_lock = threading.Lock()
        self._changed = threading.Condition()
        self._leaves: dict[str, bytes] = {}
        self._reported: set[tuple[str, str, str]] = set()

    def read_configuration(self) -> dict[str, Any]:
        """The first line."""
        configuration: dict[str, Any] = json.loads(self._lines.readline())
        return configuration

    def serve(self) -> None:
        """Takes certificates and answers pings until the enclave closes the pipe, which ends the process."""
        try:
            for line in self._lines:
                message = json.loads(line)
                if message["type"] == "ping":
                    self._send({"type": "pong"})
                    continue
                with self._changed:
                    self._leaves[message["host"]] = message["pem"].encode("ascii")
                    self._changed.notify_all()
        finally:
            os._exit(0)

    def leaf(self, host: str) -> bytes:
        """PEM of the session's certificate for `host` and its key. Raises TimeoutError."""
        self._send({"type": "mint", "host": host})
        with self._changed:
            if not self._changed.wait_for(lambda: host in self._leaves, _LEAF_DEADLINE_SEC):
                raise TimeoutError("no certificate")
            return self._leaves[host]

    def refused(self, host: str, reason: str) -> None:
        """Reports that the connection to `host` was refused, with the line of domains.txt that would allow it."""
        line = {"line": host} if reason == "not-listed" else {}
        self._report({"type": "refused", "host": host, "reason": reason, **line})

    def failed(self, host: str, reason: str) -> None:
        """Reports that the listed site `host` could not be spoken to, or not to the end."""
        self._report({"type": "siteFailed", "host": host, "reason": reason})

    def uplink_unusable(self) -> None:
        """Says that this process's user may not use the enclave's way out."""
        self._send({"type": "uplinkUnusable"})

    def _report(self, report: dict[str, str]) -> None:
        key = (report["type"], report["host"], report["reason"])
        with self._write_lock:
            if key in self._reported or len(self._reported) >= _MOST_REPORTS:
                return
            self._reported.add(key)
        self._send(report)

    def _send(self, message: dict[str, str]) -> None:
        line = json.dumps(message).encode("ascii") + b"\n"
        with self._write_lock:
            self._sock.sendall(line)
