"""Builds the documentation as a web site, strictly: a link that leads nowhere is an error.

python -m scripts.docs.site FOLDER

The pages link to files beside `docs/`: queries, profiles, the notebook. MkDocs wants all of them
below one folder, so it is given a copy of the pages and of these files.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PAGES = ("*.md", "*.cff", "LICENSE", "docs", "queries", "extract", "shapes", "examples/notebooks")


def build(folder: Path) -> None:
    """Build the site into a folder.

    Raises:
        subprocess.CalledProcessError: MkDocs reports an error or a warning.

    """
    with tempfile.TemporaryDirectory(prefix="jixiao-pages-") as temporary:
        pages = Path(temporary)
        for source in (path for pattern in _PAGES for path in ROOT.glob(pattern)):
            target = pages / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        subprocess.run(
            [
                *(sys.executable, "-m", "mkdocs", "build", "--strict"),
                *("--config-file", str(ROOT / "mkdocs.yml"), "--site-dir", str(folder.resolve())),
            ],
            env={**os.environ, "JIXIAO_PAGES": temporary, "NO_MKDOCS_2_WARNING": "1"},
            check=True,
        )


if __name__ == "__main__":
    build(Path(sys.argv[1]))
