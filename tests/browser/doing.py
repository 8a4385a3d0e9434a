"""What a person does on a page."""

import re


def link_in(text: str) -> str:
    return re.findall(r"https?://\S+code=\S+", text)[0]


def code_cell(page, number: int):
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").nth(number)


def run_cell(page, number: int, shows: str) -> None:
    """Click into it, Shift+Enter, and wait until it shows these words."""
    cell = code_cell(page, number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    cell.locator(".jp-OutputArea-output", has_text=shows).first.wait_for()


def sign_in(page, name: str, password: str) -> None:
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.locator("[type=submit]").first.click()


def choose_password(page, password: str) -> None:
    """Into every password field of the form, then send it."""
    for field in page.locator("input[type=password]").all():
        field.fill(password)
    page.locator("[type=submit]").first.click()


def open_lab(page, url: str) -> None:
    """Until the notebook is there and its kernel waits for work."""
    page.goto(url)
    code_cell(page, 0).wait_for()
    # the notebook's own indicator says idle also before there is a kernel, and JupyterLab drops what is run then
    page.locator("#jp-main-statusbar").get_by_text("(ipykernel) | Idle").wait_for()
