"""An attorney asks for the status of an own case; staff see that and mark it as answered (rule: people#status-requests)."""

from collections.abc import Collection

from server.billing.days import us
from server.billing.invoices.status_requests import LONGEST_MESSAGE, MOST_A_DAY
from server.errors import (
    CaseNotYours,
    StatusAskedAlready,
    StatusMessageUnusable,
    TooManyStatusRequests,
    UnknownStatusRequest,
)
from server.ledger.invoices.parties import matching_text
from server.operations.attorney_cases import require_own_case
from server.operations.operation import operation
from server.operations.session import Session


@operation(CaseNotYours, StatusAskedAlready, StatusMessageUnusable, TooManyStatusRequests)
def request_status(session: Session, case_id: int, message: str) -> None:
    """Record that the attorney asks how far an own case has come. One request of an attorney about a case waits at a time."""
    words = _checked_message(message)
    attorney, books = session.person.attorney, session.books
    require_own_case(session, books, case_id)
    own = matching_text(attorney)
    for asked in books.status_requests.of_cases([case_id]).get(case_id, ()):
        if asked.answered_on is None and matching_text(asked.attorney) == own:
            raise StatusAskedAlready(us(asked.asked_on))
    if books.status_requests.of_day(attorney, session.today) >= MOST_A_DAY:
        raise TooManyStatusRequests(MOST_A_DAY)
    books.status_requests.add(case_id, attorney, words, session.person.name)


@operation(UnknownStatusRequest)
def answer_status_requests(session: Session, request_ids: Collection[int]) -> int:
    """Record that requests were answered, all or none; return how many of them were still open."""
    known = {one.id for one in session.books.status_requests.with_ids(request_ids)}
    for request_id in request_ids:
        if request_id not in known:
            raise UnknownStatusRequest(request_id)
    return session.books.status_requests.answer(request_ids, session.person.name)


def _checked_message(typed: str) -> str:
    """Return a message on one line; raises StatusMessageUnusable."""
    message = " ".join(typed.split())
    if len(message) > LONGEST_MESSAGE or not message.isprintable():
        raise StatusMessageUnusable(LONGEST_MESSAGE)
    return message
