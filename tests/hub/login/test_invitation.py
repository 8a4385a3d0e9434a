"""Invitations: an account by a single-use link."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from classhub.errors import NotFound, Refused
from hub.login.running import words

CONFIG = """
c.JupyterHub.authenticator_class = StandInAuthenticator
c.StandInAuthenticator.admin_users = {"Instructor@college.edu"}
c.StandInAuthenticator.allowed_users = {"alice@college.edu", "Bob", "Jane Doe"}
c.StandInAuthenticator.blocked_users = {"mallory"}
# what a college may have set for the authenticator that the stand-in replaces
c.Authenticator.auto_login = True
c.Authenticator.manage_groups = True
c.Authenticator.allow_all = True
"""
GOOD = "correct horse battery"


def test_a_listed_person_chooses_a_password_and_goes_on_to_the_server(hub):
    alice = hub.browser()
    link = hub.api.invite("alice@college.edu")
    assert link.name == "alice@college.edu"
    page = alice.get(link.url)
    assert page.status_code == 200
    assert "Welcome alice@college.edu : choose a password" in words(page)
    done = alice.submit(page, password=GOOD, again=GOOD)
    assert done.status_code == 302
    assert done.headers["location"] == "/hub/spawn"
    assert alice.name() == "alice@college.edu"

    later = hub.browser()
    assert later.log_in("Alice@College.edu", GOOD).status_code == 302
    assert later.name() == "alice@college.edu"


def test_next_leads_on_after_the_password(hub):
    browser = hub.browser()
    page = browser.get(hub.api.invite("bob").url + "&" + urlencode({"next": "/hub/user-redirect/lab?a=1"}))
    done = browser.submit(page, password=GOOD, again=GOOD)
    assert done.headers["location"] == "/hub/user-redirect/lab?a=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/x\r\nSet-Cookie: a=b",
        "javascript:1",
    ],
)
def test_next_never_leads_away_and_never_fails(hub, target):
    browser = hub.browser()
    page = browser.get(hub.api.invite("guest").url + "&" + urlencode({"next": target}))
    done = browser.submit(page, password=GOOD, again=GOOD)
    assert done.status_code == 302
    assert done.headers["location"].startswith(("/hub/", "/%5Cevil"))
    assert "code" not in done.headers["location"]


def test_an_admin_who_is_invited_is_admin(hub):
    browser = hub.has_account("INSTRUCTOR@college.edu", GOOD)
    assert browser.name() == "instructor@college.edu"
    assert hub.api.user("instructor@college.edu")["admin"]


@pytest.mark.parametrize(
    "name", ["Jane Doe", "x" * 70 + "@college.edu", "Zoë.Ünïcode", "o'neil+ta@college.edu", "a?b#c%d&e"]
)
def test_any_name_that_jupyterhub_allows_can_be_invited(hub, name):
    assert hub.has_account(name, GOOD).name()
    assert hub.browser().log_in(name, GOOD).status_code == 302
    assert hub.api.user(name.lower())["name"] == name.lower()


@pytest.mark.parametrize("name", ["", " ", "a/b", "..", "a\nb", "a\u202eb", "x" * 256, "x" * 5_000_000, "mallory"])
def test_names_that_cannot_be_users_are_refused_in_a_sentence(hub, name):
    with pytest.raises(Refused):
        hub.api.invite(name)


def test_an_invitation_works_once(hub):
    link = hub.api.invite("carol").url
    carol, thief = hub.browser(), hub.browser()
    open_page = thief.get(link)
    carol.submit(carol.get(link), password=GOOD, again=GOOD)
    late = thief.submit(open_page, password="another one", again="another one")
    assert late.status_code == 410
    assert "used already" in words(late)
    assert "ask your instructor for a new invitation" in words(late)
    assert hub.browser().get(link).status_code == 410
    assert carol.get(link).headers["location"] == "/hub/home"
    assert hub.browser().log_in("carol", "another one").status_code == 403


def test_of_many_at_once_one_wins(hub):
    link = hub.api.invite("dave").url
    browsers = [hub.browser() for _ in range(8)]
    pages = [browser.get(link) for browser in browsers]

    def send(number):
        chosen = f"password number {number}"
        return browsers[number].submit(pages[number], password=chosen, again=chosen).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(send, range(8)))
    assert sorted(codes) == [302] + [410] * 7
    winner = codes.index(302)
    right = [
        hub.browser().log_in("dave", f"password number {number}").status_code for number in (winner, (winner + 1) % 8)
    ]
    assert right == [302, 403]


def test_a_new_invitation_revokes_the_old_one(hub):
    old, new = hub.api.invite("erin").url, hub.api.invite("Erin").url
    assert hub.browser().get(old).status_code == 403
    assert hub.browser().get(new).status_code == 200


@pytest.mark.parametrize("query", ["", "?code=", "?code=nonsense", "?code=%ff%00", "?code=" + "x" * 5000])
def test_an_unknown_code_is_a_page_in_words(hub, query):
    page = hub.browser().get(f"hub/invitation{query}")
    assert page.status_code in (400, 403)
    assert page.status_code == 400 or "ask your instructor" in words(page)


def test_an_expired_invitation_says_so(hub):
    link = hub.api.invite("frank").url
    browser = hub.browser()
    page = browser.get(link)
    hub.sql("update classhub_invitations set expires = expires - 604801 where name = 'frank'")
    for answer in (browser.submit(page, password=GOOD, again=GOOD), browser.get(link)):
        assert answer.status_code == 410
        assert "has expired" in words(answer)


def test_inviting_again_is_a_reset_and_ends_old_sessions(hub):
    before = hub.has_account("grace", GOOD)
    browser = hub.browser()
    page = browser.get(hub.api.invite("grace").url)
    assert "grace : choose a new password" in words(page)
    assert before.name() == "grace"
    browser.submit(page, password="quite another one", again="quite another one")
    assert browser.name() == "grace"
    assert before.name() == ""
    assert hub.browser().log_in("grace", GOOD).status_code == 403
    assert hub.browser().log_in("grace", "quite another one").status_code == 302


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "too short"),
        ("long enough", "not the same", "differ"),
        ("password123", "password123", "common"),
        ("PASSWORD123", "PASSWORD123", "common"),
        ("x" * 73, "x" * 73, "too long"),
        ("ü" * 40, "ü" * 40, "too long"),
    ],
)
def test_a_weak_password_is_explained_and_burns_nothing(hub, password, again, said):
    browser = hub.browser()
    page = browser.get(hub.api.invite("heidi").url)
    answer = browser.submit(page, password=password, again=again)
    assert answer.status_code == 400
    assert said in words(answer)
    assert browser.submit(answer, password=GOOD, again=GOOD).status_code == 302


def test_a_forged_form_changes_nothing(hub):
    link = hub.api.invite("ivan").url
    browser = hub.browser()
    page = browser.get(link)
    stranger = hub.browser()
    foreign = stranger.get(link)
    for attempt in (
        browser.submit(page, _xsrf="", password=GOOD, again=GOOD),
        browser.submit(foreign, password=GOOD, again=GOOD),
        hub.browser().submit(page, password=GOOD, again=GOOD),
    ):
        assert attempt.status_code == 403
        assert "could not be used" in words(attempt)
    assert browser.submit(page, password=GOOD, again=GOOD).status_code == 302


def test_the_database_and_the_log_hold_no_code(hub):
    code = hub.code("judy")
    browser = hub.browser()
    browser.submit(browser.get(f"hub/invitation?code={code}"), password=GOOD, again=GOOD)
    hub.browser().get(f"hub/invitation?code={code}")
    kept = b"".join(path.read_bytes() for path in hub.folder.iterdir() if path.is_file())
    assert code.encode() not in kept
    assert GOOD.encode() not in kept


def test_a_removed_user_is_out_and_cannot_come_back(hub):
    browser = hub.has_account("kim", GOOD)
    waiting, entry = hub.api.invite("kim").url, hub.api.enter_link("kim").url
    hub.api.remove_user("kim")
    assert browser.name() == ""
    assert hub.browser().log_in("kim", GOOD).status_code == 403
    assert hub.browser().get(waiting).status_code == 403
    assert hub.browser().get(entry).status_code == 403
    with pytest.raises(NotFound):
        hub.api.user("kim")


def test_accounts_and_invitations_survive_a_restart(hub):
    browser = hub.has_account("leo", GOOD)
    link = hub.api.invite("mia").url
    hub.restart()
    assert browser.name() == "leo"
    assert hub.browser().log_in("leo", GOOD).status_code == 302
    assert hub.browser().get(link).status_code == 200


def test_a_signed_in_person_changes_the_password(hub):
    browser, elsewhere = hub.has_account("nina", GOOD), hub.browser()
    elsewhere.log_in("nina", GOOD)
    page = browser.get("hub/change-password")
    wrong = browser.submit(page, old="not it at all", password="my new phrase", again="my new phrase")
    assert (wrong.status_code, "present password is wrong" in words(wrong)) == (400, True)
    done = browser.submit(page, old=GOOD, password="my new phrase", again="my new phrase")
    assert "is changed" in words(done)
    assert browser.name() == "nina"
    assert elsewhere.name() == ""
    assert hub.browser().log_in("nina", "my new phrase").status_code == 302


def test_an_open_invitation_is_listed_until_it_is_used_or_withdrawn(hub):
    hub.has_account("used.it", "correct horse battery")
    link = hub.api.invite("Alice@Collge.edu").url
    listed = {one.name: one.expires for one in hub.api.invitations()}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", listed["alice@collge.edu"])
    assert "used.it" not in listed
    hub.api.withdraw("alice@collge.edu")
    assert "alice@collge.edu" not in {one.name for one in hub.api.invitations()}
    assert hub.browser().get(link).status_code == 403
    with pytest.raises(NotFound) as caught:
        hub.api.withdraw("alice@collge.edu")
    assert caught.value.cause == "No invitation for alice@collge.edu is open."


@pytest.mark.parametrize(
    ("typed", "name", "wrong"),
    [
        (" Jane.Doe ", "jane.doe", ""),
        ("a b", "a b", ""),
        ("root", "root", ""),
        ("a/b", "a/b", "it has a slash"),
        ("..", "..", "made of dots only"),
        ("%2e", "%2e", "made of dots only"),
        ("Hub", "hub", "it is a part of the hub"),
        ("supervisor", "supervisor", "it is a part of the hub"),
        ("hub@college.edu", "hub@college.edu", ""),
        ("", "", "1 to 255 bytes"),
        ("a\u202eb", "a\u202eb", "no invisible characters"),
    ],
)
def test_a_name_is_told_as_the_hub_writes_it_and_what_is_wrong_with_it(hub, typed, name, wrong):
    told = hub.api.spelling(typed)
    assert told.name == name
    assert wrong in told.wrong and bool(wrong) == bool(told.wrong)


def test_these_calls_are_not_for_students(hub):
    student = hub.has_account("curious", "correct horse battery")
    for path in ("invitations", "spelling?name=alice"):
        assert student.client.get(f"hub/api/classhub/{path}").status_code == 403
    assert student.client.delete("hub/api/classhub/invitations/alice").status_code == 403


def test_the_hub_never_answered_500(hub):
    assert " 500 " not in hub.log.read_text()
    assert "Traceback" not in hub.log.read_text()
