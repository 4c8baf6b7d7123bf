"""The mutation tool: what it plants, what it notices, what it refuses to count."""

import os
from pathlib import Path

import pytest

from tools.mutation.equivalent import LIST, read_equivalents
from tools.mutation.journal import Journal, state_of
from tools.mutation.mutant import mutants_of
from tools.mutation.summary import END, START, Score, as_table, published, total
from tools.mutation.targets import ROOT, targets

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants are judged in forked processes")


def changes(source: str) -> set[str]:
    return {mutant.becomes for mutant in mutants_of("f.py", source)}


@pytest.mark.parametrize(
    ("source", "becomes"),
    [
        ("y = a + b", {"y = a - b", "y = a", "y = b"}),
        ("y = a * b", {"y = a / b", "y = a", "y = b"}),
        ("y = -a", {"y = a"}),
        ("y = a ** 2", {"y = a", "y = a ** 3"}),
        ("y = 0.5", {"y = 0.75"}),
        ("y = 0.0", {"y = 1.0"}),
        ("y = True", {"y = False"}),
        ("y = a > b", {"y = a >= b", "y = a < b"}),
        ("y = a is b", {"y = a is not b"}),
        ("y = a and b", {"y = a or b", "y = a", "y = b"}),
        ("y = x.sum(axis=axis)", {f"y = x.sum(axis={k})" for k in (0, 1, -1)} | {"y = x.mean(axis=axis)"}),
        ("y = f(x, keepdims=keepdims)", {"y = f(x, keepdims=not keepdims)"}),
        ("y = x.T", {"y = x"}),
        ("y = x.transpose(a, b)", {"y = x", "y = x.transpose(b, a)"}),
        ("y = np.moveaxis(x, a, b)", {"y = x", "y = np.moveaxis(x, b, a)"}),
        ("y = np.exp(x)", {"y = x"}),
        ("y = x.copy()", {"y = x"}),
        ("y = np.maximum(a, b)", {"y = np.minimum(a, b)"}),
        ("y += x", {"y -= x", "y = x", "pass"}),
        ("np.exp(x, out=x)", {"pass"}),
        ("y[i] = x", {"pass"}),
        ("y = y.reshape(shape)", {"pass"}),
        ("y = x if is_good else None", {"y = x if not is_good else None"}),
        ("if is_good:\n    pass", {"if not is_good:"}),
        ("while stack:\n    pass", {"while not stack:"}),
        ("y = [x for x in xs if x]", {"y = [x for x in xs if not x]"}),
        ("def f(x, n=1):\n    pass", {"def f(x, n=2):"}),
        ("def vjp(g):\n    return g, None", {"return (1.5 * g, None)", "return (-g, None)"}),
        ("T(vjp=lambda g: (g,))", {"T(vjp=lambda g: (1.5 * g,))", "T(vjp=lambda g: (-g,))", "pass"}),
    ],
)
def test_each_kind_of_fault_is_planted(source, becomes):
    assert changes(source) == becomes


@pytest.mark.parametrize(
    "source",
    [
        '"""Text."""',
        "x: int",
        "from a import b",
        "if TYPE_CHECKING:\n    from a import b",
        "y = f'{a + 1}'",
        "y = zip(a, b, strict=True)",
        "y = x.reshape(-1)",
    ],
)
def test_what_computes_nothing_is_left_alone(source):
    assert changes(source) == set()


def test_an_error_may_go_missing_but_its_words_are_left_alone():
    assert changes("raise ValueError(1 + n)") == {"pass"}


def test_a_mutant_is_the_whole_file_with_one_fault_and_the_file_is_whole_again():
    written = [mutant.write() for mutant in mutants_of("f.py", "y = a + b\nz = 1\n")]
    assert written == ["y = a - b\nz = 1", "y = a\nz = 1", "y = b\nz = 1", "y = a + b\nz = 2"]


def test_edits_elsewhere_change_no_name_and_equal_lines_are_counted():
    source = "def f(x):\n    x += 1\n    x += 1\n"
    edited = "import math\n\n\ndef g():\n    return 7\n\n\n" + source.replace("x += 1", "x += 1  # one more")
    names = [mutant.name for mutant in mutants_of("f.py", source)]
    assert len(set(names)) == len(names)
    assert names == [mutant.name for mutant in mutants_of("f.py", edited) if mutant.function == "f"]


ENTRY = """
[[same]]
file = "f.py"
function = ""
was = "if a > b :"
becomes = ["if (a >= b):", "if a < b:"]
proof = "a is never b."
"""


def test_an_entry_matches_its_mutants_however_it_is_laid_out():
    entries = read_equivalents(ENTRY)
    matched = [m.becomes for m in mutants_of("f.py", "if a > b:\n    pass") if entries[0].is_about(m)]
    assert len(entries) == 2
    assert matched == ["if a >= b:"]


@pytest.mark.parametrize(
    ("old", "new"), [('proof = "a is never b."', ""), ("a is never b.", " "), ("was =", "is =")]
)
def test_an_entry_without_a_proof_is_refused(old, new):
    with pytest.raises(ValueError, match="an entry needs"):
        read_equivalents(ENTRY.replace(old, new))


def test_every_entry_of_the_list_still_has_its_mutant():
    entries = read_equivalents(LIST.read_text(encoding="utf-8"))
    for file in {entry.file for entry in entries}:
        mutants = list(mutants_of(file, (ROOT / file).read_text(encoding="utf-8")))
        stale = [str(e) for e in entries if e.file == file and not any(e.is_about(m) for m in mutants)]
        assert not stale, "tools/mutation/equivalent.toml lists what is not there:\n" + "\n".join(stale)


def test_every_file_that_is_mutated_has_tests():
    without = [target.file for target in targets() if not target.tests]
    assert not without, f"Name their tests in FURTHER of tools/mutation/targets.py: {without}"


def test_only_what_is_mutated_can_be_asked_for():
    assert {Path(target.file).parent.name for target in targets(["course_lib/optim/"])} == {"optim"}
    with pytest.raises(ValueError, match="is not among the files"):
        targets(["course_lib/cli.py"])


def test_the_journal_remembers_what_was_judged_until_something_changes(tmp_path):
    path, name = tmp_path / "build" / "journal", ("f.py", "f", "a", "b", 1)
    Journal(path, "one").add(name, "killed", "a test")
    assert Journal(path, "one").verdict(name) == ("killed", "a test")
    with path.open("a") as file:
        file.write('["cut sho')
    assert Journal(path, "one").verdict(name) == ("killed", "a test")
    assert Journal(path, "two").verdict(name) is None
    (tmp_path / "a.py").write_text("1")
    before = state_of([tmp_path / "a.py"])
    (tmp_path / "a.py").write_text("2")
    assert state_of([tmp_path / "a.py"]) != before


def test_the_table_adds_up_and_says_100_only_where_all_were_noticed():
    scores = [Score("course_lib/a.py", 2000, 1990, 8, 1, 1), Score("b.py", 1, 0, 0, 1, 0)]
    assert total(scores) == Score("all", 2001, 1990, 8, 2, 1)
    first, second, last = as_table(scores).splitlines()[2:]
    assert first == "| a.py | 2000 | 1990 | 8 | 1 | 1 | 99.9 % |"
    assert second.endswith("| 100.0 % |")
    assert last == "| all | 2001 | 1990 | 8 | 2 | 1 | 99.9 % |"


def test_the_page_keeps_its_words_around_the_table():
    page = published(f"Before.\n{START}\nold\n{END}\nAfter.\n", [Score("b.py", 1, 1, 0, 0, 0)])
    assert page.startswith(f"Before.\n{START}\n\n| file |")
    assert page.endswith(f"| 100.0 % |\n\n{END}\nAfter.\n")
    assert published(page, [Score("b.py", 1, 1, 0, 0, 0)]) == page
    with pytest.raises(ValueError, match="needs the marks"):
        published("No mark.", [])
