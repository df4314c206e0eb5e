"""Stands in for `certifi` inside the enclave: the roots are the session's own (see SSL_CERT_FILE)."""

import os

__all__ = ["contents", "where"]
__version__ = "0"


def where() -> str:
    """Path of the PEM bundle."""
    return os.environ["SSL_CERT_FILE"]


def contents() -> str:
    """Text of the PEM bundle."""
    with open(where(), encoding="ascii") as file:
        return file.read()
