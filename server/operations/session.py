"""One request of one person: who asks, on which day, about which clinic, and what is recorded of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from server.billing.people import ANYBODY, Person, Role
from server.errors import NoClinic, RoleNotAllowed, UnknownClinic
from server.ledger.clinic_books import Answer, ClinicBooks
from server.ledger.store import ClinicStore, Ledger

LOCAL_PERSON = Person("local", Role.MANAGER)
"""Who asks until the service knows its users: it belongs to the person who started it, voids and write-offs included."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What tells a request sent again from another: its id and the digest of what was sent. ``name`` is what it asks."""

    id: str
    digest: str
    name: str


class AnsweredBefore(Exception):
    """Raised where a request turns out to be answered when its transaction begins."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Session:
    """The person, the day and the books that operations work with.

    ``reading`` shows the books without holding anybody up. ``books`` begins the one transaction of the request when it
    is first used. What operations write, who looked at what, and the answer are committed together by
    ``transaction``, or none of it is.
    """

    def __init__(
        self, ledger: Ledger, person: Person, clinic_id: str = "", request: RequestKey | None = None
    ) -> None:
        self.ledger = ledger
        self.person = person
        self.request = request
        self._clinic_id = clinic_id
        self._writing: ClinicBooks | None = None
        self._has_begun = False
        self._open = ExitStack()
        self._views: list[tuple[str, str]] = []
        self._answer: Answer | None = None

    @property
    def clinic_id(self) -> str:
        """Return the id of the clinic the request is about; raises NoClinic where it names none."""
        if not self._clinic_id:
            raise NoClinic
        return self._clinic_id

    @property
    def request_id(self) -> str:
        """Return the id of the request, "" where it has none."""
        return self.request.id if self.request else ""

    @cached_property
    def today(self) -> date:
        """Return the civil day, the same one for the whole request."""
        return self.ledger.today()

    @property
    def store(self) -> ClinicStore:
        """Return the file of the clinic; raises UnknownClinic."""
        return self.ledger.clinic(self.clinic_id)

    def enter_clinic(self, clinic_id: str) -> None:
        """Make the request one about this clinic: saving a setup names it in its sheets."""
        self._clinic_id = clinic_id

    def require_role(self, roles: frozenset[Role], what: str) -> None:
        """Raise RoleNotAllowed unless the person has one of the roles."""
        if roles != ANYBODY and self.person.role not in roles:
            raise RoleNotAllowed(what)

    @contextmanager
    def reading(self) -> Iterator[ClinicBooks]:
        """Show the books as they are now, or as this request leaves them once it has begun to write."""
        if self._writing is not None:
            yield self._writing
            return
        with self.store.reading() as books:
            yield books

    @property
    def books(self) -> ClinicBooks:
        """Return the books to write into. The first use begins the transaction.

        Raises AnsweredBefore where the same request was answered meanwhile.
        """
        if self._writing is None:
            books = self._open.enter_context(self.store.transaction())
            if self.request and (answer := books.replay(self.request.id, self.request.digest)):
                raise AnsweredBefore(answer)
            self._writing, self._has_begun = books, True
        return self._writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything recorded inside, or none of it."""
        with ExitStack() as self._open:
            try:
                yield
                self._record_views_and_answer()
            finally:
                self._writing = None

    @property
    def has_recorded(self) -> bool:
        """Return whether the request began to write, or showed something that is written down."""
        return self._has_begun or bool(self._views)

    def record_view(self, what: str, about: str) -> None:
        """Have it written down that the person looked at something (rule: people#access-log).

        ``about`` is numbers or a count, never a name.
        """
        self._views.append((what, about))

    def keep_answer(self, answer: Answer) -> None:
        """Have the answer recorded with the request, to be given again if the request is sent again."""
        self._answer = answer

    def recorded_answer(self) -> Answer | None:
        """Return the answer to this very request if it was recorded before.

        Raises RequestIdReused for the same id with another content, and AnswerExpired.
        """
        if not (self.request and self._clinic_id):
            return None
        try:
            store = self.store
        except UnknownClinic:
            return None
        with store.reading() as books:
            return books.replay(self.request.id, self.request.digest)

    def _record_views_and_answer(self) -> None:
        for what, about in self._views:
            self.books.log_access(self.person.name, what, about)
        if self._answer and self.request:
            key = self.request
            self.books.remember(key.id, key.digest, self._answer, key.name, self.person.name)
