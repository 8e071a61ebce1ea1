"""The manifest of a build: a CSV file in which the user states what papers are, one a row.

    values    one value: text -> year, region, day, address
    rows      the file: CSV -> rows, and a line for each fault
    match     the rows of the documents that are built

`extraction/stated.py` applies a row to the record of its document.
"""
