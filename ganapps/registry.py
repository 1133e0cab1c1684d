"""Which models there are and what they take, read from the source of `ganapps/models` without running any of it.

The command line, the documentation and the run folders all need to know a model's name, its paper and its
hyper-parameters. Importing the models would cost seconds of TensorFlow start-up for a `--help`, so this file reads
them with `ast` instead: the class that wears ``@register(...)``, its docstring and the signature of its constructor.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from ganapps.errors import UsageError, nearest

Class = TypeVar("Class", bound=type)
WORDS = {"int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false"}
RULE = (
    "a literal default and a type among int, float, str, bool, Literal[...], tuple[int, ...], tuple[str, ...], "
    "or one of them | None"
)
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def register(name: str, *, title: str, paper: str, year: int, chapter: str) -> Callable[[Class], Class]:
    """Put a model class into the registry.

    The arguments must be literals: the registry reads them from the source.

    Args:
        name: what the user types, lower case with hyphens: ``"wgan-gp"``.
        title: what the paper calls it.
        paper: its arXiv number, or a DOI.
        year: of the first publication.
        chapter: of the survey the model stands in.
    """

    def mark(cls: Class) -> Class:
        import keras

        for key, value in {"name": name, "title": title, "paper": paper, "year": year, "chapter": chapter}.items():
            setattr(cls, key, value)
        return keras.saving.register_keras_serializable("ganapps")(cls)

    return mark


@dataclass(frozen=True)
class Parameter:
    """One hyper-parameter: its annotation as written, its default, and its sentence from the class's ``Args``."""

    name: str
    type: str
    default: Any
    doc: str

    @property
    def optional(self) -> bool:
        """Whether None is a value."""
        return _split(self.type)[1]

    @property
    def base(self) -> str:
        """The annotation without ``| None``: ``int``, ``float``, ``str``, ``bool``, ``tuple[int, ...]``, ``tuple[str, ...]``
        or ``Literal``."""
        base = _split(self.type)[0]
        return "Literal" if base.startswith("Literal[") else base

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values of a ``Literal``, else nothing."""
        base = _split(self.type)[0]
        if not base.startswith("Literal["):
            return ()
        values = ast.literal_eval(base.removeprefix("Literal[").removesuffix("]"))
        return values if isinstance(values, tuple) else (values,)


@dataclass(frozen=True)
class Entry:
    """A registered model.

    ``module`` and ``cls`` say where the class stands, ``needs`` which batch fields it trains on, ``presets`` maps a
    preset's name to constructor arguments, ``parameters`` are the constructor's keyword parameters; ``paired`` says
    whether row i of the domains a and b must belong together.
    """

    name: str
    title: str
    paper: str
    year: int
    chapter: str
    module: str
    cls: str
    doc: str
    needs: tuple[str, ...]
    presets: dict[str, dict[str, Any]]
    parameters: dict[str, Parameter]
    paired: bool = False

    @property
    def summary(self) -> str:
        """The docstring's first sentence block, on one line."""
        return " ".join(self.doc.partition("\n\n")[0].split())

    def load(self) -> type:
        """Import the model's module (and with it Keras) and return the class."""
        return getattr(importlib.import_module(self.module), self.cls)

    def build(self, config: Mapping[str, Any]) -> Any:
        """The model with these constructor arguments.

        Raises:
            UsageError: sizes that make no network, in Keras' words or the model's.
        """
        try:
            return self.load()(**config)
        except (ValueError, TypeError) as error:
            reason = str(error).splitlines()[0]
            raise UsageError(f"{self.name} cannot be built with these options: {reason}") from error


@lru_cache
def entries() -> dict[str, Entry]:
    """All registered models by name, in the order of their years."""
    return read(Path(__file__).parent / "models", "ganapps.models")


def get(name: str) -> Entry:
    """The model of that name.

    Raises:
        UsageError: there is none; the nearest name is offered.
    """
    known = entries()
    if name not in known:
        raise UsageError(f"There is no model '{name}'.{nearest(name, known)} `ganapps models` lists them all.")
    return known[name]


def parse_option(parameter: Parameter, text: str) -> Any:
    """The value that a text from the command line means for this parameter.

    Truth values are ``true|yes|on|1`` and ``false|no|off|0``; tuples are numbers or texts with commas (``64,128,256``);
    ``none`` is None where the annotation allows it.

    Raises:
        UsageError: the text does not fit the type; the sentence names the parameter and what it wants.
    """
    if parameter.optional and text.lower() == "none":
        return None
    try:
        return _convert(parameter, text)
    except ValueError:
        words = {"tuple[int, ...]": "whole numbers with commas between them", "Literal": "one of "} | WORDS
        wants = words[parameter.base] + ", ".join(str(choice) for choice in parameter.choices)
        none = ", or none" if parameter.optional else ""
        hint = nearest(text, [str(choice) for choice in parameter.choices])
        raise UsageError(f"'{_flag(parameter.name)}' wants {wants}{none}, not '{text}'.{hint}") from None


def check_options(entry: Entry, options: dict[str, str]) -> dict[str, Any]:
    """Constructor arguments from ``key=value`` texts; a key may be written with hyphens or underscores.

    Raises:
        UsageError: an unknown key (the nearest is named) or a value that does not fit.
    """
    values = {}
    for key, text in options.items():
        name = key.replace("-", "_")
        if name not in entry.parameters:
            hint = nearest(_flag(name), [_flag(known) for known in entry.parameters])
            raise UsageError(f"{entry.name} has no option '{key}'.{hint} `ganapps info {entry.name}` lists them all.")
        values[name] = parse_option(entry.parameters[name], text)
    return values


def read(folder: Path, package: str) -> dict[str, Entry]:
    """The registry of one folder of model files; ``package`` is the dotted name of that folder.

    Raises:
        ValueError: a model file breaks the rules (a default that is no literal, an annotation that no option can
            have, a name given twice). That is a programmer's error, so it is no GanappsError.
    """
    classes: dict[str, tuple[str, ast.ClassDef]] = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        module = ".".join((package, *parts)).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8"), str(path)).body:
            if isinstance(node, ast.ClassDef):
                other = classes.setdefault(node.name, (module, node))
                if other[1] is not node and _mark(node):
                    raise ValueError(
                        f"{module}: the class name {node.name} is taken by {other[0]}; saved files need it alone."
                    )
    found: dict[str, Entry] = {}
    for module, node in classes.values():
        marks = _mark(node)
        if marks is None:
            continue
        if marks["name"] in found:
            raise ValueError(f"{module}: the model name '{marks['name']}' is taken by {found[marks['name']].module}.")
        line = list(_ancestry(node, classes))
        found[marks["name"]] = Entry(
            **marks,
            module=module,
            cls=node.name,
            doc=inspect.cleandoc(ast.get_docstring(node) or ""),
            needs=_attribute(line, "needs", ()),
            presets=_attribute(line, "presets", {"paper": {}}),
            parameters=_parameters(module, line),
            paired=_attribute(line, "paired", False),
        )
    return dict(sorted(found.items(), key=lambda item: (item[1].year, item[0])))


def _mark(node: ast.ClassDef) -> dict[str, Any] | None:
    """The literal arguments of the class's ``@register(...)``, or None when it wears none."""
    for call in node.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "register":
            named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
            return {"name": ast.literal_eval(call.args[0])} | named
    return None


def _ancestry(node: ast.ClassDef, classes: dict[str, tuple[str, ast.ClassDef]]) -> Iterator[ast.ClassDef]:
    """The class and those of its ancestors that stand in model files, nearest first."""
    yield node
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield from _ancestry(classes[base.id][1], classes)


def _attribute(line: list[ast.ClassDef], name: str, default: Any) -> Any:
    """A class attribute's literal, looked up along the ancestry."""
    for node in line:
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return ast.literal_eval(statement.value)  # type: ignore[attr-defined]
    return default


def _parameters(module: str, line: list[ast.ClassDef]) -> dict[str, Parameter]:
    """The constructor's keyword parameters; ``**kwargs`` passes on those of the ancestor, as the call itself does."""
    signature: list[tuple[ast.arg, ast.expr | None]] = []
    for node in line:
        init = next((item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None)
        if init is None:
            continue
        own, seen = init.args, {argument.arg for argument, _ in signature}
        gap: list[None] = [None] * (len(own.args) - len(own.defaults))
        pairs = [*zip(own.args, [*gap, *own.defaults], strict=True), *zip(own.kwonlyargs, own.kw_defaults, strict=True)]
        signature += [(argument, default) for argument, default in pairs[1:] if argument.arg not in seen]
        if own.kwarg is None:
            break
    docs = {key: text for node in reversed(line) for key, text in arguments(ast.get_docstring(node) or "").items()}
    result = {}
    for argument, default in signature:
        try:
            kind, value = ast.unparse(argument.annotation), ast.literal_eval(default)  # type: ignore[arg-type]
            parameter = Parameter(argument.arg, kind, value, docs.get(argument.arg, ""))
            if parameter.base not in (*WORDS, "tuple[int, ...]", "tuple[str, ...]", "Literal"):
                raise ValueError(f"the annotation {kind} cannot be an option")
        except (ValueError, AttributeError, TypeError) as error:
            raise ValueError(f"{module}.{line[0].name}: parameter '{argument.arg}' needs {RULE}; {error}.") from error
        result[argument.arg] = parameter
    return result


def arguments(docstring: str) -> dict[str, str]:
    """The ``Args:`` block of a Google-style docstring: each argument's text on one line."""
    block = re.search(r"^Args:\n((?:[ \t]+\S.*\n?|\s*\n)+)", inspect.cleandoc(docstring), re.MULTILINE)
    texts: dict[str, str] = {}
    name = ""
    for row in inspect.cleandoc("\n" + block[1]).splitlines() if block else ():
        start = re.match(r"(\w+)(?: \([^)]*\))?:\s*(.*)", row)
        if start:
            name, texts[start[1]] = start[1], start[2]
        else:
            texts[name] = f"{texts[name]} {row.strip()}".strip()
    return texts


def _flag(name: str) -> str:
    return name.replace("_", "-")


def _split(annotation: str) -> tuple[str, bool]:
    """An annotation without its ``None``, and whether it had one."""
    base = annotation.removesuffix(" | None").removeprefix("None | ")
    return base, base != annotation


def _convert(parameter: Parameter, text: str) -> Any:
    """The value of a text; ValueError when it has none."""
    match parameter.base:
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "bool":
            return (TRUE + FALSE).index(text.lower()) < len(TRUE)
        case "tuple[int, ...]":
            return tuple(int(part) for part in text.split(",") if part.strip())
        case "tuple[str, ...]":
            return tuple(part.strip() for part in text.split(",") if part.strip())
        case "Literal":
            return parameter.choices[[str(choice) for choice in parameter.choices].index(text)]
        case _:
            return text
