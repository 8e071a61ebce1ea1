"""Reads the budget tables (预算公开表): revenue, expenditure, appropriations, 三公 expenses.

budget_tables   the tables with a known title -> statements: rows with codes and amounts
column_headers  the header of a budget table -> the meaning of each column
"""
