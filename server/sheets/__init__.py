"""The worksheets: the only place that knows headings, cell formats and openpyxl."""
