"""Parts of the site process that need no network: names, the resolver, the answer to CONNECT."""

import socket
import struct
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "sites"))

import names  # noqa: E402
import resolver  # noqa: E402
import uplink  # noqa: E402


def question(name: bytes, kind: int = 1, flags: int = 0x0100, count: int = 1) -> bytes:
    labels = b"".join(bytes([len(label)]) + label for label in name.split(b"."))
    return struct.pack(">HHHHHH", 7, flags, count, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


class Names(unittest.TestCase):
    def setUp(self) -> None:
        self.refused: list[tuple[str, str]] = []

    def create(self, domains: "list[str] | str") -> names.Names:
        return names.Names(domains, lambda host, reason: self.refused.append((host, reason)))

    def test_host_names(self) -> None:
        for text in ("a.test", "xn--bcher-kva.example", "a-b.c1.d"):
            self.assertTrue(names.is_host_name(text), text)
        for text in ("", "a", "localhost", "1.2.3.4", "A.test", "a..b", "-a.test", "a-.test", "a_b.test", "a.test.",
                     "bücher.test", "a.test\n", "a.7", "x" * 64 + ".test", "a." * 130 + "test"):  # fmt: skip
            self.assertFalse(names.is_host_name(text), text)

    def test_listed_names_have_one_address_each(self) -> None:
        given = self.create(["a.test", "b.test"])
        first, second = given.address_of("a.test"), given.address_of("b.test")
        self.assertNotEqual(first, second)
        self.assertEqual(given.address_of("A.TEST"), first)
        self.assertEqual(given.name_of(str(second)), "b.test")
        self.assertIsNone(given.name_of("198.18.255.1"))

    def test_others_are_refused_and_told(self) -> None:
        self.assertIsNone(self.create(["a.test"]).address_of("www.a.test"))
        self.assertEqual(self.refused, [("www.a.test", "not-listed")])

    def test_all_names_are_still_names(self) -> None:
        given = self.create("*")
        self.assertIsNotNone(given.address_of("any.test"))
        self.assertIsNone(given.address_of("127.0.0.1"))

    def test_names_run_out(self) -> None:
        given = self.create("*")
        addresses = {given.address_of(f"a{number}.test") for number in range(names.MOST_NAMES)}
        self.assertEqual(len(addresses), names.MOST_NAMES)
        self.assertIsNone(given.address_of("one.more.test"))


class Resolver(unittest.TestCase):
    def setUp(self) -> None:
        self.names = names.Names(["a.test"], lambda host, reason: None)

    def test_an_address(self) -> None:
        reply = resolver.answer(question(b"a.test"), self.names)
        assert reply is not None
        self.assertEqual(struct.unpack_from(">HHHH", reply), (7, 0x8180, 1, 1))
        self.assertEqual(reply[-4:], socket.inet_aton(str(self.names.address_of("a.test"))))

    def test_no_ipv6_and_no_other_name(self) -> None:
        for query, code, answers in ((question(b"a.test", 28), 0, 0), (question(b"b.test"), 3, 0)):
            reply = resolver.answer(query, self.names)
            assert reply is not None
            _, flags, _, count = struct.unpack_from(">HHHH", reply)
            self.assertEqual((flags & 15, count), (code, answers))

    def test_what_is_no_question_gets_no_answer(self) -> None:
        whole = question(b"a.test")
        broken = [whole[:size] for size in range(len(whole))]
        broken += [question(b"a.test", flags=0x8100), question(b"a.test", count=2), question(b"\xff.test")]
        for query in broken:
            self.assertIsNone(resolver.answer(query, self.names))


class Uplink(unittest.TestCase):
    def connect(self, *answers: bytes) -> "tuple[socket.socket, bytes]":
        """Opens an uplink to a host that writes `answers`, one after the other, and ends."""
        listener = socket.create_server(("127.0.0.1", 0))

        def host() -> None:
            with listener, listener.accept()[0] as sock:
                self.request = sock.recv(4096)
                for answer in answers:
                    try:
                        sock.sendall(answer)
                    except OSError:
                        return

        thread = threading.Thread(target=host)
        thread.start()
        self.addCleanup(thread.join)
        return uplink.open_uplink(f"127.0.0.1:{listener.getsockname()[1]}", "a.test", time.monotonic() + 20)

    def test_open(self) -> None:
        sock, first = self.connect(b"HTTP/1.1 200 ", b"OK\r\n\r", b"\nabc")
        sock.close()
        self.assertEqual(first, b"abc")
        self.assertEqual(self.request, b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n")

    def test_refusals(self) -> None:
        for answer in (b"", b"HTTP/1.1 403 Forbidden\r\n\r\n", b"HTTP/1.1 2000\r\n\r\n", b"x" * 20_000, b"200\r\n\r\n"):
            with self.subTest(repr(answer[:20])), self.assertRaises((uplink.UplinkError, OSError)):
                self.connect(answer)
