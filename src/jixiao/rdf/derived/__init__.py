"""Facts that follow from a record, and that rules and comparisons need.

text_features            features of wordings, likeness of texts
accounting_identities    the figures that must agree
reading                  how far budgets and projects were read
consecutive_sums         the runs of amounts that add up to an item of the tables
facts                    all of these as triples
"""
