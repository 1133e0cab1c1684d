"""The command as a whole: quick, quiet, helpful, with honest exit codes."""

import resource
import subprocess
import sys

import pytest

from ganapps import workflow
from ganapps.cli.app import VERBS
from ganapps.errors import GanappsError, UsageError

HEAVY = {"tensorflow", "keras", "jax", "numpy", "PIL", "rich"}


def test_help_is_quick():
    """Processor time, not the clock: other work on the machine must not fail this. Nothing in it waits."""
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "ganapps", "--help"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.3, times


@pytest.mark.parametrize("line", ["--help", "fit --help", "fit dcgan --help", "evaluate --help", "version"])
def test_help_imports_nothing_heavy(line):
    code = f"""
import sys
from ganapps.cli.app import ganapps
try: ganapps({line.split()!r}, prog_name="ganapps")
except SystemExit: pass
print("heavy:", {HEAVY!r} & set(sys.modules))
"""
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert output.splitlines()[-1] == "heavy: set()"


def test_help_lists_every_verb_with_a_sentence(call):
    lines = call("--help").output.splitlines()
    for verb in VERBS:
        told = next(line for line in lines if line.split()[:1] == [verb])
        assert len(told.split()) > 2, told


@pytest.mark.parametrize("line", [*VERBS, "fit dcgan", "fit cyclegan", "data list", "data show"])
def test_every_help_shows_an_example(call, line):
    for flag in ("--help", "-h"):
        output = call(f"{line} {flag}").output
        examples = output.partition("Examples:")[2]
        assert f"ganapps {line.split()[0]}" in examples, output


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("fti", "There is no verb 'fti'. Did you mean 'fit'?"),
        ("fit dcgann", "There is no model 'dcgann'. Did you mean 'dcgan'?"),
        ("data lst", "There is no command 'lst'. Did you mean 'list'?"),
        ("zzz", "There is no verb 'zzz'. There are fit, resume, sample,"),
        ("fit dcgan --data digits --stepz 3", "No such option '--stepz'"),
        ("fit dcgan --data digits --precision mixed_float15", "Did you mean 'mixed_float16'?"),
        ("fit dcgan --data digits --preset smal", "'smal' is none of paper, small. Did you mean 'small'?"),
        ("fit dcgan --data digits --steps 0", "Invalid value for '--steps'"),
        ("fit dcgan --data digits --features wide", "'features' wants a whole number, not 'wide'."),
        ("fit dcgan --data digits --set featurs=3", "dcgan has no option 'featurs'. Did you mean 'features'?"),
        ("fit dcgan --data digits --set features", "--set wants key=value, not 'features'."),
        ("fit dcgan", "Say what to train on: --data DATA."),
        ("fit dcgan --data digits --steps 3 --epochs 1", "Give --steps or --epochs, not both."),
        ("info --verbose dcgan", "No such option '--verbose'"),
        ("resume", "Missing argument 'RUN'"),
        ("resume nowhere", "There is nothing at 'nowhere'."),
        ("data show digitz", "Did you mean 'digits'?"),
        ("data list --for dcgn", "There is no model 'dcgn'. Did you mean 'dcgan'?"),
        ("sample .", "is neither a run (run.json), a .keras model nor an edge bundle (card.json)."),
    ],
)
def test_a_wrong_command_line_is_answered_with_the_way_out(call, line, sentence):
    result = call(line, code=2)
    assert sentence in result.stderr and "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("error", "code"), [(GanappsError("It is broken."), 1), (UsageError("It is wrong."), 2)])
def test_errors_of_the_user_are_one_sentence(call, monkeypatch, a_run, error, code):
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(workflow, "resume", fail)
    result = call(f"resume {a_run}", code=code)
    assert result.stderr == f"Error: {error}\n" and result.stdout == ""


def test_debug_shows_the_traceback():
    line = [sys.executable, "-m", "ganapps", "data", "show", "nothing"]
    quiet = subprocess.run(line, capture_output=True, text=True)
    assert (quiet.returncode, quiet.stderr.count("\n")) == (2, 1)
    debug = subprocess.run(line, capture_output=True, text=True, env={"GANAPPS_DEBUG": "1", "PATH": ""})
    assert debug.returncode == 1 and "Traceback" in debug.stderr and "UsageError" in debug.stderr


def test_a_mistake_of_ours_is_not_hidden(call, monkeypatch, a_run):
    def fail(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(workflow, "resume", fail)
    assert isinstance(call(f"resume {a_run}", code=1).exception, ZeroDivisionError)


def test_the_package_offers_its_names_without_importing_them():
    code = """
import sys, ganapps
assert not {"numpy", "keras", "tensorflow"} & set(sys.modules)
assert {"fit", "load", "Bundle"} <= set(dir(ganapps))
from ganapps import workflow, edge
assert ganapps.fit is workflow.fit and ganapps.load is workflow.load and ganapps.Bundle is edge.Bundle
assert not {"keras", "tensorflow"} & set(sys.modules)
try: ganapps.nothing
except AttributeError as error: print(error)
"""
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert output.strip() == "module 'ganapps' has no attribute 'nothing'"
