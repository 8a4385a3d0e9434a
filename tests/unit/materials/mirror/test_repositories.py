"""What students are told of a course's source."""

import pytest

from classhub.materials.mirror.settings import Course, Source


@pytest.mark.parametrize(
    "source, told",
    [
        (None, ()),
        (Source("folder", "/srv/material"), ()),
        (Source("archive", "https://files.college.edu/a.zip"), ()),
        (Source("git", "git@GitHub.com:college-cs/comp141.git"), ("github.com/college-cs/comp141",)),
        (Source("git", "https://user:secret@git.college.edu/cs/comp141"), ("git.college.edu/cs/comp141",)),
    ],
)
def test_a_repository_is_named_as_links_name_it_and_without_a_secret(source, told):
    assert Course("comp141", source=source).repositories == told
