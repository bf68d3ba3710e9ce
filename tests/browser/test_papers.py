"""Papers in the simulated Excel: the task pane offers what the service made as a download."""

from io import BytesIO
from zipfile import ZipFile

from playwright.sync_api import expect

from tests.browser.excel import PATIENCE_MS, Excel
from tests.papers.reading import text_of


def test_the_statements_of_a_payroll_are_saved_from_the_pane(excel: Excel) -> None:
    excel.press("payroll.generate")
    excel.press("payroll.statements")
    link = excel.pane.get_by_role("link", name="Save ")
    expect(link).to_have_text("Save lakeside-2026-10-r1 statements.zip")
    expect(excel.result).to_contain_text("DRAFT")

    with excel.page.expect_download(timeout=PATIENCE_MS) as download:
        link.click()

    assert download.value.suggested_filename == "lakeside-2026-10-r1 statements.zip"
    archive = ZipFile(BytesIO(download.value.path().read_bytes()))
    papers = [name for name in archive.namelist() if name.endswith(".pdf")]
    assert len(papers) == len(archive.namelist()) // 2 > 1
    for name in papers:
        provider = name.removeprefix("2026-10 ").removesuffix(".pdf")
        others = {other.removeprefix("2026-10 ").removesuffix(".pdf") for other in papers} - {provider}
        text = text_of(archive.read(name))
        assert provider in text
        assert not any(other in text for other in others)
