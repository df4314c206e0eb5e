"""Runs oracle.py and tells the enclave how it ended."""

import os
import sys
import traceback
import types
from typing import Optional

from .channel import TRACEBACK_LENGTH, checked_text, open_channel
from .errors import SessionClosed
from .session import start

_OWN = os.path.dirname(os.path.abspath(__file__))


def run(path: str) -> int:
    """Runs the file `path` as `__main__`; returns the exit status, 0 where no exception left it."""
    channel = open_channel()
    channel.send({"type": "ready"})
    start(str(channel.receive()["user"]))
    try:
        _execute(path)
    except SystemExit as end:
        if end.code in (None, 0):
            return 0
        return _report(end)
    except SessionClosed:
        return 1
    except BaseException as error:
        return _report(error)
    return 0


def format_exception(error: BaseException, folder: Optional[str] = None) -> str:
    """A traceback with the script's own files named relative to its folder, and without this module's frames."""
    root = (folder or os.getcwd()) + os.sep
    report = traceback.TracebackException.from_exception(error, limit=None, compact=True)
    _clean(report, root)
    text = "".join(report.format())
    return text if len(text) <= 12_000 else text[:6_000] + "\n...\n" + text[-6_000:]


def _execute(path: str) -> None:
    with open(path, "rb") as file:
        source = file.read()
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)


def _report(error: BaseException) -> int:
    try:
        text = checked_text(format_exception(error), TRACEBACK_LENGTH, "the traceback")
    except Exception:
        text = f"{type(error).__name__} (its text could not be shown)"
    try:
        open_channel().send({"type": "exception", "traceback": text})
    except SessionClosed:
        pass
    return 1


def _clean(report: traceback.TracebackException, root: str) -> None:
    for frame in report.stack:
        frame.line  # read the source line while the path still leads to it
    kept = [_renamed(frame, root) for frame in report.stack if not frame.filename.startswith(_OWN + os.sep)]
    report.stack = traceback.StackSummary.from_list(kept)
    if isinstance(getattr(report, "filename", None), str):
        report.filename = _short(report.filename, root)
    for inner in (report.__cause__, report.__context__, *(getattr(report, "exceptions", None) or ())):
        if inner is not None:
            _clean(inner, root)


def _renamed(frame: traceback.FrameSummary, root: str) -> traceback.FrameSummary:
    short = _short(frame.filename, root)
    return traceback.FrameSummary(short, frame.lineno, frame.name, lookup_line=False, line=frame.line)


def _short(path: str, root: str) -> str:
    """`oracle.py` for the script's files, `python/...` for the standard library, the last name for the rest."""
    if path.startswith(root):
        return path[len(root) :]
    if not os.path.isabs(path):
        return path
    library = os.path.dirname(os.__file__) + os.sep
    return f"python/{path[len(library):]}" if path.startswith(library) else os.path.basename(path)
