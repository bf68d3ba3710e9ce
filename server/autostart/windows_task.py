"""The Scheduled Task of Windows that starts the service at log-on, as the XML of the Task Scheduler, version 1.4."""

import re
from collections.abc import Sequence
from subprocess import list2cmdline
from xml.etree import ElementTree as ET

TASK_NAME = "Clinic Ledger"
NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "true",
    "RunOnlyIfNetworkAvailable": "false",
    "AllowStartOnDemand": "true",
    "Enabled": "true",
    "Hidden": "false",
    "RunOnlyIfIdle": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": "PT0S",
    "Priority": "5",
}
"""``Hidden`` hides a task in the list of tasks, and no window. ``PT0S`` is no limit. Priority 5 is that of usual programs;
without it, a task gets less of the processor than they do."""

IDLE = {"StopOnIdleEnd": "false", "RestartOnIdle": "false"}
RESTART = {"Interval": "PT1M", "Count": "10"}


def task_xml(command: Sequence[str], user: str) -> bytes:
    """Return the task that runs a command when a user (domain, backslash, name) logs on, with the rights of that user.

    A task for the log-on of one user needs no administrator; one for everybody's would.
    """
    task = ET.Element("Task", {"version": "1.4", "xmlns": NAMESPACE})
    _add(task, "RegistrationInfo", {"Description": "Starts Clinic Ledger, the service for Excel."})
    _add(ET.SubElement(task, "Triggers"), "LogonTrigger", {"Enabled": "true", "UserId": user})
    rights = {"UserId": user, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}
    _add(ET.SubElement(task, "Principals"), "Principal", rights).set("id", "Author")
    settings = _add(task, "Settings", SETTINGS)
    _add(settings, "IdleSettings", IDLE)
    _add(settings, "RestartOnFailure", RESTART)
    actions = ET.SubElement(task, "Actions", {"Context": "Author"})
    program, *options = command
    _add(actions, "Exec", {"Command": program, "Arguments": list2cmdline(options)})
    ET.indent(task)
    text = ET.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'.encode("utf-16")


def command_of_task(content: bytes) -> list[str]:
    """Return the command in a task that ``task_xml`` made, for paths of Windows. Raises ValueError for another one."""
    try:
        action = ET.fromstring(content).find(f".//{{{NAMESPACE}}}Exec")  # noqa: S314 - a file of this user
    except ET.ParseError:
        action = None
    if action is None:
        raise ValueError("the task starts nothing")
    program, options = (action.findtext(f"{{{NAMESPACE}}}{name}", "") for name in ("Command", "Arguments"))
    quoted_or_plain = re.findall(r'"([^"]*)"|(\S+)', options)
    # Before a closing quotation mark, list2cmdline writes each backslash twice.
    return [program, *(re.sub(r"(\\+)\1$", r"\1", quoted) or plain for quoted, plain in quoted_or_plain)]


def _add(parent: ET.Element, name: str, values: dict[str, str]) -> ET.Element:
    """Add an element with a child for each value, and return it."""
    added = ET.SubElement(parent, name)
    for child, value in values.items():
        ET.SubElement(added, child).text = value
    return added
