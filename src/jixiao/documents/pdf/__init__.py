"""Reads PDF pages and scanned images into paragraphs and tables.

reader           picks the engine for each page: `pdfium` or `pdfplumber` for a page with text,
                 `ocr` for a page that is an image
characters       their common result: a `Page` of characters and ruling lines
page_layout      pages -> paragraphs and tables, by these steps:
  ruled_tables     ruling lines -> tables and cells
  lines            characters -> printed lines, of each cell and outside tables
  headers_footers  lines that are repeated at the margins are removed
  unruled/         lines in columns -> tables without ruling lines
                   the remaining lines -> paragraphs
"""
