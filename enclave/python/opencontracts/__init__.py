"""What an `oracle.py` talks to the person and to the contract with.

    import opencontracts

    with opencontracts.session() as session:
        session.print("Hello.")
        code = session.user_input("Code?", secret=True)
        session.submit(session.user(), 5, types=("address", "uint256"), function_name="claim")

The built-in `print` reaches nobody: use `session.print`.
"""

from .errors import (
    AbiError,
    BrowserUnavailable,
    MessageTooLong,
    OpenContractsError,
    SessionClosed,
    SubmitRefused,
)
from .session import Session, session

__all__ = [
    "AbiError",
    "BrowserUnavailable",
    "MessageTooLong",
    "OpenContractsError",
    "Session",
    "SessionClosed",
    "SubmitRefused",
    "session",
]
