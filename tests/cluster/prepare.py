"""Make what the cluster tests need and this machine can make, and say what it cannot."""

import os
import sys

from cluster import binaries, cache, image, node


def main() -> int:
    if missing := missing_here():
        cache.say(f"The cluster tests are left out, or some of them: {missing}.")
        if os.environ.get("CI"):
            return 1
    try:
        if binaries.is_buildable():
            binaries.ensure()
        if os.getuid() == 0 and image.is_makable():
            image.ensure()
    except (binaries.CannotBuild, RuntimeError) as error:
        cache.say(str(error))
        return 1
    return 0


def missing_here() -> str:
    if not binaries.is_buildable():
        return "there is no `go` on PATH to build Kubernetes with"
    if os.getuid() != 0:
        return "a node for pods needs root"
    return node.missing_here()


if __name__ == "__main__":
    sys.exit(main())
