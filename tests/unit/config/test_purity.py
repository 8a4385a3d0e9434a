"""The package stays quick to import, and away from the outside."""

import subprocess
import sys


def test_loading_imports_nothing_heavy() -> None:
    heavy = "jupyterhub oauthenticator jsonschema yaml rich ruamel asyncio socket subprocess difflib"
    code = f"import sys, classhub.config.load; print([name for name in {heavy.split()} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
