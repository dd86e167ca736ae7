"""Runs one test of the teacher's test file, which imports the learner's program into this process.

The learner's code can reach everything here and could pretend to have passed: questions of this kind trust it, and
say so. Reads {"test": name, "nonce": text} on stdin; writes {"nonce": text, "passed": bool, "message": text} on
stdout. The nonce only keeps a line that a program happens to print from passing for the answer.
"""

import json
import os
import sys

dumps, write, leave = json.dumps, os.write, os._exit


def take_stdout():
    """Keeps stdout for the answer: what programs print goes to stderr."""
    try:
        channel = os.dup(1)
        os.dup2(2, 1)
    except (AttributeError, OSError):
        channel = 1  # WASI cannot duplicate; the interpreter's own stream is moved all the same.
    sys.stdout = sys.__stdout__ = sys.stderr
    return channel


def fail(error):
    """Shows the error as Python would, without our own frames, and ends as Python would."""
    import traceback

    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)
    sys.stderr.flush()
    leave(1)


def words(error):
    """What an assertion says; where it says nothing, its line."""
    if str(error):
        return str(error)
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    return frames[-1].line or "an assertion failed" if frames else "an assertion failed"


def case_for(tests, name):
    """A unittest case for `method` or `Class.method`, or None."""
    unittest = sys.modules.get("unittest")
    if unittest is None:
        return None
    for kind in vars(tests).values():
        if not (isinstance(kind, type) and issubclass(kind, unittest.TestCase)):
            continue
        for method in unittest.defaultTestLoader.getTestCaseNames(kind):
            if name in (method, kind.__name__ + "." + method):
                return kind(method)
    return None


def run_case(case):
    import unittest

    class Result(unittest.TestResult):
        failed = broken = None

        def addFailure(self, test, found):
            self.failed = self.failed or found[1]

        def addError(self, test, found):
            self.broken = self.broken or found[1]

        def addSubTest(self, test, subtest, found):
            if found is not None:
                self.failed = self.failed or found[1]

    result = Result()
    unittest.TestSuite([case]).run(result)
    if result.broken is not None:
        raise result.broken
    if result.failed is not None:
        raise result.failed
    if result.skipped:
        raise AssertionError("this test was skipped: " + result.skipped[0][1])


def main():
    task = json.loads(sys.stdin.buffer.read())
    channel = take_stdout()
    outcome = {"nonce": task["nonce"], "passed": True, "message": ""}
    try:
        tests = __import__("tests")
        function = getattr(tests, task["test"], None)
        case = case_for(tests, task["test"])
        if case is not None:
            run_case(case)
        elif callable(function):
            function()
        else:
            outcome = {"nonce": task["nonce"], "missing": True}
    except SystemExit:
        raise
    except AssertionError as error:
        outcome = {"nonce": task["nonce"], "passed": False, "message": words(error)[:4000]}
    except BaseException as error:
        fail(error)
    sys.stderr.flush()
    rest = (dumps(outcome) + "\n").encode()
    while rest:
        rest = rest[write(channel, rest):]
    leave(0)


main()
