"""Both TLS profiles: towards the web site, and towards the script."""

import os
import ssl
from typing import Callable, Optional

ALPN = ["http/1.1"]


def create_site_context(roots_path: str) -> ssl.SSLContext:
    """Towards sites: the given roots only, name checked, TLS 1.2 or newer, and a cut is an error, not an end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = True
    context.hostname_checks_common_name = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=roots_path)
    context.set_alpn_protocols(ALPN)
    _demand_close_notify(context)
    return context


def create_script_context(pem: bytes, host: str, on_wrong_name: Callable[[], None]) -> ssl.SSLContext:
    """Towards the script, as `host`: `pem` holds the session's certificate for it and its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0
    context.set_alpn_protocols(ALPN)
    _load_from_memory(context, pem)

    def check_name(_tls: object, name: Optional[str], _context: ssl.SSLContext) -> Optional[int]:
        if name is None or name.lower() == host:
            return None
        on_wrong_name()
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    context.sni_callback = check_name
    return context


def _demand_close_notify(context: ssl.SSLContext) -> None:
    # CPython sets the option by default; with it a connection that the host cuts would read as a complete page.
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF


def _load_from_memory(context: ssl.SSLContext, pem: bytes) -> None:
    # CPython loads certificates from paths only; a memory file has one and never touches a disk.
    descriptor = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, pem)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
