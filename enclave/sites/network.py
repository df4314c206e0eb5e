"""Makes the script's network, hands its sockets to the site process, and becomes bubblewrap.

Runs as the session's own user in a new user and network namespace, before anything of the script is there. The
network has one interface, loopback, to which a whole private prefix is local: every fake address leads to the
site process's listeners and nothing leads out.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys

HANDOVER = 5
"""Descriptor of the socket to the site process."""

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_SIOCSIFADDR = 0x8916
_SIOCSIFNETMASK = 0x891C
_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x1 | 0x40


def main() -> None:
    handover = socket.socket(fileno=HANDOVER)
    handover.setblocking(True)
    die_with_parent()
    enter_namespaces()
    die_with_parent()  # a change of credentials clears it
    bring_up_loopback()
    sockets = open_listeners()
    socket.send_fds(handover, [b"3"], [sock.fileno() for sock in sockets])
    handover.close()
    for sock in sockets:
        sock.close()
    os.execv(sys.argv[1], sys.argv[1:])


def die_with_parent() -> None:
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def enter_namespaces() -> None:
    """New user and network namespace; the user keeps its own number, so nothing runs as uid 0 in there either."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", _CLONE_NEWUSER | _CLONE_NEWNET)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def bring_up_loopback() -> None:
    """Loopback up, and 198.18.0.0/15 local to it: a prefix on a loopback interface is local as a whole."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", _IFF_UP_RUNNING))
        fcntl.ioctl(sock, _SIOCSIFADDR, _address_request(b"lo:0", "198.18.0.1"))
        fcntl.ioctl(sock, _SIOCSIFNETMASK, _address_request(b"lo:0", "255.254.0.0"))


def open_listeners() -> tuple[socket.socket, socket.socket, socket.socket]:
    """The resolver's socket, and the listeners on 443 and 80. The script cannot bind below port 1024."""
    resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    resolver.bind(("127.0.0.1", 53))
    return resolver, _listen(443), _listen(80)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("0.0.0.0", port))
    listener.listen(128)
    return listener


def _address_request(interface: bytes, address: str) -> bytes:
    return struct.pack("16sHH4s16x", interface, socket.AF_INET, 0, socket.inet_aton(address))


def _call(name: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


if __name__ == "__main__":
    main()
