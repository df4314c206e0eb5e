"""First code inside the sandbox: sets the limits, prepares the working directory, runs oracle.py.

Called by the enclave with one argument, a JSON object of limits. What it sets, the script cannot raise: it has no
capability. Everything it writes is treated as the script's own words.
"""

import glob
import json
import os
import resource
import shutil
import sys

FOLDER = "/run/folder"
MODULES = os.path.dirname(os.path.abspath(__file__))


def set_limits(limits: "dict[str, int]") -> None:
    """Limits of this process and all it starts (setrlimit(2))."""
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits["cpuSec"]),
        (resource.RLIMIT_AS, limits["memoryBytes"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, limits["openFiles"]),
        (resource.RLIMIT_FSIZE, limits["diskBytes"]),
    ):
        resource.setrlimit(kind, (value, value))


def copy_folder() -> None:
    """The oracle folder's files into the working directory, where the script may change them."""
    shutil.copytree(FOLDER, os.getcwd(), dirs_exist_ok=True, copy_function=shutil.copyfile)


def set_import_path() -> None:
    """The script's own files first, then its wheels, then the standard library."""
    wheels = sorted(glob.glob(os.path.join(os.getcwd(), "wheels", "*.whl")))
    sys.path[:0] = [os.path.join(MODULES, "trust"), MODULES, os.getcwd(), *wheels]


def main() -> int:
    limits = json.loads(sys.argv[1])
    os.setsid()  # signals to its own group reach nothing of the sandbox around it
    copy_folder()
    set_limits(limits)
    set_import_path()
    sys.argv = ["oracle.py"]
    from opencontracts import _script

    return _script.run("oracle.py")


if __name__ == "__main__":
    sys.exit(main())
