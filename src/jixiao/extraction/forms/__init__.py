"""Reads indicator tables (绩效目标表): a form for each project, or one table of many projects.

projects    the forms of a document -> projects with goals and indicators
parts       the tables, or parts of tables, that are forms; `sections`, `turned`, `unruled` serve it
blocks      the blocks of indicators of a table, with their headers
columns     what the columns of a block are; `profiles` and `years` serve it
pairs       the labels and values above the indicators; `label_signs` tells labels from values
form_head   what they say of a project: name, money, period, goals
rows        the rows of a block that state an indicator
indicators  the indicators with their target values
categories  the indicator scheme, and the category of each indicator
funding     amounts of money beside labels, and the unit that a table states
layouts     the layout of a form
grid        cells by row and by rectangle
subjects    whose goals a form states
lists       lists of projects
proposals   words for headers and labels that the knowledge lacks; `drawn` has the forms to show
"""
