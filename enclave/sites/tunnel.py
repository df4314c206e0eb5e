"""One connection of the script, from accept to end."""

import functools
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Optional

from contexts import create_script_context, create_site_context
from control import Control
from names import Names
from stream import End, TlsStream, end_by_reset
from uplink import UplinkError, open_uplink

HANDSHAKE_SEC = 30.0
"""For the way out, the site's handshake and the script's, each."""
IDLE_SEC = 300.0
"""Longest silence of an open connection."""
HALF_OPEN_SEC = 5.0
"""Longest silence of the site once the script has ended its half: closed cannot be told from half-closed."""
END_SEC = 24 * 60 * 60.0
"""For delivering the last bytes: longer than any session, since a script may take its time to read them."""

_CLIENT_HELLO = 0x16
_EXPIRED_OR_EARLY = (9, 10)
_OTHER_NAME = (62, 64)


class TrafficLimit(Exception):
    """The session has moved all the bytes it may."""


@dataclass
class Sites:
    """What all connections of one session share."""

    names: Names
    control: Control
    uplink: str
    roots_path: str
    connections: int
    traffic_bytes: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slots = threading.BoundedSemaphore(self.connections)
        self.site_context = create_site_context(self.roots_path)

    def script_context(self, host: str) -> ssl.SSLContext:
        """The TLS context that stands for `host` towards the script."""
        with self._lock:
            if host not in self._contexts:
                refuse = functools.partial(self.control.refused, host, "wrong-name")
                self._contexts[host] = create_script_context(self.control.leaf(host), host, refuse)
            return self._contexts[host]

    def count(self, size: int) -> None:
        """Counts bytes of either direction. Raises TrafficLimit."""
        with self._lock:
            self.traffic_bytes -= size
            if self.traffic_bytes < 0:
                raise TrafficLimit


def serve_tls(listener: socket.socket, sites: Sites) -> None:
    """Takes over every connection to port 443 for as long as the process lives."""
    while True:
        sock, _ = listener.accept()
        end_by_reset(sock)
        host = sites.names.name_of(sock.getsockname()[0])
        if host is None:
            sock.close()
        elif not sites.slots.acquire(blocking=False):
            sites.control.refused(host, "too-many")
            sock.close()
        else:
            threading.Thread(target=_run, args=(sock, host, sites), daemon=True).start()


def refuse_plain(listener: socket.socket, sites: Sites) -> None:
    """Breaks every connection to port 80 and says so: there is no plain http."""
    while True:
        sock, _ = listener.accept()
        end_by_reset(sock)
        host = sites.names.name_of(sock.getsockname()[0])
        if host is not None:
            sites.control.refused(host, "plain-http")
        sock.close()


def _run(sock: socket.socket, host: str, sites: Sites) -> None:
    try:
        _handle(sock, host, sites)
    except OSError:
        pass  # the script's side is gone, or never spoke: nothing is left to say to it
    finally:
        sock.close()
        sites.slots.release()


def _handle(sock: socket.socket, host: str, sites: Sites) -> None:
    sock.settimeout(HANDSHAKE_SEC)
    first = sock.recv(1, socket.MSG_PEEK)
    if not first:
        return
    if first[0] != _CLIENT_HELLO:
        sites.control.refused(host, "not-tls")
        return
    site = _open_site(host, sites)
    if site is None:
        return
    try:
        script = TlsStream(sock, sites.script_context(host))
        script.handshake(time.monotonic() + HANDSHAKE_SEC)
        _carry(script, site, host, sites)
    finally:
        site.close()


def _carry(script: TlsStream, site: TlsStream, host: str, sites: Sites) -> None:
    """Both directions to their ends; whatever goes wrong, the script's stream breaks and does not just end."""
    is_whole = False
    try:
        _pump(script, site, sites)
        is_whole = site.end is End.CLEAN
        if not is_whole and script.end is None:
            sites.control.failed(host, "cut")
    except TrafficLimit:
        sites.control.failed(host, "traffic-limit")
    finally:
        deadline = time.monotonic() + END_SEC
        if is_whole:
            script.finish(deadline)
            _await_close(script, time.monotonic() + HALF_OPEN_SEC)
        else:
            script.reset(deadline)


def _open_site(host: str, sites: Sites) -> Optional[TlsStream]:
    deadline = time.monotonic() + HANDSHAKE_SEC
    try:
        sock, first = open_uplink(sites.uplink, host, deadline)
    except (OSError, UplinkError):
        sites.control.failed(host, "unreachable")
        return None
    site = TlsStream(sock, sites.site_context, host, first)
    try:
        site.handshake(deadline)
        return site
    except OSError as error:
        sites.control.failed(host, _reason(error))
        site.close()
        return None


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _EXPIRED_OR_EARLY:
            return "certificate-expired"
        return "certificate-name" if error.verify_code in _OTHER_NAME else "certificate-untrusted"
    if isinstance(error, ssl.SSLEOFError):
        return "unreachable"
    return "tls" if isinstance(error, ssl.SSLError) else "unreachable"


def _pump(script: TlsStream, site: TlsStream, sites: Sites) -> None:
    """Carries both directions until the site has ended its own. Raises OSError where the script is gone."""
    while True:
        moved = _move(script, site, sites) | _move(site, script, sites)
        if site.end is not None:
            return
        if not moved:
            _await(script, site)


def _move(source: TlsStream, target: TlsStream, sites: Sites) -> bool:
    target.flush()
    if target.is_clogged:
        return False
    chunk = source.read()
    if chunk is None:
        return False
    sites.count(len(chunk))
    target.write(chunk)
    return True


def _await(script: TlsStream, site: TlsStream) -> None:
    poller = select.poll()
    for source, target in ((script, site), (site, script)):
        wants_read = source.end is None and not target.is_clogged
        events = (select.POLLIN if wants_read else 0) | (select.POLLOUT if source.is_clogged else 0)
        if events:
            poller.register(source.sock, events)
    silence = IDLE_SEC if script.end is None else HALF_OPEN_SEC
    if not poller.poll(silence * 1000):
        raise TimeoutError("nothing came from either side")


def _await_close(script: TlsStream, deadline: float) -> None:
    """Gives the script time to close first; it has every byte, so the reset that comes then takes none from it."""
    while script.end is None and time.monotonic() < deadline:
        if script.read() is None and script.end is None:
            poller = select.poll()
            poller.register(script.sock, select.POLLIN)
            poller.poll(max(deadline - time.monotonic(), 0) * 1000)
