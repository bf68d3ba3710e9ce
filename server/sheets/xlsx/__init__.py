"""How our workbooks are written: designed cells by openpyxl, long tables as XML of our own."""
