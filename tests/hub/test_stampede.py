"""Many students open their notebook at the same moment: all get a server, none a failure."""

import os

from hub.student import eventually

COUNT = int(os.environ.get("CLASSHUB_STARTS", "15"))


def test_starts_at_once_all_come_up(hub):
    students = [hub.student(f"student{number:02}@college.edu") for number in range(COUNT)]
    api = students[0].api
    for student in students:
        api.add_user(student.name)
    for student in students:
        api.start_server(student.name)

    def ready() -> list[str]:
        return [user["name"] for user in api.users() if user["servers"].get("", {}).get("ready")]

    def failed() -> list[str]:
        return [user["name"] for user in api.users() if not user["servers"]]

    eventually(lambda: len(ready()) + len(failed()) >= COUNT and len(ready()) == COUNT, timeout_s=400, every_s=1)
    assert len(hub.status()["servers"]) == COUNT
    events = hub.run("events", students[-1].name).stdout
    assert "in line" in events
    hub.down()
    assert hub.status()["servers"] == []
