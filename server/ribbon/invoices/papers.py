"""Open papers: what is attached to the selected invoices, as a file to open."""

from collections.abc import Sequence

from server.errors import count_of
from server.operations.documents import InvoicePaper, find_papers
from server.operations.documents import open_papers as contents_of
from server.papers.attached_papers import attached_paper_name, zip_papers
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.invoice_selection import (
    ask_for_invoices,
    chosen_invoices,
    describe_invoices,
    invoices_sheet,
)
from server.ribbon.protocol import AskedChoice, AskedField, Reply, ReplyFile

PAPERS = "papers"
"""The input that names papers, separated by ``;``."""


def open_papers(context: ClickContext) -> Reply:
    """Hand over the papers of the named or selected invoices. Asks which if there are several."""
    sheet = invoices_sheet(context)
    numbers = chosen_invoices(context, sheet)
    if not numbers:
        return question("Open the papers of which invoice?", ask_for_invoices([], sheet))
    papers = find_papers(context.session, numbers)
    if not papers:
        return Reply(summary=f"{describe_invoices(numbers)}: no paper is attached.", level="review")
    chosen = papers if len(papers) == 1 else _chosen_papers(context, papers)
    if not chosen:
        return _ask_which(numbers, papers)
    file = _handed_file(context, chosen)
    return Reply(
        summary=_summary_text(chosen),
        figures={"papers": len(chosen), "documents": [one.paper.digest for one in chosen]},
        file=file,
    )


def _chosen_papers(context: ClickContext, papers: Sequence[InvoicePaper]) -> list[InvoicePaper]:
    wanted = set(context.click.answers().get(PAPERS, "").split(";"))
    return [one for one in papers if one.paper.digest in wanted]


def _ask_which(numbers: Sequence[str], papers: Sequence[InvoicePaper]) -> Reply:
    choices = [
        AskedChoice(value=one.paper.digest, label=label)
        for one, label in zip(papers, _labels(papers), strict=True)
    ]
    return question(
        f"{describe_invoices(numbers)}: {count_of(len(papers), 'paper')}. Open which?",
        ask_for_invoices(numbers, None),
        AskedField(
            name=PAPERS,
            label="Papers",
            kind="several",
            choices=choices,
            default=";".join(choice.value for choice in choices),
        ),
    )


def _labels(papers: Sequence[InvoicePaper]) -> list[str]:
    """Return the name of each paper with its invoices. Several answers are separated by semicolons, so none has one."""
    labels = [f"{one.paper.file_name} ({describe_invoices(one.invoices)})" for one in papers]
    return [
        label.replace(";", ",") + (f" no. {place}" if labels.count(label) > 1 else "")
        for place, label in enumerate(labels, 1)
    ]


def _summary_text(papers: Sequence[InvoicePaper]) -> str:
    of = describe_invoices(list(dict.fromkeys(number for one in papers for number in one.invoices)))
    if len(papers) == 1:
        return f"{papers[0].paper.file_name}, attached to {of}."
    return f"{count_of(len(papers), 'paper')} of {of} in one zip file."


def _handed_file(context: ClickContext, papers: Sequence[InvoicePaper]) -> ReplyFile:
    contents = contents_of(context.session, papers)
    endings = [one.paper.ending for one in papers]
    names = [
        attached_paper_name(one.invoices[0], one.paper.file_name, ending)
        for one, ending in zip(papers, endings, strict=True)
    ]
    if len(papers) == 1:
        return context.hand_over(contents[0], names[0], endings[0])
    zipped = zip_papers(names, endings, contents, context.today)
    return context.hand_over(zipped, f"{papers[0].invoices[0]} papers", "zip")
