"""The page that compares budgets, or projects, side by side."""

from collections.abc import Callable

from jixiao.model.answer import Answer, Value
from jixiao.queries.catalogue import question
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.pages.departments import budgets
from jixiao.server.pages.questions import answer
from jixiao.store.search_index import Hit

Thing = dict[str, str]
Share = tuple[int, int]  # so many of so many
_MAX_CHOSEN = 12  # columns side by side
_MAX_OFFERED = 200
_BUDGET_QUESTIONS = ("compared-categories", "compared-targets", "compared-clusters")
_PROJECT_QUESTIONS = ("compared-projects", "similar-projects", "compared-targets")


def compare(context: PageContext) -> Page:
    """Return the page; the whole choice is in its address, so that it can be shared."""
    all_budgets = budgets(context)
    filters = {name: context.job.value(name) for name in ("region", "year", "q", "p")}
    chosen = _chosen(_given(context, "budget"), all_budgets)
    given_projects = _given(context, "project")
    known = _projects(context, context.snapshot.index.projects(given_projects))
    projects = _chosen(given_projects, known)
    offered = [b for b in all_budgets if _matches(b, filters, b["name"])]
    offered_projects = _offered_projects(context, filters, chosen)
    left_out = [n for kind in ("budget", "project") for n in _given(context, kind)[_MAX_CHOSEN:]]
    hidden = max(0, len(offered) - _MAX_OFFERED) + max(0, len(offered_projects) - _MAX_OFFERED)
    return "compare.html", {
        "title": "",
        "offered": offered[:_MAX_OFFERED],
        "offered_projects": offered_projects[:_MAX_OFFERED],
        "hidden": hidden,
        "regions": sorted({(b["region"], b["region_name"]) for b in all_budgets if b["region"]}),
        "years": sorted({b["year"] for b in all_budgets if b["year"]}, reverse=True),
        "filters": filters,
        "chosen": chosen,
        "projects": projects,
        "left_out": left_out,
        **_views(context, chosen, projects),
    }


def _given(context: PageContext, kind: str) -> list[str]:
    return list(dict.fromkeys(context.job.values.get(kind, [])))


def _chosen(iris: list[str], things: list[Thing]) -> list[Thing]:
    by_iri = {thing["iri"]: thing for thing in things}
    return [by_iri[iri] for iri in iris if iri in by_iri][:_MAX_CHOSEN]


def _matches(thing: Thing, filters: dict[str, str], department: str) -> bool:
    return (
        filters["region"] in ("", thing["region"])
        and filters["year"] in ("", thing["year"])
        and filters["q"] in department
    )


def _offered_projects(
    context: PageContext, filters: dict[str, str], chosen: list[Thing]
) -> list[Thing]:
    """Return the projects to choose from: by words of their names, or else of the budgets."""
    index = context.snapshot.index
    if filters["p"]:
        projects = _projects(context, index.projects_called(filters["p"]))
        return [p for p in projects if _matches(p, filters, p["department"])]
    return _projects(context, index.projects_of_budgets([b["iri"] for b in chosen]))


def _projects(context: PageContext, hits: list[Hit]) -> list[Thing]:
    """Return projects with their budgets, by department, year and name."""
    budget_by_iri = {budget["iri"]: budget for budget in budgets(context)}
    projects = [
        {
            "iri": hit.iri,
            "name": hit.name,
            "department": budget["name"],
            "year": budget["year"],
            "region": budget["region"],
        }
        for hit in hits
        if (budget := budget_by_iri.get(hit.part_of))
    ]
    return sorted(projects, key=lambda p: (p["department"], p["year"], p["name"], p["iri"]))


def _views(context: PageContext, chosen: list[Thing], projects: list[Thing]) -> dict[str, object]:
    """Return the answers and diagrams of the chosen budgets and projects, None without any."""
    views = _answers(context, _BUDGET_QUESTIONS, budgets=chosen)
    project_views = _answers(context, _PROJECT_QUESTIONS, projects=projects)
    return {
        "views": views,
        "project_views": project_views,
        "budget_matrix": views and _matrix(views["categories"]["answer"], _budget_cell),
        "project_matrix": project_views
        and _matrix(project_views["projects"]["answer"], _project_cell),
        "targets": views and _targets(views["targets"]["answer"]),
        "project_targets": project_views and _targets(project_views["targets"]["answer"]),
    }


def _answers(
    context: PageContext, names: tuple[str, ...], **chosen: list[Thing]
) -> dict[str, dict[str, object]] | None:
    """Return the answers to questions about what is chosen, by the last word of their names."""
    given = {name: " ".join(t["iri"] for t in things) for name, things in chosen.items()}
    if not all(given.values()):
        return None
    return {
        name.rpartition("-")[2] if name.startswith("compared") else "similar": {
            "question": question(name), **answer(context, question(name), given)
        }
        for name in names
    }  # fmt: skip


def _budget_cell(row: tuple[Value, ...]) -> tuple[str, str, Share]:
    name, year, _, category, having, total = row
    return f"{name} {year}", str(category), (_integer(having), _integer(total))


def _project_cell(row: tuple[Value, ...]) -> tuple[str, str, Share]:
    name, department, year, _, category, count = row
    return f"{name}（{department} {year}）", str(category), (_integer(count), _integer(count))


def _matrix(
    table: object, read: Callable[[tuple[Value, ...]], tuple[str, str, Share]]
) -> tuple[list[str], list[tuple[str, list[Share | None]]]]:
    """Return the columns (what is compared), and for each category a share for each column."""
    cells, columns = dict[str, dict[str, Share]](), dict[str, None]()
    for row in table.rows if isinstance(table, Answer) else ():
        column, category, share = read(row)
        columns[column] = None
        cells.setdefault(category, {})[column] = share
    return list(columns), [(c, [of.get(column) for column in columns]) for c, of in cells.items()]


def _targets(table: object) -> tuple[list[str], list[tuple[str, list[int]]], int]:
    """Return the columns, how often each has each of the commonest percentages, and the maximum."""
    cells, columns = dict[str, dict[str, int]](), dict[str, None]()
    for name, year, lower, count in table.rows if isinstance(table, Answer) else ():
        column = f"{name} {year}"
        columns[column] = None
        cells.setdefault(str(lower), {})[column] = _integer(count)
    values = sorted(cells, key=lambda v: (-sum(cells[v].values()), v))[:12]
    maximum = max((n for v in values for n in cells[v].values()), default=0)
    return list(columns), [(v, [cells[v].get(c, 0) for c in columns]) for v in values], maximum


def _integer(value: Value) -> int:
    return int(value or 0)
