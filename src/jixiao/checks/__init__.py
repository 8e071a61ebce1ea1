"""Checks the quads of a document against the rules of `shapes/`, and gives a report.

catalogue       the rules and shapes, read from `shapes/`
profiles        thresholds, switches and weights of a review
dataset         the facts with code lists and thresholds, to be queried
engine          the SHACL engines
explanations    from failures to findings: message, figures, repair
scores          the share of checks passed
rule_files      rules in the short form, as SHACL
parsed_once     queries that pySHACL asks again and again
validation_report  findings as a SHACL validation report
lint/           checks the knowledge itself; `skeletons/` begins a layout, a rule, a question
run             the check itself: `check_quads`
"""
