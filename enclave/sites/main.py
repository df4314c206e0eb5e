"""Entry of the site process: descriptor 3 is the pipe to Node, 4 the socket over which the listeners come."""

import ctypes
import os
import signal
import socket
import sys
import threading
from typing import Callable

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import resolver  # noqa: E402
from control import Control  # noqa: E402
from names import Names  # noqa: E402
from tunnel import Sites, refuse_plain, serve_tls  # noqa: E402
from uplink import is_usable  # noqa: E402

CONTROL = 3
HANDOVER = 4
_PR_SET_PDEATHSIG = 1


def main() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    control = Control(CONTROL)
    configuration = control.read_configuration()
    if not is_usable(configuration["uplink"]):
        control.uplink_unusable()
    names = Names(configuration["domains"], control.refused)
    sites = Sites(
        names,
        control,
        configuration["uplink"],
        configuration["rootsPath"],
        configuration["connections"],
        configuration["trafficBytes"],
    )
    with socket.socket(fileno=HANDOVER) as handover:
        _, descriptors, _, _ = socket.recv_fds(handover, 1, 3)
    if len(descriptors) != 3:
        return  # the network was not made; its own process says why
    queries, tls, plain = (socket.socket(fileno=descriptor) for descriptor in descriptors)
    start(resolver.serve, queries, names)
    start(serve_tls, tls, sites)
    start(refuse_plain, plain, sites)
    control.serve()


def start(target: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()


if __name__ == "__main__":
    main()
