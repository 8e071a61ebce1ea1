"""The page that compares what is chosen side by side: budgets, and projects."""

from collections.abc import Callable

from jixiao.model.answer import Answer, Value
from jixiao.queries.catalogue import question
from jixiao.server.pages.answers import answered
from jixiao.server.pages.context import PageContext
from jixiao.server.pages.lists import budgets
from jixiao.store.search_index import Hit

Page = tuple[str, dict[str, object]]
Thing = dict[str, str]
_CHOSEN = 12  # that are compared side by side
_OFFERED = 200
_OF_BUDGETS = ("compared-categories", "compared-targets", "compared-clusters")
_OF_PROJECTS = ("compared-projects", "similar-projects", "compared-targets")


def compare(look: PageContext) -> Page:
    """Return what is chosen side by side; all views of it have an address."""
    of_budgets = budgets(look)
    asked = {n: look.job.value(n) for n in ("region", "year", "q", "p")}
    chosen = _chosen(_given(look, "budget"), of_budgets)
    wanted = _given(look, "project")
    projects = _chosen(wanted, _projects(look, look.held.index.projects(wanted)))
    offered = [b for b in of_budgets if _fits(b, asked, b["name"])]
    likely = _likely(look, asked, chosen)
    return "compare.html", {
        "title": "",
        "offered": offered[:_OFFERED],
        "offered_projects": likely[:_OFFERED],
        "hidden": max(0, len(offered) - _OFFERED) + max(0, len(likely) - _OFFERED),
        "regions": sorted({(b["region"], b["region_name"]) for b in of_budgets if b["region"]}),
        "years": sorted({b["year"] for b in of_budgets if b["year"]}, reverse=True),
        "asked": asked,
        "chosen": chosen,
        "projects": projects,
        "left_out": [n for kind in ("budget", "project") for n in _given(look, kind)[_CHOSEN:]],
        **_views(look, chosen, projects),
    }


def _given(look: PageContext, kind: str) -> list[str]:
    return list(dict.fromkeys(look.job.values.get(kind, [])))


def _chosen(wanted: list[str], known: list[Thing]) -> list[Thing]:
    by_iri = {thing["iri"]: thing for thing in known}
    return [by_iri[iri] for iri in wanted if iri in by_iri][:_CHOSEN]


def _fits(thing: Thing, asked: dict[str, str], department: str) -> bool:
    return (
        asked["region"] in ("", thing["region"])
        and asked["year"] in ("", thing["year"])
        and asked["q"] in department
    )


def _likely(look: PageContext, asked: dict[str, str], chosen: list[Thing]) -> list[Thing]:
    """Return the projects that are offered: by the words of their name, else of the budgets."""
    if asked["p"]:
        called = _projects(look, look.held.index.projects_called(asked["p"]))
        return [p for p in called if _fits(p, asked, p["department"])]
    return _projects(look, look.held.index.projects_of_budgets([b["iri"] for b in chosen]))


def _projects(look: PageContext, hits: list[Hit]) -> list[Thing]:
    """Return projects with their budgets, by department, year and name."""
    of = {budget["iri"]: budget for budget in budgets(look)}
    told = [
        {
            "iri": hit.iri,
            "name": hit.name,
            "department": of[hit.part_of]["name"],
            "year": of[hit.part_of]["year"],
            "region": of[hit.part_of]["region"],
        }
        for hit in hits
        if hit.part_of in of
    ]
    return sorted(told, key=lambda p: (p["department"], p["year"], p["name"], p["iri"]))


def _views(look: PageContext, chosen: list[Thing], projects: list[Thing]) -> dict[str, object]:
    """Return the views of budgets and of projects; None for what is not chosen."""
    of_budgets = _asked(look, _OF_BUDGETS, budgets=chosen)
    of_projects = _asked(look, _OF_PROJECTS, projects=projects)
    return {
        "views": of_budgets,
        "project_views": of_projects,
        "matrix_of_budgets": of_budgets and _matrix(of_budgets["categories"]["answer"], _of_budget),
        "project_matrix": of_projects and _matrix(of_projects["projects"]["answer"], _of_project),
        "targets": of_budgets and _targets(of_budgets["targets"]["answer"]),
        "project_targets": of_projects and _targets(of_projects["targets"]["answer"]),
    }


def _asked(
    look: PageContext, names: tuple[str, ...], **chosen: list[Thing]
) -> dict[str, dict[str, object]] | None:
    """Return the answers to questions of what is chosen, by the last word of their names."""
    given = {name: " ".join(t["iri"] for t in things) for name, things in chosen.items()}
    if not all(given.values()):
        return None
    return {
        name.rpartition("-")[2] if name.startswith("compared") else "similar": {
            "question": question(name), **answered(look, question(name), given)
        }
        for name in names
    }  # fmt: skip


Cell = tuple[int, int]


def _of_budget(row: tuple[Value, ...]) -> tuple[str, str, Cell]:
    name, year, _, category, having, of_all = row
    return f"{name} {year}", str(category), (_whole(having), _whole(of_all))


def _of_project(row: tuple[Value, ...]) -> tuple[str, str, Cell]:
    name, department, year, _, category, count = row
    return f"{name}（{department} {year}）", str(category), (_whole(count), _whole(count))


def _matrix(
    answer: object, read: Callable[[tuple[Value, ...]], tuple[str, str, Cell]]
) -> tuple[list[str], list[tuple[str, list[Cell | None]]]]:
    """Return what is compared, and for each category how many of how many there are of it."""
    cells, columns = dict[str, dict[str, Cell]](), dict[str, None]()
    for row in answer.rows if isinstance(answer, Answer) else ():
        column, category, cell = read(row)
        columns[column] = None
        cells.setdefault(category, {})[column] = cell
    return list(columns), [(c, [of.get(column) for column in columns]) for c, of in cells.items()]


def _targets(answer: object) -> tuple[list[str], list[tuple[str, list[int]]], int]:
    """Return the budgets, how often each has each percentage, and the most."""
    cells, columns = dict[str, dict[str, int]](), dict[str, None]()
    for name, year, lower, count in answer.rows if isinstance(answer, Answer) else ():
        column = f"{name} {year}"
        columns[column] = None
        cells.setdefault(str(lower), {})[column] = _whole(count)
    values = sorted(cells, key=lambda v: (-sum(cells[v].values()), v))[:12]
    most = max((n for v in values for n in cells[v].values()), default=0)
    return list(columns), [(v, [cells[v].get(c, 0) for c in columns]) for v in values], most


def _whole(value: Value) -> int:
    return int(value or 0)
