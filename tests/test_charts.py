"""Charts: what a question declares is drawn, offline, with Chinese type."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from jixiao.answers import answer
from jixiao.charts import draw, specification
from jixiao.errors import UsageError
from jixiao.queries import Answer, ask
from jixiao.questions import question, questions, read
from jixiao.store import Store

DRAWN = [known.name for known in questions() if known.head.chart]


def _made(wanted: str) -> list[str]:
    """Return the fields that a chart makes itself."""
    return re.findall(r'"as": \[?"(\w+)"', wanted)


def test_a_good_part_of_the_questions_have_a_chart() -> None:
    assert len(DRAWN) >= 10


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chart_is_drawn_of_the_rows(name: str, lang: str, corpus: Store) -> None:
    picture = answer(corpus, name, {}, "svg", lang).decode()
    title = getattr(question(name).head.title, lang)
    assert "<svg" in picture and title[:20].replace("&", "&amp;") in picture
    wanted = json.dumps(specification(question(name), ask(corpus, name), lang))
    fields = re.findall(r'"field": "(\w+)"', wanted)
    assert fields and set(fields) <= {*ask(corpus, name).columns, *_made(wanted)}
    assert picture.count('aria-roledescription="') > 5 or picture.count("<path") > 5


def _title(words: str) -> bytes:
    """Return the pixels of a chart's title."""
    head = f'#: title.zh = "{words}"\n#: title.en = "x"\n#: chart.mark = "bar"\n'
    picture = draw(read("mine", head), Answer(("a",), ((1,),)), "png", "zh")
    with Image.open(io.BytesIO(picture)) as drawn:
        return drawn.convert("L").crop((0, 0, drawn.width, 60)).tobytes()


def test_a_picture_has_chinese_type() -> None:
    """Other characters are other strokes: they are not all drawn as the same empty box."""
    assert _title("绩效指标") == _title("绩效指标") != _title("预算支出")


def test_a_question_without_a_chart_says_so(corpus: Store) -> None:
    with pytest.raises(UsageError, match="where-printed"):
        answer(corpus, "where-printed", {}, "png", "en")


def test_the_command_writes_a_picture(corpus_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    words = ["query", "percent-targets", "--store", str(corpus_folder), "--format", "png"]
    command = [sys.executable, "-m", "jixiao", *words, "-o", str(path)]
    subprocess.run(command, check=True)
    with Image.open(path) as picture:
        assert picture.format == "PNG" and picture.width > 600
