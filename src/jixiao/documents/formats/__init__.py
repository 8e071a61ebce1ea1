"""Readers of the file formats other than PDF, one module a format.

Each module has a function `read(path)` that returns a `DocumentContent`; `libreoffice` converts
old Office files to formats that the others read.
"""
