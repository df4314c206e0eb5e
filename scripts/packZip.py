"""Packs a folder into a zip whose bytes depend on nothing but the files: sorted names, one fixed date, one mode.

usage: packZip.py <folder> <zip>
"""

import pathlib
import sys
import zipfile

DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can say
MODE = 0o100644 << 16


def pack(folder, target):
    """Writes every regular file under `folder` into `target`."""
    root = pathlib.Path(folder)
    files = sorted((path for path in root.rglob("*") if path.is_file()), key=lambda path: path.as_posix())
    with zipfile.ZipFile(target, "w") as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), DATE)
            entry.external_attr = MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    pack(*sys.argv[1:])
