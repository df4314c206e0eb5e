"""Solidity's contract ABI encoding: `encode` equals `abi.encode(...)`, byte for byte."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Optional, Sequence

from .errors import AbiError
from .keccak import keccak256

WORD = 32
_MOST_NESTED = 16
_ELEMENTARY = re.compile(r"(uint|int|bytes)([1-9][0-9]*)?|address|bool|string", re.ASCII)
_ARRAY = re.compile(r"(.+)\[([1-9][0-9]*)?\]", re.ASCII | re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*", re.ASCII)


@dataclass(frozen=True)
class AbiType:
    """A parsed type. `kind`: uint, int, address, bool, fixed (bytesN), bytes, string, array or tuple.

    `size`: bits of a number, bytes of bytesN, length of a fixed array (None: any length).
    """

    kind: str
    name: str
    size: Optional[int] = None
    parts: "tuple[AbiType, ...]" = ()

    @property
    def is_dynamic(self) -> bool:
        """True where the value stands behind an offset."""
        if self.kind in ("bytes", "string") or (self.kind == "array" and self.size is None):
            return True
        return any(part.is_dynamic for part in self.parts)

    @property
    def head_size(self) -> int:
        """Bytes in the enclosing head."""
        if self.is_dynamic:
            return WORD
        if self.kind == "array":
            return (self.size or 0) * self.parts[0].head_size
        return sum(part.head_size for part in self.parts) if self.kind == "tuple" else WORD


@lru_cache(maxsize=1024)
def parse_type(text: str, depth: int = 0) -> AbiType:
    """Parses e.g. `uint256`, `bytes32[]`, `(address,string)[2]`. `uint` and `int` mean 256 bits."""
    if depth > _MOST_NESTED:
        raise AbiError("a type is nested too deeply")
    array = _ARRAY.fullmatch(text)
    if array:
        part = parse_type(array[1], depth + 1)
        length = int(array[2]) if array[2] else None
        return AbiType("array", f"{part.name}[{array[2] or ''}]", length, (part,))
    if text.startswith("(") and text.endswith(")"):
        parts = tuple(parse_type(part, depth + 1) for part in _split(text[1:-1]))
        return AbiType("tuple", "(" + ",".join(part.name for part in parts) + ")", None, parts)
    return _parse_elementary(text)


def encode(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """`abi.encode(values...)` for the given types. Raises AbiError."""
    parsed = [_parsed(text) for text in types]
    if len(parsed) != len(values):
        raise AbiError(f"{len(values)} values, but {len(parsed)} types")
    return _encode_sequence(parsed, values)


def signature(function_name: str, types: Sequence[str]) -> str:
    """`name(type,type)` with canonical types, as the selector is made from. Raises AbiError."""
    if not isinstance(function_name, str) or not _IDENTIFIER.fullmatch(function_name):
        raise AbiError(f"{function_name!r} is not the name of a Solidity function")
    return f"{function_name}({','.join(_parsed(text).name for text in types)})"


def selector(canonical_signature: str) -> bytes:
    """The first 4 bytes of the signature's keccak-256."""
    return keccak256(canonical_signature.encode("ascii"))[:4]


def checksum_address(address: bytes) -> str:
    """The mixed-case text of a 20-byte address (EIP-55)."""
    digits = address.hex()
    digest = keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(d.upper() if int(h, 16) >= 8 else d for d, h in zip(digits, digest))


def _parsed(text: Any) -> AbiType:
    if not isinstance(text, str):
        raise AbiError(f"a type is written as text, not as {type(text).__name__}")
    return parse_type(text.replace(" ", ""))


def _parse_elementary(text: str) -> AbiType:
    match = _ELEMENTARY.fullmatch(text)
    if not match:
        raise AbiError(f"{text!r} is not a Solidity type")
    base, size = match[1], match[2]
    if base is None:
        return AbiType(text, text)
    if base == "bytes":
        return AbiType("fixed", text, _checked(text, size, range(1, 33))) if size else AbiType("bytes", text)
    bits = _checked(text, size or "256", range(8, 257, 8))
    return AbiType(base, f"{base}{bits}", bits)


def _checked(text: str, size: str, allowed: range) -> int:
    if int(size) not in allowed:
        raise AbiError(f"{text!r} is not a Solidity type")
    return int(size)


def _split(text: str) -> list[str]:
    if not text:
        return []
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _encode_sequence(types: Sequence[AbiType], values: Sequence[Any]) -> bytes:
    offset = sum(part.head_size for part in types)
    heads, tails = [], []
    for part, value in zip(types, values):
        encoded = _encode(part, value)
        if part.is_dynamic:
            heads.append(offset.to_bytes(WORD, "big"))
            tails.append(encoded)
            offset += len(encoded)
        else:
            heads.append(encoded)
    return b"".join(heads + tails)


def _encode(kind: AbiType, value: Any) -> bytes:
    return _ENCODERS[kind.kind](kind, value)


def _encode_number(kind: AbiType, value: Any) -> bytes:
    if isinstance(value, bool) or not isinstance(value, int):
        raise AbiError(f"{kind.name} takes a whole number (int), not {type(value).__name__}")
    bits = kind.size or 0
    low, high = (0, 1 << bits) if kind.kind == "uint" else (-(1 << (bits - 1)), 1 << (bits - 1))
    if not low <= value < high:
        raise AbiError(f"{value} does not fit {kind.name}")
    return value.to_bytes(WORD, "big", signed=value < 0)


def _encode_bool(kind: AbiType, value: Any) -> bytes:
    if not isinstance(value, bool):
        raise AbiError(f"bool takes True or False, not {type(value).__name__}")
    return int(value).to_bytes(WORD, "big")


def _encode_address(kind: AbiType, value: Any) -> bytes:
    raw = _raw(kind, value)
    if len(raw) != 20:
        raise AbiError(f"an address has 20 bytes, not {len(raw)}")
    if isinstance(value, str) and value[2:] not in (value[2:].lower(), value[2:].upper()):
        if checksum_address(raw) != value:
            raise AbiError(f"the checksum of address {value} is wrong (EIP-55)")
    return raw.rjust(WORD, b"\0")


def _encode_fixed(kind: AbiType, value: Any) -> bytes:
    raw = _raw(kind, value)
    if len(raw) != kind.size:
        raise AbiError(f"{kind.name} takes {kind.size} bytes, not {len(raw)}")
    return raw.ljust(WORD, b"\0")


def _encode_bytes(kind: AbiType, value: Any) -> bytes:
    return _with_length(_raw(kind, value))


def _encode_string(kind: AbiType, value: Any) -> bytes:
    if not isinstance(value, str):
        raise AbiError(f"string takes text (str), not {type(value).__name__}")
    try:
        return _with_length(value.encode("utf-8"))
    except UnicodeEncodeError:
        raise AbiError("the text holds half a character (a lone surrogate)") from None


def _encode_array(kind: AbiType, value: Any) -> bytes:
    items = _items(kind, value)
    if kind.size is not None and len(items) != kind.size:
        raise AbiError(f"{kind.name} takes {kind.size} values, not {len(items)}")
    encoded = _encode_sequence([kind.parts[0]] * len(items), items)
    return encoded if kind.size is not None else len(items).to_bytes(WORD, "big") + encoded


def _encode_tuple(kind: AbiType, value: Any) -> bytes:
    items = _items(kind, value)
    if len(items) != len(kind.parts):
        raise AbiError(f"{kind.name} takes {len(kind.parts)} values, not {len(items)}")
    return _encode_sequence(kind.parts, items)


def _items(kind: AbiType, value: Any) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise AbiError(f"{kind.name} takes a list or tuple, not {type(value).__name__}")
    return value


def _raw(kind: AbiType, value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, str) and _HEX.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise AbiError(f"{kind.name} takes bytes, or hex text that starts with 0x")


def _with_length(raw: bytes) -> bytes:
    return len(raw).to_bytes(WORD, "big") + raw + b"\0" * (-len(raw) % WORD)


_ENCODERS = {
    "uint": _encode_number,
    "int": _encode_number,
    "bool": _encode_bool,
    "address": _encode_address,
    "fixed": _encode_fixed,
    "bytes": _encode_bytes,
    "string": _encode_string,
    "array": _encode_array,
    "tuple": _encode_tuple,
}
