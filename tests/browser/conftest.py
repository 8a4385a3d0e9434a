"""A headless Chromium that opens pages of a real hub, as people do."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.conftest import deployment, hub, open_tmp  # noqa: F401 - fixtures

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = os.environ.get("CLASSHUB_SCREENSHOTS")
"""A folder: screenshots for README.md are written there."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """For one module: while Playwright is open its event loop stands in the way of asyncio's tests."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *root])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def people(chromium) -> Iterator[object]:
    """people("alice") is a browser window of her own, with her own cookies, the same each time."""
    contexts = {}

    def person(name: str):
        if name not in contexts:
            context = chromium.new_context(viewport={"width": 1280, "height": 800})
            context.set_default_timeout(120_000)
            contexts[name] = context.new_page()
        return contexts[name]

    yield person
    for page in contexts.values():
        page.context.close()


@pytest.fixture
def picture():
    """picture(page, name): kept for README.md when CLASSHUB_SCREENSHOTS names a folder."""

    def take(page, name: str) -> None:
        if SCREENSHOTS:
            page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"))

    return take
