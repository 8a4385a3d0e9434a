"""Parse, run one command, turn a failure into text and an exit code.

Any Python 3 can read this file, so that one that is too old is told so in a sentence.
"""

import sys

OLDEST = (3, 11)


def main() -> int:
    """The exit code: 0 fine, 1 found mistakes or refused, 2 wrong usage, 3 outside system failed, 4 a bug of ours."""
    if sys.version_info < OLDEST:
        text = "ClassHub needs Python {}.{} or newer; this is Python {}.{} ({}).\n"
        sys.stderr.write(text.format(*(OLDEST + sys.version_info[:2] + (sys.executable,))))
        sys.stderr.write("Next: run it with a newer one, as `make PYTHON=python3.12 up`.\n")
        return 2
    try:
        from classhub.cli.run import run
    except KeyboardInterrupt:
        return 130

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
