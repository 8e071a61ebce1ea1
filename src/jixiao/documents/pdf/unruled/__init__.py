"""Finds tables without ruling lines by the white space between their columns.

gutters  lines with wide gaps -> regions that may be tables, and the edges of their columns
blocks   pieces of lines -> blocks of text, one for each cell, and the rows
tables   blocks -> the grid: which rows each block spans
"""
