"""What the runner prepares before a script runs."""

import importlib
import os
import sys
import tempfile
import unittest
import zipfile

import runner


class ImportPath(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        before, path = os.getcwd(), list(sys.path)
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, before)
        self.addCleanup(sys.path.__setitem__, slice(None), path)
        os.chdir(folder.name)

    def test_wheels_are_imported_where_they_lie(self) -> None:
        os.mkdir("wheels")
        with zipfile.ZipFile("wheels/wheeled-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr("wheeled/__init__.py", "value = 5\n")
            wheel.writestr("../escaped.py", "")
        runner.set_import_path()
        self.assertEqual(importlib.import_module("wheeled").value, 5)
        self.assertEqual(sorted(os.listdir("..")).count("escaped.py"), 0)

    def test_certifi_gives_the_session_roots_also_beside_a_wheel_of_it(self) -> None:
        os.mkdir("wheels")
        with zipfile.ZipFile("wheels/certifi-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr("certifi/__init__.py", "def where(): return 'its own'\n")
        with open("roots.pem", "w", encoding="ascii") as file:
            file.write("roots")
        os.environ["SSL_CERT_FILE"] = os.path.abspath("roots.pem")
        self.addCleanup(os.environ.pop, "SSL_CERT_FILE")
        sys.modules.pop("certifi", None)
        runner.set_import_path()
        certifi = importlib.import_module("certifi")
        self.addCleanup(sys.modules.pop, "certifi")
        self.assertEqual((certifi.where(), certifi.contents()), (os.environ["SSL_CERT_FILE"], "roots"))
