"""The order in which the courier works."""

from classhub.server.jobs import FRESH_S, Jobs


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_file_that_somebody_waits_for_comes_before_everything_else():
    jobs = Jobs()
    jobs.everything()
    job = jobs.bring("comp141", "a.txt")
    assert jobs.next(0) is job
    assert jobs.next(0) is True
    assert jobs.next(0) is False, "asked once is done once"


def test_a_page_that_asks_again_waits_for_the_same_job():
    clock = Clock()
    jobs = Jobs(clock)
    job = jobs.bring("comp141", "a.txt")
    assert jobs.bring("comp141", "a.txt") is job
    assert jobs.next_link() is job and jobs.next_link() is None
    assert jobs.bring("comp141", "a.txt") is job, "it is being worked on"
    jobs.ended(job)
    assert job.done.is_set() and jobs.bring("comp141", "a.txt") is job
    clock.now = FRESH_S + 1
    assert jobs.bring("comp141", "a.txt") is not job, "a later click looks again"


def test_other_files_and_courses_are_other_jobs():
    jobs = Jobs()
    assert len({jobs.bring(*one) for one in [("a", "x"), ("a", "y"), ("b", "x")]}) == 3
