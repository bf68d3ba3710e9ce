"""What is taken out of the books as files: invoices, and the journal for accounting programs."""

from server.ledger.engine.database_session import DatabaseSession
from server.ledger.receivables.accounting_journal import AccountingJournal
from server.ledger.receivables.invoice_export import InvoiceExport


class Exports:
    """The ``invoices`` and the ``journal`` of one reading."""

    def __init__(self, session: DatabaseSession) -> None:
        self.invoices = InvoiceExport(session)
        self.journal = AccountingJournal(session)
