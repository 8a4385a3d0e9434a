"""What the history keeps of a revision beside its settings."""

from classhub.targets.local import history


def test_the_history_keeps_what_became_of_a_revision(tmp_path):
    history.mark(tmp_path, "failed")
    history.add(tmp_path, {"hub": {}, "proxy": {"port": 1}, "culler": {}}, "first")
    history.add(tmp_path, {"hub": {}}, "second")
    history.mark(tmp_path, "failed")
    first, second = history.revisions(tmp_path)
    assert (first.outcome, second.outcome) == ("", "failed")
    assert list(first.digests) == ["hub", "proxy"]
    assert history.settings_of(tmp_path, 2) == {"hub": {}}
    (tmp_path / "0002.json").write_text("{")
    history.mark(tmp_path, "failed")
    assert (tmp_path / "0002.json").read_text() == "{"
