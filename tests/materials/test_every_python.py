"""The student's side over HTTP on each Python that is found: http.client differs from one to the next."""

import json
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

import classhub
from materials.zoo import FALSE_FILES, FILES, HONEST, LIARS, kept
from pythons import interpreters

SLOW = re.compile("stalls|drips|no end|without end|ever|goes on|at length|promises too|switches|cuts a manifest in")
"""Animals that are given up after a while: test_lies.py has the time."""
SCRIPT = """
import hashlib, json, sys
from classhub.materials import manifest, over_http, patience
from classhub.materials.fetch import HttpSource
from classhub.materials.source import Offline
patience.CONNECT_S = patience.SILENCE_S = patience.WHOLE_S = 20
told = {}
for name, port in json.loads(sys.argv[1]).items():
    source, right = HttpSource("http://127.0.0.1:%d" % port, "comp141", "SECRET-TOKEN"), []
    try:
        paths = {entry.digest: path for path, entry in source.manifest().files.items()}
        for blob in source.blobs(paths):
            if hashlib.sha256(b"".join(blob.pieces())).hexdigest() == blob.digest:
                right.append(paths[blob.digest])
        source.manifest()
        told[name] = right
    except (Offline, manifest.Malformed) as error:
        told[name] = str(error)
print(json.dumps(told))
"""


@pytest.mark.parametrize("python", interpreters())
def test_honest_servers_are_understood_and_others_told(python):
    with ExitStack() as stack:
        animals = {name: animal for name, animal in {**HONEST, **LIARS, **FALSE_FILES}.items() if not SLOW.search(name)}
        ports = {name: stack.enter_context(kept(animal)) for name, animal in animals.items()}
        done = subprocess.run(
            [python, "-S", "-c", SCRIPT, json.dumps(ports)],
            capture_output=True,
            text=True,
            check=False,
            env={"PYTHONPATH": str(Path(classhub.__file__).parents[1])},
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {name for name, said in told.items() if said == list(FILES)} == set(HONEST)
    assert "SECRET-TOKEN" not in done.stdout
