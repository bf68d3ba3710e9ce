"""The worklist: everything of a clinic that waits for somebody (rule: receivables#worklist)."""

from server.billing.receivables.reminders import due_reminders
from server.billing.receivables.worklist import WorkItem, WorkKind, sorted_work, work_of_reminder
from server.errors import count_of
from server.operations.operation import operation
from server.operations.session import Session


@operation()
def list_worklist(session: Session, kind: WorkKind | None = None, who: str = "") -> list[WorkItem]:
    """Return what waits, of a kind and for a person if they are given, the largest amounts first."""
    today = session.today
    with session.reading() as books:
        due = due_reminders(books.reminders.due_by(today), today)
        found = [*(work_of_reminder(one, today) for one in due), *books.worklist.work_items(today)]
    listed = sorted_work(found, kind, who)
    session.record_view("list worklist", count_of(len(listed), "item"))
    return listed
