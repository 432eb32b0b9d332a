"""`./skerry docs`: writes docs/reference from the headers, and the README's figures from
docs/numbers.md."""

from reference import pages, readme
from skerry import places, say

REFERENCE = places.ROOT / "docs/reference"


def main(words):
    parser = say.Parser("docs", __doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs")
    check = parser.parse_args(words).check
    wanted = {REFERENCE / name: text for name, text in pages.all_pages(places.ROOT).items()}
    wanted[places.ROOT / "README.md"] = readme.with_figures(places.ROOT)
    stale = [path for path, text in wanted.items()
             if not path.exists() or path.read_text(encoding="utf-8") != text]
    extra = sorted(set(REFERENCE.glob("*.md")) - set(wanted))
    for path in stale + extra:
        print(f"{'differs' if check else 'written'}: {path.relative_to(places.ROOT)}")
    if check:
        return 1 if stale or extra else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    for path in extra:
        path.unlink()
    return 0
