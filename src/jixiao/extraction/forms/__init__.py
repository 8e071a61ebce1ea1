"""Reads indicator tables (绩效目标表): a form for each project, or one table of many projects.

projects    the tables of a document -> projects with goals and indicators
headers     the header of an indicator table, and the layout that reads it
form_head   the labels and values above the indicators: name, money, period, goals
indicators  the rows below the header: indicators with their target values
categories  the indicator scheme, and the category of each indicator
funding     amounts of money beside labels, and the unit that a table states
words       header words and labels, as `extract/fields.toml` and `layouts/` declare them
"""
