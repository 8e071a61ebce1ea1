"""Reads the prose of a disclosure (情况说明) and texts in forms.

passages      paragraphs without white space, for patterns, with the way back to the page
prose         figures, the amount of each project, the department's goals
descriptions  projects described in sections (项目经费情况说明)
alignment     which amount of the prose is for which project
grounds       the documents that a project is based on (立项依据)
periods       the period of a project (实施周期)
remarks       passages that a reviewer marks
"""
