"""The chart of classhub.yaml: found in a file, a cache or a repository, compared, and never used half."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from classhub.errors import ClasshubError, NotFound, OutsideFailed, Refused
from classhub.outside import chart_package, download
from classhub.outside.chart_repository import find_chart
from doubles.helm_repository import helm_repository, packed, reply

TGZ = "/charts/jupyterhub-4.4.0.tgz"
INDEX = "/charts/index.yaml"


@pytest.fixture
def repository():
    with helm_repository() as found:
        yield found


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(download, "WAITS_S", (0.01, 0.01))
    monkeypatch.setattr(download, "SILENCE_S", 60.0)


@pytest.fixture
def find(repository, tmp_path):
    """find(version, digest, file=...) with a cache of this test's own."""

    def found(version="4.4.0", digest="", file=None, tell=lambda _: None):
        return find_chart(
            version, digest, file=file, repository=repository.address, cache=tmp_path / "a/cache", tell=tell
        )

    found.place = tmp_path / "a/cache/jupyterhub-4.4.0.tgz"
    return found


def failed(kind, *arguments, find, **more):
    with pytest.raises(ClasshubError) as caught:
        find(*arguments, **more)
    assert type(caught.value) is kind
    assert caught.value.cause and caught.value.fix
    assert "\n" not in caught.value.what
    assert not find.place.exists()
    return str(caught.value)


def test_a_chart_is_downloaded_once_and_then_kept(find, repository):
    told = []
    first = find(tell=told.append)
    assert first.path.read_bytes() == repository.charts["4.4.0"]
    assert first.digest == chart_package.digest(repository.charts["4.4.0"]) and first.version == "4.4.0"
    assert told == [f"Fetching chart 4.4.0 from {repository.address}."]
    assert find(tell=told.append) == first and find(digest=first.digest) == first
    assert find(digest=first.digest.removeprefix("sha256:").upper()) == first
    assert repository.asked == [INDEX, TGZ] and len(told) == 1
    assert sorted(path.name for path in first.path.parent.iterdir()) == [TGZ[8:], f"{TGZ[8:]}.sha256"]


@pytest.mark.parametrize("damage", [b"", b"hello", "cut", "other"])
@pytest.mark.parametrize("is_pinned", [True, False])
def test_a_damaged_chart_in_the_cache_is_fetched_anew(find, repository, damage, is_pinned):
    first = find()
    whole = first.path.read_bytes()
    bytes_ = {"cut": whole[:-9], "other": packed("4.4.0", {"x": "y"})}.get(damage, damage)
    first.path.write_bytes(bytes_)
    assert find(digest=first.digest if is_pinned else "") == first
    assert first.path.read_bytes() == whole and repository.asked == [INDEX, TGZ] * 2


def test_another_digest_than_pinned_is_refused_with_both(find, repository):
    pinned = "sha256:" + "0" * 64
    said = failed(Refused, "4.4.0", pinned, find=find)
    actual = chart_package.digest(repository.charts["4.4.0"])
    assert f"expected {pinned}, got {actual}" in said and f"chart: {{digest: {actual}}}" in said


def test_a_chart_in_the_cache_is_not_used_against_its_pin(find):
    first = find()
    with pytest.raises(Refused, match="expected sha256:0000"):
        find(digest="0" * 64)
    assert find() == first


def test_another_digest_than_the_index_has_is_refused(find, repository):
    repository.digests["4.4.0"] = "1" * 64
    assert "promises: expected sha256:1111" in failed(Refused, find=find)


def test_a_missing_version_is_told_with_near_ones(find, repository):
    repository.charts |= dict.fromkeys(("4.3.5", "4.3.4", "4.4.1-0.dev.git.7000.h1", "0.11.1"), b"")
    said = failed(NotFound, "4.4.2", find=find)
    assert "has no chart 4.4.2; near it: 4.4.0" in said and "4.3.4" in said and "dev" not in said


@pytest.mark.parametrize("version", ["../../etc/passwd", "", "4.4.0\n", "a/b"])
def test_what_is_no_version_leads_nowhere(find, repository, version):
    assert "is no version" in failed(NotFound, version, find=find)
    assert repository.asked == []


def test_a_transfer_that_is_cut_is_tried_again(find, repository):
    def cut_once(handler):
        body = repository.charts["4.4.0"]
        cut = len(repository.asked) < 3
        reply(handler, 200, body[: 50 if cut else None], Content_Length=str(len(body)))
        handler.close_connection = True

    repository.answers[TGZ] = cut_once
    assert find().path.read_bytes() == repository.charts["4.4.0"]
    assert repository.asked == [INDEX, TGZ, TGZ]


def test_a_transfer_that_is_always_cut_leaves_nothing(find, repository):
    def cut(handler):
        reply(handler, 200, b"abc", Content_Length="5000")
        handler.close_connection = True

    repository.answers[TGZ] = cut
    assert "broke off before its end" in failed(OutsideFailed, find=find)
    assert repository.asked.count(TGZ) == 3 and not find.place.parent.exists()


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_not_asked_for_again(find, repository, status):
    repository.answers[TGZ] = lambda handler: reply(handler, status)
    assert f"status {status}" in failed(NotFound, find=find)
    assert repository.asked == [INDEX, TGZ]


def test_a_server_in_trouble_is_asked_three_times(find, repository):
    repository.answers[INDEX] = lambda handler: reply(handler, 503)
    assert "status 503" in failed(OutsideFailed, find=find)
    assert repository.asked == [INDEX] * 3


def test_a_silent_server_is_given_up(find, repository, monkeypatch):
    monkeypatch.setattr(download, "SILENCE_S", 0.1)
    done = threading.Event()
    repository.answers[INDEX] = lambda handler: done.wait(10)
    try:
        assert "no answer came within 0.1 s" in failed(OutsideFailed, find=find)
    finally:
        done.set()


def test_a_server_that_never_comes_to_its_end_is_given_up(find, repository, monkeypatch):
    monkeypatch.setattr(download, "TOGETHER_S", 0.2)

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x")
            if done.wait(0.02):
                return

    done = threading.Event()
    repository.answers[INDEX] = drip
    try:
        assert "did not come to its end within 0.2 s" in failed(OutsideFailed, find=find)
    finally:
        done.set()


def test_redirects_are_followed_but_not_for_ever(find, repository):
    repository.answers[TGZ] = lambda handler: reply(handler, 302, Location="/elsewhere.tgz")
    repository.answers["/elsewhere.tgz"] = lambda handler: reply(handler, 200, repository.charts["4.4.0"])
    assert find().digest == chart_package.digest(repository.charts["4.4.0"])
    find.place.unlink()
    repository.answers["/elsewhere.tgz"] = lambda handler: reply(handler, 302, Location="/elsewhere.tgz")
    assert "on and on" in failed(OutsideFailed, find=find)


def test_too_much_is_not_taken(find, repository):
    repository.charts["4.4.0"] = bytes(chart_package.LARGEST + 1)
    assert "more than 4,194,304 bytes" in failed(OutsideFailed, find=find)


def test_what_is_no_chart_is_refused(find, repository):
    repository.charts["4.4.0"] = b"<html>Welcome to our wireless network</html>"
    assert "is not a chart" in failed(Refused, find=find)


@pytest.mark.parametrize(
    "index",
    [b"", b"<html>", b"\xff", b"entries: [", b"entries: {other: []}", b"entries: {jupyterhub: 3}", b"- a", b"[" * 5000],
)
def test_a_broken_index_is_told_as_such(find, repository, index):
    repository.answers[INDEX] = lambda handler: reply(handler, 200, index)
    assert "is not a list of charts that names jupyterhub" in failed(OutsideFailed, find=find)


def test_an_index_without_an_address_is_told(find, repository):
    body = b"entries: {jupyterhub: [x, {version: 4.4.0, urls: []}]}"
    repository.answers[INDEX] = lambda handler: reply(handler, 200, body)
    assert "names no address" in failed(OutsideFailed, find=find)


@pytest.fixture
def no_network(repository):
    """An address where nothing listens."""
    repository.address = "http://127.0.0.1:9/charts/"


def test_without_network_and_cache_the_way_out_is_named(find, no_network):
    said = failed(OutsideFailed, find=find)
    assert "the cache has none that fits: no connection" in said
    assert "chart: {file: FILE}" in said and "{{" not in said


def test_without_network_the_cache_is_enough(find, repository):
    first = find()
    repository.address = "http://127.0.0.1:9/charts/"
    assert find() == first and find(digest=first.digest) == first


@pytest.mark.usefixtures("no_network")
class TestAFileThatIsGiven:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "mine.tgz"
        path.write_bytes(packed("4.4.0"))
        return path

    def test_it_is_used_where_it_is(self, find, file):
        chart = find(file=file)
        assert (chart.path, chart.version) == (file, "4.4.0")
        assert chart.digest == chart_package.digest(file.read_bytes())
        assert find(file=file, digest=chart.digest) == chart

    def test_its_digest_is_compared(self, find, file):
        assert "expected sha256:0000" in failed(Refused, "4.4.0", "0" * 64, find=find, file=file)

    def test_another_version_in_it_is_told(self, find, file):
        told = []
        assert find("4.3.2", file=file, tell=told.append).version == "4.4.0"
        assert told == [f"{file} holds chart 4.4.0; config.yaml is checked as for 4.3.2."]

    def test_a_missing_one_is_told(self, find, tmp_path):
        assert "There is no such file" in failed(NotFound, find=find, file=tmp_path / "none.tgz")

    @pytest.mark.parametrize("data", [b"", b"hello", packed()[:100]], ids=["empty", "text", "cut"])
    def test_what_is_no_chart_is_refused(self, find, file, data):
        file.write_bytes(data)
        failed(Refused, find=find, file=file)


def test_a_cache_that_cannot_be_written_is_told(find):
    find.place.parent.parent.write_text("a file where a folder is to be")
    assert "cannot be kept" in failed(OutsideFailed, find=find)


def test_many_at_once_get_the_same_whole_chart(find, repository):
    with ThreadPoolExecutor(8) as pool:
        charts = list(pool.map(lambda _: find(), range(8)))
    assert len(set(charts)) == 1 and find.place.read_bytes() == repository.charts["4.4.0"]
    assert [path.name for path in find.place.parent.iterdir() if path.name.startswith(".")] == []
