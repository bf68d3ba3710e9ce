"""The printed page of the states is what the table says today."""

from pathlib import Path

import pytest

from server.docs import FOLDER, pages


@pytest.mark.parametrize(("name", "page"), pages().items(), ids=list(pages()))
def test_the_committed_page_is_not_stale(name: str, page: str) -> None:
    assert Path(FOLDER, name).read_text("utf-8") == page, "stale: run `uv run just build`"
