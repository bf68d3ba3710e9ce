"""How old an invoice is: the sheet, its figures, the filter over HTTP and the ledger agree, also after the clock went back."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
from openpyxl import load_workbook

from server.billing.receivables.aging import buckets_owed, first_days
from server.billing.receivables.aging_buckets import BUCKETS, bucket_of
from server.ledger.clock import utc_now
from server.ledger.receivables.aging import AgingQuestion
from server.ledger.store import Ledger
from tests.api.wire import press
from tests.ledger.invoiced import a_draft, created
from tests.ribbon.clicks import a_click

AGES = range(-40, 130)
"""In days. A negative one is of an invoice that was created before the clock was set back."""


def test_every_place_agrees_on_the_bucket_of_every_day_around_creation(
    service: httpx.Client, folder: Path, record_property: Callable[[str, object], None]
) -> None:
    now = utc_now()
    for age in AGES:
        ledger = Ledger(folder, lambda age=age: now - timedelta(days=age))  # type: ignore[misc]
        created(ledger.clinic("lakeside"), a_draft(case=f"Case {age}"))
    truth = Counter(bucket_of(max(0, age)).name for age in AGES)

    assert listed_by_bucket(service) == truth
    reply = press(service, "invoices.open", a_click()).json()
    assert {name: one["invoices"] for name, one in reply["figures"]["by_bucket"].items()} == truth
    rows = load_workbook(BytesIO(service.get(reply["output"]["url"]).content))["Invoices"].values
    heading = next(rows)
    shown = [row[heading.index("Age")] for row in rows if row[0]]
    assert Counter(bucket_of(age).name for age in shown if isinstance(age, int)) == truth
    with Ledger(folder).clinic("lakeside").reading() as books:
        today = now.astimezone().date()
        totals = books.aging.totals(AgingQuestion(today, first_days(BUCKETS, today)))
    assert [one.invoices for one in buckets_owed(totals, BUCKETS)] == [truth[one.name] for one in BUCKETS]
    record_property("Days of the clock on which all four places agree about an age", len(AGES))


def listed_by_bucket(service: httpx.Client) -> Counter[str]:
    """Return how many invoices the filter finds in each bucket, and that no invoice is in two of them."""
    found: dict[str, set[str]] = {}
    for bucket in BUCKETS:
        answer = service.get(
            "/clinics/lakeside/invoices", params={"bucket": bucket.name, "limit": 500}
        ).json()
        found[bucket.name] = {invoice["number"] for invoice in answer["invoices"]}
    assert len(set().union(*found.values())) == len(AGES)
    return Counter({name: len(numbers) for name, numbers in found.items()})
