"""One request of one person: the person, the day, the clinic, and what the request records."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from server.billing.people import LOCAL_PERSON, Person
from server.errors import LedgerReadOnly, NoClinic, UnknownClinic
from server.ledger.clinic_books import Answer, ClinicBooks
from server.ledger.clinic_store import ClinicStore
from server.ledger.firm_access import EMERGENCY, LOCAL
from server.ledger.store import ClinicEntry, Ledger


@dataclass(frozen=True, slots=True)
class Asker:
    """Who makes a request, and from where: an address, or ``LOCAL``."""

    person: Person
    address: str = LOCAL


LOCAL_ASKER = Asker(LOCAL_PERSON)
"""Who works on the ledger folder itself."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What identifies a repeated request: its id and the digest of what was sent. ``name`` is the operation."""

    id: str
    digest: str
    name: str


class AnsweredBefore(Exception):
    """Raised if a request turns out to be answered already when its transaction begins."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Session:
    """The person, the day and the books that operations work with.

    ``reading`` yields the books without blocking other requests. ``books`` begins the request's only transaction when
    it is first used. ``transaction`` commits what operations write, the access log and the answer together, or none
    of it.
    """

    def __init__(
        self,
        ledger: Ledger,
        person: Person,
        clinic_id: str = "",
        request: RequestKey | None = None,
        address: str = LOCAL,
    ) -> None:
        self.ledger = ledger
        self.person = person
        self.address = address
        self.request = request
        self._clinic_id = clinic_id
        self._writing: ClinicBooks | None = None
        self._has_begun = False
        self._open = ExitStack()
        self._views: list[tuple[str, str]] = []
        self._answer: Answer | None = None
        self._is_emergency = False

    @property
    def clinic_id(self) -> str:
        """Return the id of the request's clinic.

        Raises NoClinic if the request names none, and UnknownClinic if the person was not given it: whoever was not
        given a clinic cannot tell whether the firm has it.
        """
        if not self._clinic_id:
            raise NoClinic
        if not self.person.may_open(self._clinic_id):
            raise UnknownClinic(self._clinic_id)
        self._is_emergency = self.person.is_emergency_in(self._clinic_id)
        return self._clinic_id

    def clinics(self) -> list[ClinicEntry]:
        """Return the clinics that the person may open, by name."""
        return [entry for entry in self.ledger.clinics() if self.person.may_open(entry.id)]

    @property
    def request_id(self) -> str:
        """Return the id of the request, "" if it has none."""
        return self.request.id if self.request else ""

    @cached_property
    def today(self) -> date:
        """Return the local day, the same one for the whole request."""
        return self.ledger.today()

    @property
    def store(self) -> ClinicStore:
        """Return the store of the clinic; raises UnknownClinic."""
        return self.ledger.clinic(self.clinic_id)

    def enter_clinic(self, clinic_id: str) -> None:
        """Set the clinic of the request, for a saved setup, whose sheets name the clinic, and for a file of a clinic."""
        self._clinic_id = clinic_id

    @contextmanager
    def reading(self) -> Iterator[ClinicBooks]:
        """Yield the books as they are now, or with this request's own writes if it has begun to write."""
        if self._writing is not None:
            yield self._writing
            return
        with self.store.reading() as books:
            yield books

    @property
    def books(self) -> ClinicBooks:
        """Return the books for writing. The first use begins the transaction.

        Raises AnsweredBefore if the same request was answered meanwhile.
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
        """Return whether the request began to write, or showed something that the access log records."""
        return self._has_begun or bool(self._views)

    def recorded_ahead(self) -> datetime | None:
        """Return the local instant of the latest entry if the clock was set back since it was recorded, else ``None``."""
        with self.reading() as books:
            latest = books.recorded_ahead()
        return datetime.fromisoformat(latest).astimezone() if latest else None

    @property
    def has_books(self) -> bool:
        """Return whether the request is about a clinic that the ledger has."""
        try:
            return bool(self._clinic_id and self.store)
        except UnknownClinic:
            return False

    def record_view(self, what: str, about: str) -> None:
        """Record that the person looked at something (rule: people#access-log).

        ``about`` has numbers or a count, never a name.
        """
        self._views.append((what, about))

    def keep_answer(self, answer: Answer) -> None:
        """Record the answer with the request, for a repeated request."""
        self._answer = answer

    def recorded_answer(self) -> Answer | None:
        """Return the recorded answer to this request, ``None`` if there is none.

        Raises RequestIdReused for the same id with other content, and AnswerExpired.
        """
        if not (self.request and self.has_books):
            return None
        with self.store.reading() as books:
            return books.replay(self.request.id, self.request.digest)

    def _record_views_and_answer(self) -> None:
        if self._is_emergency and not self._views:
            self.record_view(self.request.name if self.request else "other request", "")
        if self._views and not self._is_view_recordable():
            return
        for what, about in self._views:
            self.books.log_access(self.person.name, what, about, self._origin)
        if self._answer and self.request:
            key = self.request
            self.books.remember(key.id, key.digest, self._answer, key.name, self.person.name)

    @property
    def _origin(self) -> str:
        """Return where the request came from as the access log keeps it, marked if the clinic was opened in an emergency."""
        return f"{EMERGENCY} {self.address}" if self._is_emergency else self.address

    def _is_view_recordable(self) -> bool:
        """Return whether views can be recorded. If not, a request that only shows something is answered all the same.

        A copy of a ledger that can only be read has no place for its access log (rule: people#access-log).
        """
        try:
            return bool(self.books)
        except LedgerReadOnly:
            return False
