"""What checking a password costs, with bcrypt as it is in earnest."""

import time
from concurrent.futures import ThreadPoolExecutor

CONFIG = """
c.JupyterHub.authenticator_class = StandInAuthenticator
login_passwords.ROUNDS = 12
"""


def test_the_hub_answers_others_while_it_checks_passwords(hub):
    browsers = [hub.browser() for _ in range(8)]
    pages = [browser.get("hub/login") for browser in browsers]
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(browser.submit, page, username="busy", password="guess")
            for browser, page in zip(browsers, pages, strict=True)
        ]
        answers, other = 0, hub.browser()
        while not all(each.done() for each in tries):
            other.get("hub/health")
            answers += 1
    assert answers > 1.5 * len(tries), "a hub that checks them itself answers once between two of them"


def test_the_time_taken_does_not_tell_who_exists(hub):
    hub.has_account("known", "correct horse battery")

    def seconds(name):
        browser = hub.browser()
        page = browser.get("hub/login")
        begun = time.perf_counter()
        browser.submit(page, username=name, password="guess")
        return time.perf_counter() - begun

    taken: dict[str, list[float]] = {"known": [], "who.is.this": [], "a/b": []}
    for round_ in range(20):  # in turns and some more often, as others may be at work on the machine
        for name, times in taken.items():
            times.append(seconds(name))
        quickest = [min(times) for times in taken.values()]
        if round_ >= 3 and max(quickest) < 1.6 * min(quickest):
            break
    assert max(quickest) < 1.6 * min(quickest), taken
