"""Every link and every path that the documents name leads to something."""

import itertools
import re

import pytest

from skerry import figure, places

LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(#[^)\s]*)?\)")
PATH = re.compile(r"`((?:abi|base|bench|cmake|docs|drivers|formats|kernel|manifests|protocols|runtime"
                  r"|servers|tests|tools)/[^`\s]*)`")
#: Names of figures look like paths.
FIGURES = figure.peers()
DOCUMENTS = sorted([places.ROOT / "README.md", *(places.ROOT / "docs").rglob("*.md"),
                    *(places.ROOT / "kernel").rglob("README.md")])


def expanded(path):
    """`a/{b,c}.hpp` as a/b.hpp and a/c.hpp."""
    parts = re.split(r"\{([^}]*)\}", path)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(words) for words in itertools.product(*choices)]


def there(path):
    return any(places.ROOT.glob(path.rstrip("/"))) if "*" in path else (places.ROOT / path).exists()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(places.ROOT)))
def test_what_a_document_names_is_there(document):
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"),
                  flags=re.DOTALL | re.MULTILINE)
    broken = [match[1] for match in LINK.finditer(text)
              if not (document.parent / match[1]).exists()]
    broken += [path for match in PATH.finditer(text) for path in expanded(match[1])
               if not there(path) and path not in FIGURES]
    assert broken == []


MISSING = (places.ROOT / "docs/missing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", re.findall(r"<!-- until (\S+) -->", MISSING))
def test_what_is_said_to_be_missing_is_missing(path):
    assert not (places.ROOT / path).exists(), f"{path} is there: take it out of docs/missing.md"
