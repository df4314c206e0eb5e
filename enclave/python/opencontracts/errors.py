"""Errors of the module. Each message says what to change."""


class OpenContractsError(Exception):
    """Every error this module raises of its own accord."""


class AbiError(OpenContractsError, ValueError):
    """A type is none of Solidity's, or a value does not fit its type."""


class MessageTooLong(OpenContractsError, ValueError):
    """A text is longer than the person's side takes."""


class SubmitRefused(OpenContractsError):
    """The enclave did not take the result."""


class SessionClosed(OpenContractsError):
    """The session is over, or the person's side is gone."""


class BrowserUnavailable(OpenContractsError, NotImplementedError):
    """The interactive browser is not part of this release."""
