"""The registry reads models from their source, and never runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from ganapps import registry
from ganapps.errors import UsageError

PARENT = '''
"""A module."""
raise RuntimeError("the registry must not run this file")

WIDTH = 3

class Helper:
    pass

@register("parent-gan", title="Parent GAN", paper="1234.56789", year=2015, chapter="basics")
class ParentGAN(AdversarialModel):
    """A parent (Doe, 2015).

    Longer words.

    Args:
        size: height and width of the images, in pixels;
            a power of two.
        rate (float): the learning rate.
        objective: which loss.
        widths: channels of each block.
        labels: how many classes; none without labels.
        spectral: normalise the kernels.

    Raises:
        ValueError: never an argument.
    """

    players = (Player("critic"),)
    needs = ("image", "label")
    presets = {"small": {"size": 16, "widths": (8, 16)}, "paper": {}}

    def __init__(self, *, size: int = 64, rate: float = 2e-4, objective: Literal["minimax", "non-saturating"] = "minimax",
                 widths: tuple[int, ...] = (64, 128), labels: int | None = None, spectral: bool = False, **kwargs):
        super().__init__(**kwargs)
'''
CHILD = '''
@register("child-gan", title="Child", paper="", year=2014, chapter="basics")
class ChildGAN(ParentGAN):
    """One line differs."""

@register("cousin-gan", title="Cousin", paper="", year=2016, chapter="basics")
class Cousin(ParentGAN):
    """Overrides a default.

    Args:
        rate: slower.
        clip: the bound of the weights.
    """
    presets: ClassVar[dict] = {"tiny": {"clip": 0.1}}

    def __init__(self, rate: float = 1e-5, clip: float = 0.01, **kwargs):
        super().__init__(rate=rate, **kwargs)
'''


@pytest.fixture
def models(tmp_path: Path) -> dict[str, registry.Entry]:
    (tmp_path / "basics").mkdir()
    (tmp_path / "basics" / "parent.py").write_text(PARENT)
    (tmp_path / "child.py").write_text(CHILD)
    return registry.read(tmp_path, "zoo")


def test_an_entry_is_read_without_running_the_file(models):
    entry = models["parent-gan"]
    assert (entry.title, entry.paper, entry.year, entry.chapter) == ("Parent GAN", "1234.56789", 2015, "basics")
    assert (entry.module, entry.cls) == ("zoo.basics.parent", "ParentGAN")
    assert entry.needs == ("image", "label")
    assert entry.presets["small"] == {"size": 16, "widths": (8, 16)}
    assert entry.summary == "A parent (Doe, 2015)."
    assert list(models) == ["child-gan", "parent-gan", "cousin-gan"], "by year"


def test_parameters_carry_type_default_and_doc(models):
    found = models["parent-gan"].parameters
    assert list(found) == ["size", "rate", "objective", "widths", "labels", "spectral"]
    assert found["size"] == registry.Parameter(
        "size", "int", 64, "height and width of the images, in pixels; a power of two."
    )
    assert found["rate"].doc == "the learning rate."
    assert found["objective"].choices == ("minimax", "non-saturating")
    assert found["labels"].optional and found["labels"].base == "int" and not found["size"].optional
    assert found["widths"].default == (64, 128)


def test_a_child_inherits_what_it_does_not_say(models):
    parent, child, cousin = (models[f"{name}-gan"] for name in ("parent", "child", "cousin"))
    assert child.parameters == parent.parameters and child.needs == parent.needs
    assert child.doc == "One line differs."
    assert list(cousin.parameters) == ["rate", "clip", "size", "objective", "widths", "labels", "spectral"]
    assert cousin.parameters["rate"].default == 1e-5 and cousin.parameters["rate"].doc == "slower."
    assert cousin.parameters["size"].doc.startswith("height")
    assert child.presets == parent.presets and cousin.presets == {"tiny": {"clip": 0.1}}


def test_without_kwargs_nothing_comes_from_the_parent(tmp_path, models):
    source = PARENT + "\n\n@register('closed', title='', paper='', year=1, chapter='')\nclass Closed(ParentGAN):\n"
    (tmp_path / "basics" / "parent.py").write_text(source + "    def __init__(self, size: int = 8):\n        pass\n")
    assert list(registry.read(tmp_path, "zoo")["closed"].parameters) == ["size"]


def test_without_presets_there_is_the_paper(tmp_path):
    (tmp_path / "a.py").write_text(
        "@register('a', title='', paper='', year=1, chapter='')\nclass A(AdversarialModel):\n    pass\n"
    )
    assert registry.read(tmp_path, "zoo")["a"].presets == {"paper": {}}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("size", "32", 32),
        ("rate", "1e-3", 1e-3),
        ("rate", "2", 2.0),
        ("objective", "non-saturating", "non-saturating"),
        ("widths", "8,16,32", (8, 16, 32)),
        ("widths", "8", (8,)),
        ("labels", "10", 10),
        ("labels", "none", None),
        ("spectral", "yes", True),
        ("spectral", "False", False),
    ],
)
def test_texts_become_values(models, name, text, value):
    parsed = registry.parse_option(models["parent-gan"].parameters[name], text)
    assert parsed == value and type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("size", "big", "'size' wants a whole number, not 'big'."),
        ("size", "1.5", "'size' wants a whole number, not '1.5'."),
        ("size", "none", "'size' wants a whole number, not 'none'."),
        ("rate", "fast", "'rate' wants a number, not 'fast'."),
        ("labels", "x", "'labels' wants a whole number, or none, not 'x'."),
        ("spectral", "maybe", "'spectral' wants true or false, not 'maybe'."),
        ("widths", "8;9", "'widths' wants whole numbers with commas between them, not '8;9'."),
        (
            "objective",
            "minmax",
            "'objective' wants one of minimax, non-saturating, not 'minmax'. Did you mean 'minimax'?",
        ),
    ],
)
def test_texts_that_do_not_fit_are_one_clear_sentence(models, name, text, sentence):
    with pytest.raises(UsageError) as error:
        registry.parse_option(models["parent-gan"].parameters[name], text)
    assert str(error.value) == sentence


def test_options_are_checked_by_name(models):
    entry = models["cousin-gan"]
    assert registry.check_options(entry, {"clip": "0.5", "size": "8"}) == {"clip": 0.5, "size": 8}
    with pytest.raises(UsageError, match=r"cousin-gan has no option 'objectiv'\. Did you mean 'objective'\?"):
        registry.check_options(entry, {"objectiv": "minimax"})


def test_an_unknown_model_names_the_nearest(monkeypatch, models):
    monkeypatch.setattr(registry, "entries", lambda: models)
    assert registry.get("child-gan").cls == "ChildGAN"
    with pytest.raises(UsageError, match=r"no model 'chld-gan'\. Did you mean 'child-gan'\?"):
        registry.get("chld-gan")


@pytest.mark.parametrize(
    "constructor",
    [
        "self, size=3",
        "self, size: int",
        "self, size: int = WIDTH",
        "self, size: list = []",
        "self, size: dict[str, int] = 1",
    ],
)
def test_a_constructor_that_no_option_can_have_is_refused(tmp_path, constructor):
    head = "@register('bad', title='', paper='', year=1, chapter='')\nclass Bad(AdversarialModel):\n"
    (tmp_path / "bad.py").write_text(f"{head}    def __init__({constructor}):\n        pass\n")
    with pytest.raises(ValueError, match=r"zoo\.bad\.Bad: parameter 'size' needs a literal default"):
        registry.read(tmp_path, "zoo")


def test_names_are_unique(tmp_path):
    model = "@register('{}', title='', paper='', year=1, chapter='')\nclass {}(AdversarialModel):\n    pass\n"
    (tmp_path / "a.py").write_text(model.format("one", "One"))
    (tmp_path / "b.py").write_text(model.format("one", "Two"))
    with pytest.raises(ValueError, match=r"the model name 'one' is taken by zoo\.a"):
        registry.read(tmp_path, "zoo")
    (tmp_path / "b.py").write_text(model.format("two", "One"))
    with pytest.raises(ValueError, match=r"the class name One is taken by zoo\.a"):
        registry.read(tmp_path, "zoo")


def test_reading_the_models_imports_none_of_them():
    code = "import sys, ganapps.registry as r; r.entries(); print({'keras', 'numpy', 'tensorflow'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_the_models_of_the_package_keep_the_rules():
    for entry in registry.entries().values():
        assert entry.doc and entry.title and entry.chapter and entry.needs, entry.name
        for parameter in entry.parameters.values():
            assert parameter.doc, f"{entry.name}: '{parameter.name}' has no line in Args"
        for preset, values in entry.presets.items():
            assert set(values) <= set(entry.parameters), f"{entry.name}: preset {preset} sets what is no parameter"


def test_register_marks_the_class_and_makes_it_loadable():
    keras = pytest.importorskip("keras")

    @registry.register("toy-gan", title="Toy", paper="1", year=2, chapter="three")
    class ToyGAN(keras.layers.Layer):
        pass

    assert (ToyGAN.name, ToyGAN.title, ToyGAN.paper, ToyGAN.year, ToyGAN.chapter) == ("toy-gan", "Toy", "1", 2, "three")
    assert keras.saving.get_registered_name(ToyGAN) == "ganapps>ToyGAN"
