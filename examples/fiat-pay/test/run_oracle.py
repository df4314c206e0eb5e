"""Runs an oracle.py with the module that enclaves give to it, as a test's child.

The test is the enclave: it answers on the two pipes. One site name leads to the test's own server.

usage: run_oracle.py <folder of the module> <oracle.py> <site> <port>
"""

import os
import socket
import sys

sys.dont_write_bytecode = True


def redirect(site, port):
    """Has connections to `site`:443 end at this machine's `port`, and no other name be found."""
    resolve = socket.getaddrinfo

    def resolve_site(host, service, *args, **options):
        if (host, service) != (site, 443):
            raise socket.gaierror(f"{host} is not reached from this test")
        return resolve("127.0.0.1", port, *args, **options)

    socket.getaddrinfo = resolve_site


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    module, script, site, port = sys.argv[1:]
    sys.path.insert(0, module)
    redirect(site, int(port))
    from opencontracts import _script

    os.chdir(os.path.dirname(script))
    raise SystemExit(_script.run(script))
