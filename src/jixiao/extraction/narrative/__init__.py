"""Reads the prose of a disclosure (情况说明), of reports, and texts in forms.

outline            the headings over each paragraph, by the structure of their numbers
sums               sums of money, each with the role that its own sentence gives it
level_names        the names of indicators' levels in headings and before sentences
clauses            what one clause states: a name, a value, planned or done
inline_indicators  indicators that sentences state, by how their clauses join
drafts             the indicators as far as they are read; `inline_rules` has the rules of all three
report_bounds      where reports begin and end, and what they are about
reports            self-evaluations, evaluations, goals made public: projects and bodies
descriptions       projects described in sections (项目经费情况说明)
prose              figures, lists of projects with money, the department's goals
alignment          which amount of the prose is for which project
merging            a project told in prose and in a form is one
goals_of_forms     goals in prose, to the project whose title stands above them
remarks            passages that a reviewer marks
"""
