"""Calls one function of the learner's program, once, and answers with what it returned.

Reads {"function": name, "args": [...]} on stdin. Writes {"value": ...} on stdout, or {"unrepresentable": why} for a
value that JSON cannot hold. What was expected is never in this process, so nothing here is worth forging.
"""

import json
import os
import sys

# Taken before the learner's program can put something else in their place.
dumps, write, leave = json.dumps, os.write, os._exit


def take_stdout():
    """Keeps stdout for the answer: what the learner's program prints goes to stderr."""
    try:
        channel = os.dup(1)
        os.dup2(2, 1)
    except (AttributeError, OSError):
        channel = 1  # WASI cannot duplicate; the interpreter's own stream is moved all the same.
    sys.stdout = sys.__stdout__ = sys.stderr
    return channel


def encode(value):
    try:
        return dumps({"value": value}, allow_nan=False)
    except Exception as error:
        return dumps({"unrepresentable": type(value).__name__ + ": " + str(error)[:300]})


def fail(error):
    """Shows the error as Python would, without our own frames, and ends as Python would."""
    import traceback

    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)
    sys.stderr.flush()
    leave(1)


def main():
    call = json.loads(sys.stdin.buffer.read())
    channel = take_stdout()
    try:
        function = getattr(__import__("solution"), call["function"], None)
        if not callable(function):
            sys.stderr.write("There is no function " + call["function"] + " in this program.\n")
            sys.stderr.flush()
            leave(1)
        answer = encode(function(*call["args"]))
    except SystemExit:
        raise
    except BaseException as error:
        fail(error)
    sys.stderr.flush()
    rest = (answer + "\n").encode()
    while rest:
        rest = rest[write(channel, rest):]
    # At once: nothing that the program left to be done at exit may add to the answer.
    leave(0)


main()
