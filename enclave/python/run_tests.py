"""Runs the Python tests and prints one JSON object as the last line: tests, passed, failed, skipped, failures."""

import json
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True


def main() -> int:
    here = Path(__file__).parent
    sys.path.insert(0, str(here))
    suite = unittest.TestLoader().discover(str(here / "tests"), top_level_dir=str(here))
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=1).run(suite)
    # Several failed subtests are one failed test.
    failures = sorted({name_of(test) for test, _ in result.failures + result.errors})
    failures += [name_of(test) for test in result.unexpectedSuccesses]
    report = {
        "tests": result.testsRun,
        "passed": result.testsRun - len(failures) - len(result.skipped),
        "failed": len(failures),
        "skipped": len(result.skipped),
        "failures": failures,
    }
    print(json.dumps(report))
    return 0 if result.testsRun > 0 and not failures else 1


def name_of(test: unittest.TestCase) -> str:
    """The test's own name, also for one of its subtests."""
    return str(getattr(test, "test_case", test).id())


if __name__ == "__main__":
    sys.exit(main())
