"""ABI encoding and keccak-256 against the vectors that TypeScript shares (protocol/vectors/abi.json)."""

import json
import unittest
from pathlib import Path
from typing import Any

from opencontracts import AbiError, abi
from opencontracts.keccak import keccak256

VECTORS = json.loads((Path(__file__).parents[3] / "protocol/vectors/abi.json").read_text("utf-8"))


def value_of(kind: abi.AbiType, value: Any) -> Any:
    """Numbers stand as decimal text in the vectors."""
    if kind.kind in ("uint", "int"):
        return int(value)
    if kind.kind == "array":
        return [value_of(kind.parts[0], item) for item in value]
    if kind.kind == "tuple":
        return [value_of(part, item) for part, item in zip(kind.parts, value)]
    return value


class Vectors(unittest.TestCase):
    def test_every_vector(self) -> None:
        for case in VECTORS["cases"]:
            with self.subTest(case["name"]):
                types = case["types"]
                values = [value_of(abi.parse_type(kind), value) for kind, value in zip(types, case["values"])]
                encoded = abi.encode(types, values)
                self.assertEqual("0x" + encoded.hex(), case["encoded"])
                self.assertEqual("0x" + keccak256(encoded).hex(), case["keccak"])
                self.assertEqual(abi.signature("f", types), case["signature"])
                self.assertEqual("0x" + abi.selector(case["signature"]).hex(), case["selector"])

    def test_checksums(self) -> None:
        for address in VECTORS["checksums"]:
            self.assertEqual(abi.checksum_address(bytes.fromhex(address[2:])), address)

    def test_every_refusal(self) -> None:
        for case in VECTORS["refused"]:
            with self.subTest(case["name"]), self.assertRaises(AbiError):
                values = [int(v) if isinstance(v, str) and v.lstrip("-").isdigit() else v for v in case["values"]]
                abi.encode(case["types"], values)


class Values(unittest.TestCase):
    def test_bytes_like_and_hex_are_equal(self) -> None:
        for value in (b"\x01" * 32, bytearray(b"\x01" * 32), "0x" + "01" * 32):
            self.assertEqual(abi.encode(["bytes32"], [value]), b"\x01" * 32)

    def test_a_value_of_another_kind_is_refused_by_name(self) -> None:
        for kind, value in (
            ("uint256", "5"),
            ("uint256", 5.0),
            ("uint8", True),
            ("bool", 1),
            ("string", b"a"),
            ("bytes", "text"),
            ("address", 5),
            ("uint8[]", "ab"),
            ("(uint8)", 5),
        ):
            with self.subTest(f"{kind} {value!r}"), self.assertRaisesRegex(AbiError, kind.rstrip("[]").strip("()")):
                abi.encode([kind], [value])

    def test_text_with_half_a_character_is_refused(self) -> None:
        with self.assertRaisesRegex(AbiError, "surrogate"):
            abi.encode(["string"], ["\ud800"])

    def test_blanks_in_types_do_not_count(self) -> None:
        self.assertEqual(abi.signature("f", ["( uint , bool )[ 2 ]"]), "f((uint256,bool)[2])")

    def test_endless_nesting_is_refused(self) -> None:
        with self.assertRaises(AbiError):
            abi.encode(["(" * 500 + ")" * 500], [()])

    def test_names_that_solidity_does_not_know_are_refused(self) -> None:
        for name in ("", "a b", "1a", "f()", "ä", None):
            with self.subTest(str(name)), self.assertRaises(AbiError):
                abi.signature(name, [])  # type: ignore[arg-type]


class Keccak(unittest.TestCase):
    def test_known_digests_around_the_block(self) -> None:
        self.assertEqual(
            keccak256(b"abc").hex(), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
        )

    def test_ten_thousand_calls(self) -> None:
        digest = b"\0" * 32
        for _ in range(10_000):
            digest = keccak256(digest)
        self.assertEqual(len(digest), 32)
