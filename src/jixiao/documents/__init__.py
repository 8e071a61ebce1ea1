"""Reads a file of any supported kind into paragraphs and tables; budgets play no part yet.

    file_kind      what a file is: its suffix checked against its first bytes
    open           `open_file`: reads a file with the module for its kind
    formats/       Word, Excel, HTML, plain text, and old Office files through LibreOffice
    pdf/           PDF pages and scanned images
    isolation      no network for what converts files
    merged_cells   row and column spans laid out as a grid
    page_breaks    tables and cells that a page break divided are joined again
    model          the result: `DocumentContent`, a sequence of `Text` and `Table` blocks
    tables         the tables alone, for `jixiao tables` and `jixiao.tables`
    once, gc_pause what makes reading faster

The one function that other packages call is `open_file`:

    kind, sha256, content = open_file(Path("2023.pdf"), "pdfium")
"""
