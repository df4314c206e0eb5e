"""The session over pipes, with the test as the enclave."""

import json
import math
import os
import threading
import unittest
from typing import Any, Callable

import opencontracts
from opencontracts import _script
from opencontracts.channel import Channel
from opencontracts.session import Session

USER = "0x52908400098527886E0F7030069857D2E4169EE7"


class Pipes:
    """A session whose lines the test reads and answers."""

    def __init__(self) -> None:
        from_script, to_enclave = os.pipe()
        from_enclave, to_script = os.pipe()
        self._lines = open(from_script, "rb")
        self._answers = open(to_script, "wb")
        self._ends = (open(to_enclave, "wb"), open(from_enclave, "rb"))
        self.session = Session(Channel(*self._ends), USER)

    def read(self) -> Any:
        return json.loads(self._lines.readline())

    def answer(self, message: dict) -> None:
        self._answers.write(json.dumps(message).encode() + b"\n")
        self._answers.flush()

    def hang_up(self) -> None:
        self._answers.close()

    def close(self) -> None:
        for file in (self._lines, self._answers, *self._ends):
            try:
                file.close()
            except OSError:
                pass


class Dialog(unittest.TestCase):
    def setUp(self) -> None:
        self.pipes = Pipes()
        self.session = self.pipes.session
        self.addCleanup(self.pipes.close)

    def test_print_joins_by_blanks(self) -> None:
        self.session.print("a", 1, None)
        self.assertEqual(self.pipes.read(), {"type": "print", "message": "a 1 None"})

    def test_half_characters_are_replaced(self) -> None:
        self.session.print("a\ud800b")
        self.assertEqual(self.pipes.read()["message"], "a\ufffdb")

    def test_too_long_is_refused_here(self) -> None:
        for call in (lambda: self.session.print("x" * 16_385), lambda: self.session.user_input("😀" * 2_049)):
            with self.assertRaises(opencontracts.MessageTooLong):
                call()

    def test_user_input(self) -> None:
        self.pipes.answer({"type": "answer", "text": "grüße"})
        self.assertEqual(self.session.user_input("code?", secret=True), "grüße")
        self.assertEqual(self.pipes.read(), {"type": "userInput", "message": "code?", "secret": True})

    def test_user_input_where_the_person_is_gone(self) -> None:
        self.pipes.hang_up()
        with self.assertRaises(opencontracts.SessionClosed):
            self.session.user_input("code?")

    def test_expect_delay(self) -> None:
        self.session.expect_delay(3, "waiting")
        self.assertEqual(self.pipes.read(), {"type": "expectDelay", "seconds": 3, "reason": "waiting"})
        for seconds in (-1, math.nan, math.inf, "3", True, 1e9):
            with self.subTest(str(seconds)), self.assertRaises(opencontracts.OpenContractsError):
                self.session.expect_delay(seconds, "")  # type: ignore[arg-type]

    def test_user_and_keccak(self) -> None:
        self.assertEqual(self.session.user(), USER)
        digest = self.session.keccak(1, "a", types=("uint8", "string"))
        self.assertEqual((type(digest), len(digest)), (bytes, 32))
        with self.assertRaisesRegex(opencontracts.AbiError, "tuple of types"):
            self.session.keccak(1, types="uint8")

    def test_interactive_browser_is_not_there_yet(self) -> None:
        with self.assertRaises(opencontracts.BrowserUnavailable):
            self.session.interactive_browser("https://a.test", None, "")

    def test_questions_of_several_threads_get_their_own_answers(self) -> None:
        answers: dict[int, str] = {}
        ask: Callable[[int], None] = lambda n: answers.__setitem__(n, self.session.user_input(str(n)))
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for _ in threads:
            self.pipes.answer({"type": "answer", "text": self.pipes.read()["message"]})
        for thread in threads:
            thread.join()
        self.assertEqual(answers, {number: str(number) for number in range(8)})


class Submit(unittest.TestCase):
    def setUp(self) -> None:
        self.pipes = Pipes()
        self.session = self.pipes.session
        self.addCleanup(self.pipes.close)

    def test_selector_and_arguments(self) -> None:
        self.pipes.answer({"type": "submitted"})
        calldata = self.session.submit(USER, 5, types=("address", "uint"), function_name="transfer")
        self.assertEqual(calldata, "0xa9059cbb" + USER[2:].lower().rjust(64, "0") + "5".rjust(64, "0"))
        expected = {"type": "submit", "function": "transfer(address,uint256)", "calldata": calldata}
        self.assertEqual(self.pipes.read(), expected)

    def test_once(self) -> None:
        self.pipes.answer({"type": "submitted"})
        self.session.submit(types=(), function_name="f")
        with self.assertRaises(opencontracts.SubmitRefused):
            self.session.submit(types=(), function_name="f")

    def test_refused_by_the_enclave(self) -> None:
        self.pipes.answer({"type": "rejected", "reason": "not that function"})
        with self.assertRaisesRegex(opencontracts.SubmitRefused, "not that function"):
            self.session.submit(types=(), function_name="f")

    def test_a_wrong_argument_may_be_mended(self) -> None:
        with self.assertRaises(opencontracts.AbiError):
            self.session.submit(-1, types=("uint8",), function_name="f")
        self.pipes.answer({"type": "submitted"})
        self.session.submit(1, types=("uint8",), function_name="f")

    def test_too_large(self) -> None:
        with self.assertRaises(opencontracts.AbiError):
            self.session.submit(b"x" * (128 * 1024), types=("bytes",), function_name="f")


class Outside(unittest.TestCase):
    def test_no_session_outside_of_an_enclave(self) -> None:
        with self.assertRaisesRegex(opencontracts.OpenContractsError, "enclave"):
            opencontracts.session()


class Traceback(unittest.TestCase):
    def test_chained_errors_keep_both_parts_and_no_path(self) -> None:
        try:
            try:
                json.loads("{")
            except ValueError as error:
                raise RuntimeError("no page") from error
        except RuntimeError as error:
            text = _script.format_exception(error, os.path.dirname(__file__))
        self.assertIn('File "test_session.py"', text)
        self.assertIn('File "python/json/decoder.py"', text)
        self.assertIn("RuntimeError: no page", text)
        self.assertNotIn(os.path.dirname(__file__), text)

    def test_a_long_one_is_cut_in_the_middle(self) -> None:
        text = _script.format_exception(ValueError("x" * 100_000))
        self.assertLess(len(text), 13_000)
        self.assertTrue(text.startswith("ValueError: x"))
