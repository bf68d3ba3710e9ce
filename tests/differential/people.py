"""Dialects of who a visit was with, and of which visit it was: providers, patients and appointment IDs."""

from tests.differential.page import BLANK, ZERO_WIDTH, Field, Page, Row, Shown
from tests.differential.switches import Stage, switch
from tests.differential.truth import ALIASES, PATIENTS, PERSON_IDS

# Providers


@switch("providers by an alias", "provider", mild=True)
def provider_aliases(page: Page) -> None:
    page.respell("provider", lambda visit: Shown(ALIASES[visit.provider][-1]))


@switch("providers last name first", "provider", mild=True)
def last_name_first(page: Page) -> None:
    page.respell("provider", lambda visit: Shown(ALIASES[visit.provider][0]))


@switch("providers in several spellings", "provider", mild=True)
def provider_spellings(page: Page) -> None:
    spelled = {
        visit.id: page.rng.choice((visit.provider, *ALIASES[visit.provider], visit.provider.upper()))
        for visit in page.visits
    }
    page.respell("provider", lambda visit: Shown(spelled[visit.id]))


@switch("providers with their ID beside them", "provider", mild=True)
def provider_ids_beside(page: Page) -> None:
    page.add(
        Field("provider_id", "Provider ID", lambda visit: Shown(PERSON_IDS[visit.provider])), after="provider"
    )


@switch("providers by their ID alone", "provider")
def provider_ids_alone(page: Page) -> None:
    if column := page.column("provider"):
        column.heading = page.rng.choice(("Provider", "Provider ID"))
    page.respell("provider", lambda visit: Shown(PERSON_IDS[visit.provider]))


@switch("providers as first and last name", "provider")
def provider_names_in_two(page: Page) -> None:
    prefix = page.rng.choice(("Provider", "Clinician"))
    page.add(
        Field(
            "provider:last",
            f"{prefix} Last Name",
            lambda visit: Shown(visit.provider.split(maxsplit=1)[1]),
        ),
        after="provider",
    )
    if column := page.column("provider"):
        column.heading = f"{prefix} First Name"
        column.spell = lambda visit: Shown(visit.provider.split(maxsplit=1)[0])


@switch("providers with hidden characters", "provider", mild=True)
def hidden_characters_in_providers(page: Page) -> None:
    hidden = page.rng.choice((ZERO_WIDTH, "\u00a0", "\u200e", "  "))
    page.respell("provider", lambda visit: Shown(hidden + visit.provider.replace(" ", f" {hidden}")))


# Appointment IDs


@switch("IDs as numbers", "id", mild=True)
def number_ids(page: Page) -> None:
    page.respell("appointment", lambda visit: Shown(int(visit.id[2:]) + 100_000))


@switch("IDs with leading zeros", "id", mild=True)
def zero_ids(page: Page) -> None:
    page.respell("appointment", lambda visit: Shown(visit.id[2:].zfill(9)))


@switch("IDs whose zeros are only a format", "id", mild=True)
def formatted_ids(page: Page) -> None:
    page.respell("appointment", lambda visit: Shown(int(visit.id[2:]), "0000000"))


@switch("IDs in lower case", "id", mild=True)
def lower_ids(page: Page) -> None:
    page.respell("appointment", lambda visit: Shown(visit.id.lower() + ZERO_WIDTH))


@switch("IDs that are decimal numbers of text", "id")
def decimal_ids(page: Page) -> None:
    texts = ("1.10", "1.1", "1.100", "1.010", "1.01", "1.001", "2.0", "2", "2.00", "5E3", "5000", "3.30")
    said = {visit.id: text for visit, text in zip(page.visits, texts, strict=False)}
    page.respell("appointment", lambda visit: Shown(said[visit.id]))


@switch("IDs cut to their display", "id")
def cut_ids(page: Page) -> None:
    page.respell("appointment", lambda visit: Shown(f"2.98{visit.day.day:02}E+13"))


@switch("IDs of sixteen digits", "id")
def long_ids(page: Page) -> None:
    page.respell("appointment", lambda visit: Shown(f"29872{visit.id[2:]}000{visit.day.day:03}"))


@switch("no appointment IDs", "id")
def no_ids(page: Page) -> None:
    page.drop("appointment")


@switch("the patient's number under ID", "id")
def patient_numbers_as_id(page: Page) -> None:
    if column := page.column("appointment"):
        column.holds, column.heading = "patient:number", "ID"
        column.spell = lambda visit: Shown(4_000 + PATIENTS.index(visit.patient))


@switch("one ID of two visits", "id")
def shared_id(page: Page) -> None:
    first, second = page.rng.sample(page.visits, 2)
    page.respell("appointment", lambda visit: Shown(first.id if visit.id == second.id else visit.id))


# Patients


@switch("no patients", "patient", mild=True)
def no_patients(page: Page) -> None:
    page.drop("patient")


@switch("patients as first and last name", "patient")
def patient_names_in_two(page: Page) -> None:
    page.add(
        Field("patient:last", "Last Name", lambda visit: Shown(visit.patient.split()[1])), after="patient"
    )
    if column := page.column("patient"):
        column.holds, column.heading = "patient:first", "First Name"
        column.spell = lambda visit: Shown(visit.patient.split()[0])


@switch("patients as numbers", "patient", mild=True)
def patient_numbers(page: Page) -> None:
    if column := page.column("patient"):
        column.heading = page.rng.choice(("MRN", "Patient ID", "Chart #"))
    page.respell("patient", lambda visit: Shown(7_000 + PATIENTS.index(visit.patient)))


@switch("providers merged over their rows", "grouping", Stage.ROWS)
def merged_providers(page: Page) -> None:
    at = _grouped(page)
    for rows in _runs(page, at):
        if len(rows) > 1:
            page.merged.append((at, rows[0], rows[-1]))
            for row in rows[1:]:
                row.cells[at] = BLANK


@switch("providers written once for their rows", "grouping", Stage.ROWS)
def providers_once(page: Page) -> None:
    at = _grouped(page)
    for rows in _runs(page, at):
        for row in rows[1:]:
            row.cells[at] = BLANK


@switch("a group row above each provider's rows", "grouping", Stage.ROWS)
def provider_group_rows(page: Page) -> None:
    at = _grouped(page)
    label = page.rng.choice(("Provider: ", "Clinician: ", ""))
    keeps_column = page.rng.random() < 1 / 2
    for rows in _runs(page, at):
        group = page.empty_row("group row")
        group.cells[0] = Shown(f"{label}{rows[0].cells[at].value}")
        page.rows.insert(page.rows.index(rows[0]), group)
        for row in rows:
            row.cells[at] = BLANK
    if not keeps_column:
        page.fields.pop(at)
        for row in page.rows:
            row.cells.pop(at)


def _grouped(page: Page) -> int:
    """Sort the visits by provider and return the position of that column."""
    at = page.place("provider") or 0
    first = page.first_visit()
    page.rows[first:] = sorted(page.rows[first:], key=lambda row: row.visit.provider if row.visit else "")
    return at


def _runs(page: Page, at: int) -> list[list[Row]]:
    runs: dict[str, list[Row]] = {}
    for row in page.visit_rows():
        if row.visit:
            runs.setdefault(row.visit.provider, []).append(row)
    return [rows for rows in runs.values() if at < len(rows[0].cells)]
