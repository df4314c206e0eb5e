"""Which names a script may open, and the private address that stands for each inside its network."""

import ipaddress
import re
import threading
from typing import Callable, Optional, Sequence, Union

FIRST = int(ipaddress.IPv4Address("198.18.1.0"))
"""First address given out, in the range for benchmarks (RFC 2544), which no site has."""

MOST_NAMES = 4096

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}", re.ASCII)

Refuse = Callable[[str, str], None]


def is_host_name(text: str) -> bool:
    """True for a lower-case A-label host name of at least two labels, the last not numeric (no IP literal)."""
    return len(text) <= 253 and _HOST.fullmatch(text) is not None


class Names:
    """The names of one session. `refuse(host, reason)` hears of every name that is not allowed."""

    def __init__(self, domains: Union[Sequence[str], str], refuse: Refuse) -> None:
        self._listed: Optional[frozenset[str]] = None if domains == "*" else frozenset(domains)
        self._refuse = refuse
        self._by_name: dict[str, str] = {}
        self._by_address: dict[str, str] = {}
        self._lock = threading.Lock()

    def address_of(self, name: str) -> Optional[str]:
        """The private address of `name`; None where the script may not open it."""
        host = name.lower()
        if not is_host_name(host):
            return None
        if self._listed is not None and host not in self._listed:
            self._refuse(host, "not-listed")
            return None
        with self._lock:
            return self._by_name.get(host) or self._assign(host)

    def name_of(self, address: str) -> Optional[str]:
        """The name that `address` stands for; None where it was never given out."""
        return self._by_address.get(address)

    def _assign(self, host: str) -> Optional[str]:
        if len(self._by_name) >= MOST_NAMES:
            return None
        address = str(ipaddress.IPv4Address(FIRST + len(self._by_name)))
        self._by_name[host] = address
        self._by_address[address] = host
        return address
