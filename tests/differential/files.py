"""Dialects of the file a log is saved as."""

from dataclasses import replace

from tests.differential.page import FileForm, Page, Shown, dollars
from tests.differential.switches import Stage, switch
from tests.differential.truth import SMITHE


def _is_sent_as(name: str, form: FileForm, *, mild: bool = False) -> None:
    def change(page: Page) -> None:
        page.form = FileForm(form.kind, form.delimiter, form.encoding, form.unquoted, form.ends_with_newline)

    switch(name, "file", Stage.FILE, mild=mild)(change)


_is_sent_as("an .xlsx file", FileForm("xlsx"), mild=True)
_is_sent_as("a .csv file", FileForm("csv"), mild=True)
_is_sent_as("a .csv file with a byte order mark", FileForm("csv", encoding="utf-8-sig"), mild=True)
_is_sent_as("a .csv file in UTF-16", FileForm("csv", encoding="utf-16"), mild=True)
_is_sent_as("a .csv file in Windows-1252", FileForm("csv", encoding="cp1252"), mild=True)
_is_sent_as("a .csv file with semicolons", FileForm("csv", delimiter=";"), mild=True)
_is_sent_as("a text file with tabs", FileForm("csv", delimiter="\t"), mild=True)


@switch("a .csv file in Windows-1252 that ends in a special letter", "file", Stage.ORDER)
def special_last_letter(page: Page) -> None:
    page.form = FileForm("csv", encoding="cp1252", ends_with_newline=page.rng.random() < 1 / 2)
    at = page.place("provider")
    if at is not None:
        page.fields.append(page.fields.pop(at))
        page.visits[-1] = replace(page.visits[-1], provider=SMITHE)


@switch("a .csv file in Windows-1252 that ends in half a dollar", "file", Stage.ORDER)
def half_dollar_at_the_end(page: Page) -> None:
    """End the file in ½, which is no digit and may not be left out."""
    page.form = FileForm("csv", encoding="cp1252", ends_with_newline=page.rng.random() < 1 / 2)
    at = page.place("collected")
    if at is not None:
        page.fields.append(page.fields.pop(at))
        last = page.visits[-1] = replace(page.visits[-1], client=2_050, insurer=10_000)
        page.respell(
            "collected", lambda visit: Shown("120\u00bd") if visit.id == last.id else dollars(visit.collected)
        )


@switch("a .csv file with unquoted thousands", "file", Stage.HEADINGS)
def unquoted_thousands(page: Page) -> None:
    """Write amounts as 1,234.50 between commas, without quotes."""
    page.form = FileForm("csv", unquoted=True)
    odd = page.rng.choice(page.visits).id
    page.visits = [replace(visit, charge=123_450) if visit.id == odd else visit for visit in page.visits]
    page.respell("charge", lambda visit: Shown(f"{visit.charge / 100:,.2f}"))
    page.respell("collected", lambda visit: Shown(f"{visit.collected / 100:,.2f}"))
