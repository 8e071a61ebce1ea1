"""Gives goals in prose to the project whose title stands above them.

A list of projects may state each one's goal in a paragraph between its title and its table.
"""

from collections.abc import Sequence

import msgspec

from jixiao.documents.model import DocumentContent, Text
from jixiao.extraction.narrative.merging import Told
from jixiao.model.record import Goal, Project, Where


def with_goals_below(
    content: DocumentContent, told: Sequence[Told], forms: Sequence[Project]
) -> tuple[list[Told], list[Project]]:
    """Return projects of the prose and of forms, the goals of the first given to the second.

    Args:
        content: The document.
        told: Projects of its prose. One that has nothing but goals may be no project: its name is
            then that of the list, and its goals are those of the projects in it.
        forms: Projects of its forms.

    Returns:
        The projects of the prose that are left, and the projects of forms.
    """
    if not any(_has_only_goals(each.project) for each in told):
        return list(told), list(forms)
    titled = {at: _block(content, form.where) for at, form in enumerate(forms)}
    starts = sorted((block, at) for at, block in titled.items() if block is not None)
    given = dict[int, list[Goal]]()
    left = list[Told]()
    for each in told:
        project = each.project
        places = [_block(content, goal.where) for goal in project.goals]
        above = [_form_above(starts, place) for place in places]
        if not _has_only_goals(project) or None in above:
            left.append(each)
            continue
        for goal, at in zip(project.goals, above, strict=True):
            if at is not None:
                given.setdefault(at, []).append(goal)
    return left, [
        msgspec.structs.replace(form, goals=(*given.get(at, ()), *form.goals))
        for at, form in enumerate(forms)
    ]


def _has_only_goals(project: Project) -> bool:
    return bool(project.goals) and not project.amounts and not project.indicators


def _form_above(starts: Sequence[tuple[int, int]], place: int | None) -> int | None:
    """Return the form whose title is the nearest one above a block, None if there is none."""
    above = [at for block, at in starts if place is not None and block < place]
    return above[-1] if above else None


def _block(content: DocumentContent, where: Where) -> int | None:
    """Return the number of the paragraph that a place is in, None if it is in a table."""
    if where.table is not None:
        return None
    for at, block in enumerate(content.blocks):
        if isinstance(block, Text) and _holds(block.where(), where):
            return at
    return None


def _holds(block: Where, where: Where) -> bool:
    if block.path or block.line is not None:
        return (block.path, block.line) == (where.path, where.line)
    if block.bbox is None or where.bbox is None or block.page != where.page:
        return False
    return block.bbox[1] - 1 <= where.bbox[1] and where.bbox[3] <= block.bbox[3] + 1
