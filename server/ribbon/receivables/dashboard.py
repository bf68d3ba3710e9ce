"""The button Dashboard: the key figures of the clinic on a sheet with charts, and in the task pane."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from server.billing.days import us
from server.billing.invoices.invoice import State
from server.billing.money import dollars
from server.billing.receivables.aging import AgingGroup
from server.billing.receivables.figure_days import FigureDays
from server.billing.receivables.key_figures import BucketOwed, KeyFigures
from server.billing.receivables.measures import Measure, Unit, rounded_parts, value_words
from server.errors import count_of
from server.operations.clinics import show_setup
from server.operations.dashboard import show_key_figures
from server.operations.invoice_filters import OWING_STATES
from server.ribbon.context import ClickContext
from server.ribbon.protocol import Chart, Panel, PanelRow, Reply, ReplyRemedy
from server.ribbon.ribbon_table import ribbon
from server.sheets.receivables.bucket_colors import bar_color_of
from server.sheets.receivables.dashboard_sheet import DASHBOARD_NAME, write_dashboard

_INVOICE_LIST = "invoices.open"
_OPEN, _CREATED = "open", "created"
_LINKS = {
    "outstanding": _OPEN,
    "gross_collection": _CREATED,
    "net_collection": _CREATED,
    "days_to_pay": "paid",
    "unapplied": "credit",
    "denial": _CREATED,
    "average_invoice": _CREATED,
    "days_in_ar": _OPEN,
}
"""Which invoices are behind a measure: those of a state, or those created or paid on the days of the figures."""

_OWING = {"state": ", ".join(OWING_STATES)}
"""The input of the invoice list that leaves out what is open and owes nothing: bars count what is owed."""

_COUNTED = ", ".join(state for state in State if state is not State.VOIDED)
"""The states of the invoices that the measures count: voided ones do not count."""

_ON_TIME, _LATE = "#2E6B3E", "#B3261E"
_MOST_PAYERS = 5


def show_dashboard(context: ClickContext) -> Reply:
    """Add the Dashboard sheet to the workbook, and show the same measures in the task pane."""
    figures = show_key_figures(context.session, context.day("from"), context.day("to"))
    clinic = show_setup(context.session).clinic
    links = {name: _filter_of(kind, figures.days) for name, kind in _LINKS.items()}
    words = {name: _filter_words(inputs) for name, inputs in links.items()}
    workbook, charts = write_dashboard(clinic, figures, words, context.click.workbook.date_system)
    return Reply(
        summary=_summary_text(clinic.name, figures),
        figures=_reply_figures(figures),
        output=context.keep(workbook, [DASHBOARD_NAME]),
        charts=[
            Chart(sheet=DASHBOARD_NAME, kind=one.kind, source=one.source, title=one.title, place=one.place)
            for one in charts
        ],
        panels=[
            Panel(title="Key figures", rows=[_measure_row(one, links[one.name]) for one in figures.measures]),
            Panel(title="Outstanding by age", rows=[*_bucket_rows(figures.buckets)]),
            Panel(title="Who owes most", rows=[*_payer_rows(figures)]),
        ],
        activate=DASHBOARD_NAME,
    )


def _filter_of(kind: str, days: FigureDays) -> dict[str, str]:
    """Return the inputs of the invoice list that show some invoices."""
    if kind in (_OPEN, "credit"):
        return {"state": kind}
    within = {"from": days.first.isoformat(), "to": days.last.isoformat()}
    return {"state": _COUNTED, "dates": kind, **within}


def _filter_words(inputs: Mapping[str, str]) -> str:
    """Return which button and which of its options show the invoices: ``Invoice list, State open``."""
    button = ribbon().find_button(_INVOICE_LIST)
    labels = {option.name: option.label for option in button.options}
    words = {name: us(date.fromisoformat(inputs[name])) for name in ("from", "to") if name in inputs}
    if inputs["state"] == _COUNTED:
        words["state"] = "all but Voided"
    return ", ".join(
        [button.label, *(f"{labels[name]} {value}" for name, value in {**inputs, **words}.items())]
    )


def _opens(inputs: Mapping[str, str], label: str = "Open these invoices") -> ReplyRemedy:
    return ReplyRemedy(label=label, button=_INVOICE_LIST, inputs=dict(inputs), resumes=False)


def _measure_row(measure: Measure, inputs: Mapping[str, str]) -> PanelRow:
    is_rate = measure.unit is Unit.SHARE and measure.value is not None
    color = (
        (_LATE if measure.misses_target else _ON_TIME)
        if measure.target and measure.value is not None
        else None
    )
    share = min(1.0, (measure.rounded_value or 0) / 1_000) if is_rate else None
    return PanelRow(
        label=measure.label,
        value=measure.words,
        note=measure.definition,
        share=share,
        color=color,
        opens=_opens(inputs),
    )


def _bucket_rows(buckets: Iterable[BucketOwed]) -> Iterable[PanelRow]:
    for owed in buckets:
        yield PanelRow(
            label=f"{owed.bucket.name} days, {owed.bucket.risk}",
            value=dollars(owed.balance_cents),
            note=count_of(owed.invoices, "invoice"),
            share=rounded_parts(owed.share, 1_000) / 1_000 if owed.share is not None else 0,
            color=bar_color_of(owed.bucket),
            opens=_opens({"bucket": owed.bucket.name, **_OWING}) if owed.invoices else None,
        )


def _payer_rows(figures: KeyFigures) -> Iterable[PanelRow]:
    owing = [one for one in figures.payers if one.balance_cents > 0]
    most = max((one.balance_cents for one in owing), default=1)
    for one in owing[:_MOST_PAYERS]:
        median = "" if one.median_days is None else f", pays after {_days_words(one.median_days)} (median)"
        yield PanelRow(
            label=one.name or AgingGroup.PAYER.nobody,
            value=dollars(one.balance_cents),
            note=f"{count_of(one.invoices, 'invoice')}{median}",
            share=one.balance_cents * 1_000 // most / 1_000,
            opens=_opens({"payer": one.name, **_OWING}) if one.name else None,
        )


def _days_words(days: Fraction) -> str:
    return value_words(rounded_parts(days, 10), Unit.DAYS)


def _summary_text(clinic: str, figures: KeyFigures) -> str:
    outstanding, gross, paid = (
        figures.measure(name) for name in ("outstanding", "gross_collection", "days_to_pay")
    )
    sentences = [f"{clinic}: {outstanding.words} outstanding."]
    if gross.value is not None:
        sentences.append(f"Of what was billed {figures.days.words}, {gross.words} is collected.")
    if paid.value is not None:
        sentences.append(f"From creation to paid: {paid.words}.")
    return " ".join(sentences)


def _reply_figures(figures: KeyFigures) -> dict[str, object]:
    """Return the days, each measure in whole units, the buckets, and how many rows each table has."""
    days = figures.days
    return {
        "from": days.first.isoformat(),
        "to": days.last.isoformat(),
        "invoices": figures.period_sums.invoices,
        **{f"{one.name}_{one.unit.value}": one.rounded_value for one in figures.measures},
        "buckets": [
            {"name": one.bucket.name, "invoices": one.invoices, "balance_cents": one.balance_cents}
            for one in figures.buckets
        ],
        "payers": len(figures.payers),
        "physicians": len(figures.physicians),
    }
