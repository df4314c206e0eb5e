"""The session: the person on one side, the contract on the other."""

import math
from typing import Any, NoReturn, Optional, Sequence, Type

from . import abi
from .channel import MESSAGE_LENGTH, PROMPT_LENGTH, Channel, checked_text, open_channel
from .errors import AbiError, BrowserUnavailable, OpenContractsError, SubmitRefused
from .keccak import keccak256

LONGEST_DELAY_SEC = 24 * 60 * 60
LARGEST_CALLDATA = 128 * 1024

_user: Optional[str] = None


class Session:
    """One run of a script for one person. Use it as `with opencontracts.session() as session:`."""

    def __init__(self, channel: Channel, user: str) -> None:
        self._channel = channel
        self._user = user
        self._submitted = False

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Any, trace: Any) -> None:
        return None

    def print(self, *messages: object) -> None:
        """Shows `messages` to the person, separated by blanks."""
        text = " ".join(str(message) for message in messages)
        self._channel.send({"type": "print", "message": checked_text(text, MESSAGE_LENGTH, "the message")})

    def user_input(self, message: object, secret: bool = False) -> str:
        """Asks the person and waits for the answer. `secret=True` masks what is typed."""
        prompt = checked_text(str(message), PROMPT_LENGTH, "the question")
        answer = self._channel.ask({"type": "userInput", "message": prompt, "secret": bool(secret)})
        return str(answer["text"])

    def expect_delay(self, seconds: float, reason: object) -> None:
        """Tells the person that nothing will happen for about `seconds`, and why."""
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
            raise OpenContractsError("expect_delay takes a number of seconds")
        if not 0 <= seconds <= LONGEST_DELAY_SEC:
            raise OpenContractsError(f"expect_delay takes 0 to {LONGEST_DELAY_SEC} seconds")
        text = checked_text(str(reason), PROMPT_LENGTH, "the reason")
        self._channel.send({"type": "expectDelay", "seconds": seconds, "reason": text})

    def keccak(self, *args: Any, types: Sequence[str]) -> bytes:
        """`keccak256(abi.encode(args...))`, 32 bytes, as Solidity computes it. Raises AbiError."""
        return keccak256(abi.encode(_types(types), args))

    def user(self) -> str:
        """The person's account as a checksum address: the only one who can use the result."""
        return self._user

    def submit(self, *args: Any, types: Sequence[str], function_name: str) -> str:
        """Hands in the result: the call of `function_name` with `args`. Once per session.

        Returns the calldata in hex. Raises AbiError where a value does not fit, SubmitRefused where the enclave
        does not take the call: it signs only the function that the person agreed to.
        """
        if self._submitted:
            raise SubmitRefused("submit was called before; a session has one result")
        signature = abi.signature(function_name, _types(types))
        calldata = abi.selector(signature) + abi.encode(types, args)
        if len(calldata) > LARGEST_CALLDATA:
            raise AbiError(f"the call has {len(calldata)} bytes, at most {LARGEST_CALLDATA} are taken")
        self._submitted = True
        text = "0x" + calldata.hex()
        reply = self._channel.ask({"type": "submit", "function": signature, "calldata": text})
        if reply["type"] != "submitted":
            raise SubmitRefused(str(reply.get("reason", "the enclave refused the result")))
        return text

    def interactive_browser(self, *args: Any, **options: Any) -> NoReturn:
        """Not there yet."""
        raise BrowserUnavailable(
            "the interactive browser is not part of this release; use urllib or another HTTP library"
        )


def session() -> Session:
    """The session of this script."""
    if _user is None:
        raise OpenContractsError("a session exists only where an enclave runs the script")
    return Session(open_channel(), _user)


def start(user: str) -> None:
    """Called once, before the script: whose session it is."""
    global _user
    _user = user


def _types(types: Sequence[str]) -> Sequence[str]:
    if isinstance(types, str):
        raise AbiError('types is a tuple of types, also for one: types=("uint256",)')
    return types
