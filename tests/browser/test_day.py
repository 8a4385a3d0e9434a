"""A day at the college, in the order in which it happens. Each test goes on where the one before ended."""

import re

import pytest

from browser.doing import choose_password, code_cell, link_in, open_lab, run_cell, sign_in
from hub.student import eventually

ADMIN = "instructor@college.edu"
ALICE = "alice@college.edu"
PASSWORD = "a long enough secret"


def test_the_admin_enters_by_the_link_that_up_printed(hub, people, picture):
    admin = people("admin")
    link = link_in(hub.up())
    admin.goto(link)
    admin.wait_for_url(re.compile(r"/hub/(home|spawn)|/user/"))
    admin.goto(f"{hub.address}hub/admin")
    admin.get_by_text(ADMIN).first.wait_for()
    shutdown = admin.locator("#shutdown-button")
    shutdown.wait_for(state="attached")
    assert not shutdown.is_visible(), "the supervisor would start the hub again"
    picture(admin, "admin")


def test_the_link_works_once_only(hub, people):
    link = link_in(hub.run("open", "--print").stdout)
    people("admin").goto(link)
    people("admin").wait_for_url(re.compile(r"/hub/(home|spawn)|/user/"))
    stranger = people("stranger")
    stranger.goto(link)
    stranger.get_by_text("classhub open").wait_for()
    assert "/hub/enter" in stranger.url


def test_alice_is_invited_chooses_a_password_and_her_server_starts(hub, people):
    alice = people("alice")
    alice.goto(link_in(hub.run("users", "invite", ALICE).stdout))
    choose_password(alice, PASSWORD)
    alice.wait_for_url(re.compile(r"/user/alice(@|%40)college.edu/lab"), timeout=120_000)


def test_she_opens_the_first_lab_and_a_cell_shows_its_output(hub, people, picture):
    alice = people("alice")
    open_lab(alice, f"{hub.address}user/{ALICE}/lab/tree/comp141/labs/lab01.ipynb")
    run_cell(alice, 0, "Hello, COMP 141!")
    picture(alice, "lab01")


def test_the_hub_dies_and_her_next_cell_still_knows_its_variables(hub, people):
    alice, old = people("alice"), hub.pid("hub")
    hub.kill("hub")
    run_cell(alice, 1, "COMP 141 has 8 characters")
    eventually(lambda: hub.pid("hub") != old and hub.status()["state"] == "running")
    alice.reload()
    code_cell(alice, 0).wait_for()


def test_she_logs_out_and_back_in_with_her_password(hub, people):
    alice = people("alice")
    alice.goto(f"{hub.address}hub/logout")
    alice.goto(f"{hub.address}hub/login")
    sign_in(alice, ALICE, PASSWORD)
    alice.wait_for_url(re.compile(r"/user/alice(@|%40)college.edu/lab"), timeout=120_000)


def test_jane_doe_asks_for_access_and_is_approved(hub, people, picture):
    jane, admin = people("jane"), people("admin")
    jane.goto(f"{hub.address}hub/login")
    picture(jane, "login")
    jane.get_by_text("Ask for access").click()
    jane.locator("input[name=username]").fill("Jane.Doe")
    choose_password(jane, PASSWORD)
    jane.get_by_text("the instructor will see your request").first.wait_for()
    jane.goto(f"{hub.address}hub/login")
    sign_in(jane, "Jane.Doe", PASSWORD)
    jane.get_by_text("Your request waits for an instructor").first.wait_for()
    admin.goto(f"{hub.address}hub/authorize")
    admin.get_by_text("jane.doe").first.wait_for()
    admin.get_by_role("button", name="Approve").first.click()
    admin.get_by_text("jane.doe may sign in now").first.wait_for()
    jane.goto(f"{hub.address}hub/login")
    sign_in(jane, "Jane.Doe", PASSWORD)
    jane.wait_for_url(re.compile(r"/user/jane\.doe/lab"), timeout=120_000)


def test_a_stranger_who_asks_under_the_admins_name_gets_nothing(hub, people):
    stranger = people("stranger")
    stranger.goto(f"{hub.address}hub/signup")
    stranger.locator("input[name=username]").fill(ADMIN)
    choose_password(stranger, PASSWORD)
    stranger.get_by_text("the instructor will see your request").first.wait_for()
    stranger.goto(f"{hub.address}hub/login")
    sign_in(stranger, ADMIN, PASSWORD)
    stranger.get_by_text(re.compile("invalid|not", re.I)).first.wait_for()
    assert "asks" not in hub.run("users", "list").stdout


def test_the_admin_enters_and_stops_a_students_server(hub, people):
    admin = people("admin")
    admin.goto(f"{hub.address}user/{ALICE}/lab")
    if "/hub/" in admin.url or admin.locator("text=Authorize").count():
        admin.locator("[type=submit]").first.click()
    admin.locator("#jp-main-dock-panel").wait_for()
    admin.goto(f"{hub.address}hub/admin")
    row = admin.locator("tr", has_text=ALICE).first
    row.get_by_role("button", name="Stop Server").click()
    eventually(lambda: ALICE not in [server["user"] for server in hub.status()["servers"]])


def test_a_stopped_servers_address_shows_a_page_in_words(hub, people):
    alice = people("alice")
    alice.goto(f"{hub.address}user/{ALICE}/lab")
    alice.get_by_text(re.compile("not running|Start My Server|Launch Server|Launch", re.I)).first.wait_for()


def test_a_server_that_cannot_start_says_why_on_the_page(hub, people):
    """Something went wrong with her home: she reads what, and that her files are safe."""
    alice = people("alice")
    home = hub.state / "homes" / ALICE
    home.rename(home.with_name("aside"))
    home.write_text("in the way")
    try:
        alice.goto(f"{hub.address}hub/spawn/{ALICE}")
        alice.get_by_text("Your home cannot be used just now").first.wait_for()
        alice.get_by_text("Your files are safe").first.wait_for()
    finally:
        home.unlink()
        home.with_name("aside").rename(home)
    alice.goto(f"{hub.address}hub/spawn/{ALICE}")
    alice.wait_for_url(re.compile(r"/user/alice(@|%40)college.edu/lab"), timeout=120_000)


@pytest.mark.parametrize("width", [400, 1280])
def test_our_pages_fit_a_phone(hub, chromium, width):
    context = chromium.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    for path in ("hub/login", "hub/signup", "hub/enter?code=unknown", "hub/invitation?code=unknown"):
        page.goto(f"{hub.address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
