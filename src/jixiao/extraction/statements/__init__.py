"""Reads the budget tables (预算公开表, 决算公开表): revenue, expenditure, 三公 expenses and so on.

A table is known by its columns and codes; its title is evidence, and what is not sure is told.

budget_tables   the tables of a document -> statements
headers         a table -> the rows of its header, and what each column is headed
columns         the header and the body -> columns that name a row, columns with values
kinds           title, columns and codes -> the kind of table
rows            the body -> rows with code, name and values
rules           what `extract/statements.toml` says
"""
