import json

from skerry import model


def test_worlds_are_summed_and_faults_counted(tmp_path):
    kept = tmp_path / "results.json"
    world = {"world": "small", "actions": 3, "depth": 7, "all": True, "states": 1000, "steps": 5000,
             "commit": "abc"}
    kept.write_text(json.dumps({"worlds": [world, {**world, "world": "large", "all": False}],
                                "faults": {"a-lost-wake-up": "small, after 2 calls: nobody runs", "another": None}}))
    text = "\n".join(model.lines(kept))
    assert "| small | 3 | 7: all there are | 1,000 | 5,000 | abc |" in text
    assert "| together | | | 2,000 | 10,000 |" in text
    assert "2 were placed in the kernel" in text and "| another | nobody |" in text


def test_nothing_was_kept(tmp_path):
    assert model.lines(tmp_path / "none") == []
