"""The `course` command: help that suffices, and one sentence for a wrong call."""

import subprocess
import sys

import pytest

from course_lib.cli import COMMANDS, main


def test_without_arguments_the_help_names_every_command(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert name in said
        assert command.__doc__.splitlines()[0] in said


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert COMMANDS[name].__doc__.splitlines()[2] in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["dance"], ["lab", "--colour"], ["doctor", "now"], ["new-lesson", "12", "x"]]
)
def test_a_wrong_call_ends_with_2_and_says_what_is_wrong(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_the_help_loads_nothing_heavy():
    heavy = "{'torch', 'matplotlib', 'sklearn', 'jupyterlab', 'ipywidgets', 'IPython', 'nbformat', 'psutil'}"
    code = (
        f"import sys; from course_lib.cli import main; main([]); print(sorted({heavy} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"
