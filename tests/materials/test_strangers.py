"""Nobody learns or reaches anything without being asked who that is, whatever the address says."""

import pytest

from materials.asking import ask

HASH = "0" * 64
PAGES = [
    *(("GET", page) for page in ("manifest", f"blobs/{HASH}", "published", f"trees/{HASH}", "library", "status")),
    *(("GET", page) for page in ("preview", "lint")),
    *(("POST", page) for page in ("blobs", "results", "publish", "hook")),
]
COURSES = ["comp141", "..", "%2e%2e%2f", "..%2F..", "y" * 4000, "a%00b", "none"]


@pytest.mark.parametrize("course", COURSES, ids=lambda one: one[:10])
def test_no_page_answers_a_stranger_or_looks_for_a_file(mirror, course, monkeypatch):
    foreign = mirror.hub.user("mallory")
    looked_for = []
    monkeypatch.setattr(mirror.desk, "library", looked_for.append)
    for method, page in PAGES:
        for token in ("", "invented", foreign):
            body = {"content": b"{}"} if method == "POST" else {}
            found = ask(mirror, method, f"/courses/{course}/{page}", token, **body)
            assert found.status_code in (401, 403, 404), (method, page, token)
    assert looked_for == []
