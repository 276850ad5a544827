"""Runs CPython's own tests of compileall on a program that stands in for it.

    python3.14 run_test_compileall.py PROGRAM

PROGRAM takes the place of the interpreter that the tests of the command line
start. The tests of the functions call the functions below, which start PROGRAM,
too. For each test a line with its outcome and name is printed.
"""

import compileall
import os
import subprocess
import sys
import unittest

program = sys.argv[1]


def command(*args):
    done = subprocess.run(
        [program, '-m', 'compileall', *args],
        stdin=subprocess.DEVNULL, capture_output=True, encoding='utf-8', errors='surrogateescape')
    encoding = sys.stdout.encoding or 'utf-8'
    print(done.stdout.encode(encoding, 'backslashreplace').decode(encoding), end='')
    if done.returncode and done.stderr:
        raise ValueError(done.stderr)
    return done.returncode == 0


def compile_file(fullname, ddir=None, force=False, rx=None, quiet=0, legacy=False, optimize=-1,
                 invalidation_mode=None, *, stripdir=None, prependdir=None,
                 limit_sl_dest=None, hardlink_dupes=False, maxlevels=None, workers=1):
    args = ['-q'] * int(quiet)
    for option, value in [('-d', ddir), ('-s', stripdir), ('-p', prependdir), ('-e', limit_sl_dest)]:
        if value is not None:
            args += [option, os.fspath(value)]
    for option, value in [('-f', force), ('-b', legacy), ('--hardlink-dupes', hardlink_dupes)]:
        if value:
            args.append(option)
    if rx is not None:
        args += ['-x', rx.pattern]
    if maxlevels is not None:
        args += ['-r', str(maxlevels)]
    if invalidation_mode is not None:
        args += ['--invalidation-mode', invalidation_mode.name.lower().replace('_', '-')]
    for level in [optimize] if isinstance(optimize, int) else optimize:
        args += ['-o', str(level)]
    return command(*args, '-j', str(workers), '--', os.fspath(fullname))


def compile_dir(dir, maxlevels=None, ddir=None, force=False, rx=None, quiet=0, legacy=False,
                optimize=-1, workers=1, invalidation_mode=None, **kwargs):
    return compile_file(dir, ddir, force, rx, quiet, legacy, optimize, invalidation_mode,
                        maxlevels=maxlevels, workers=workers, **kwargs)


def compile_path(skip_curdir=1, maxlevels=0, **kwargs):
    return all(compile_dir(dir, maxlevels, **kwargs) for dir in sys.path)


class Result(unittest.TestResult):
    # A test counts as failed if any of its subtests does.
    def startTest(self, test):
        super().startTest(test)
        self.outcome = 'passed'

    def stopTest(self, test):
        super().stopTest(test)
        print(self.outcome, test.id().removeprefix('test.test_compileall.'), file=report, flush=True)

    def addError(self, test, err):
        self.outcome = 'failed'
        print(self._exc_info_to_string(err, test), file=sys.stderr)

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addError(subtest, err)

    def addSkip(self, test, reason):
        self.outcome = 'skipped'
        print(test.id(), 'is skipped:', reason, file=sys.stderr)


from test import support, test_compileall

compileall.compile_file = compile_file
compileall.compile_dir = compile_dir
compileall.compile_path = compile_path
sys.executable = program
support.use_resources = {'cpu': None}
report = sys.stdout
unittest.defaultTestLoader.loadTestsFromModule(test_compileall).run(Result())
