"""The README's first visit, typed again."""

import pexpect
import pytest

from reference import readme
from skerry import places


def test_the_first_visit_is_as_the_readme_shows_it(request):
    visit = readme.visit((places.ROOT / "README.md").read_text(encoding="utf-8"))
    if not visit:
        pytest.skip("the README has no transcript yet")
    session = request.getfixturevalue("console")()
    for command, shown in visit:
        if command == "poweroff":
            session.sendline(command)
            session.expect(pexpect.EOF)
            return
        printed = session.run(command)
        assert readme.agrees(shown, printed), f"{command}\nshown:\n{shown}\nprinted:\n{printed}"
