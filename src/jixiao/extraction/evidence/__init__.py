"""What speaks for the meaning of a cell: its shape, its words. Nothing here decides alone.

shapes      the closed kinds of cells: blank, filler, number, quantity, text ...
likeness    how like the words of a text are to the known words of each role
categories  whether a text names a first or a second level of indicators
rules       `extract/evidence.toml`, which holds all weights
"""
