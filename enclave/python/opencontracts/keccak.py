"""Keccak-256 as Ethereum uses it: FIPS 202's permutation with the padding of the original submission (0x01)."""

import struct

RATE = 136
"""Bytes absorbed at a time."""

_MASK = (1 << 64) - 1
_LANES = struct.Struct("<17Q")
_DIGEST = struct.Struct("<4Q")


def _round_constants() -> tuple[int, ...]:
    """The 24 constants of step iota, from their linear feedback shift register (FIPS 202, section 3.2.5)."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


def _permutation_source() -> str:
    """Text of a function that applies Keccak-f[1600] with all 25 lanes in local variables: loops cost most here."""
    lanes = [f"a{index}" for index in range(25)]
    lines = [f"def permute(state):", f" {', '.join(lanes)} = state", f" for constant in {_round_constants()}:"]
    emit = lambda text: lines.append("  " + text)
    for x in range(5):
        emit(f"c{x} = " + " ^ ".join(f"a{x + 5 * y}" for y in range(5)))
    for x in range(5):
        right = f"c{(x + 1) % 5}"
        emit(f"d{x} = c{(x + 4) % 5} ^ (({right} << 1 | {right} >> 63) & {_MASK})")
    x, y, rotation = 1, 0, 0
    emit("b0 = a0 ^ d0")
    for step in range(24):
        rotation = (rotation + step + 1) % 64
        target = y + 5 * ((2 * x + 3 * y) % 5)
        emit(f"t = a{x + 5 * y} ^ d{x}")
        emit(f"b{target} = (t << {rotation} | t >> {64 - rotation}) & {_MASK}")
        x, y = y, (2 * x + 3 * y) % 5
    for row in range(0, 25, 5):
        for x in range(5):
            one, two = row + (x + 1) % 5, row + (x + 2) % 5
            emit(f"a{row + x} = b{row + x} ^ (b{two} & ~b{one})")
    emit("a0 ^= constant")
    lines.append(f" return [{', '.join(lanes)}]")
    return "\n".join(lines)


_namespace: dict = {}
exec(_permutation_source(), _namespace)
_permute = _namespace["permute"]


def keccak256(message: bytes) -> bytes:
    """The 32-byte digest of `message`."""
    padding = bytearray(RATE - len(message) % RATE)
    padding[0] |= 0x01
    padding[-1] |= 0x80
    padded = bytes(message) + bytes(padding)
    state = [0] * 25
    for offset in range(0, len(padded), RATE):
        for index, lane in enumerate(_LANES.unpack_from(padded, offset)):
            state[index] ^= lane
        state = _permute(state)
    return _DIGEST.pack(*state[:4])
