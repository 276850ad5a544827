"""Runs test modules of CPython's test suite and writes each test's outcome.

    python -c library.py MODULE...

The interpreter's standard library has no sources. Tests that run within others
count with them.
"""

import sys
import unittest


class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.outcomes = {}

    def note(self, test, outcome):
        # What is worse stays: a subtest's failure, or that of a clean-up.
        if self.outcomes.get(test.id(), "ok") == "ok":
            self.outcomes[test.id()] = outcome

    def addSuccess(self, test):
        self.note(test, "ok")

    def addError(self, test, err):
        # Which error it is can depend on what another process does first.
        self.note(test, "error")

    def addFailure(self, test, err):
        self.note(test, "failure")

    def addSkip(self, test, reason):
        self.note(test, "skipped")

    def addExpectedFailure(self, test, err):
        self.note(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        self.note(test, "unexpected success")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, "failure of a subtest")


def main():
    if not unittest.__file__.endswith(".pyc"):
        sys.exit(f"{unittest.__file__} is not what was compiled")
    out, sys.stdout = sys.stdout, sys.stderr
    result = Outcomes()
    loader = unittest.TestLoader()
    for name in sys.argv[1:]:
        loader.loadTestsFromName("test." + name).run(result)
    for name, outcome in sorted(result.outcomes.items()):
        print(name, outcome, file=out)


if __name__ == "__main__":
    main()
