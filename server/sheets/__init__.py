"""The worksheets: the only package that knows headings, cell formats and openpyxl."""
