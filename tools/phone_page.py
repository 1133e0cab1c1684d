"""Makes docs/phone.md: how the bundles of exports/ go into a phone's browser, an Android app and an iOS app.

Names, shapes, types and times come from the cards. ``tools/docs.py`` writes it.
"""

import math
from pathlib import Path
from typing import Any

from ganapps.edge import read_card
from ganapps.reproduce.markdown import table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "phone.md"
HEAD = Path(__file__).with_name("phone_page.md")  # the part that no bundle changes
LITERT = "2.3.0"
KOTLIN = {"uint8": "Int8", "float32": "Float", "int32": "Int"}


def cards(exports: Path) -> dict[str, dict[str, Any]]:
    """The cards below a folder by the bundles' names."""
    found = {path.parent.relative_to(exports).as_posix(): read_card(path.parent) for path in exports.rglob("card.json")}
    return dict(sorted(found.items()))


def page(found: dict[str, dict[str, Any]]) -> str:
    """The whole page."""
    parts = [HEAD.read_text(encoding="utf-8").replace("LITERT_VERSION", LITERT).rstrip(), "## The bundles"]
    if not found:
        return (
            "\n\n".join([*parts, "None has been exported yet: `ganapps export RUN --out exports/NAME` makes one."])
            + "\n"
        )
    rows = [
        (link(name), f"`{card['signature']}`", ends(card["inputs"]), end(card["output"]))
        for name, card in found.items()
    ]
    parts.append(table(("bundle", "signature", "inputs", "output"), rows))
    return "\n\n".join(parts + [section(name, card) for name, card in found.items()]) + "\n"


def section(name: str, card: dict[str, Any]) -> str:
    """One bundle: its files, and the two pieces of code."""
    words = [f"`{i}` is, in this order: {', '.join(s['classes'])}." for i, s in card["inputs"].items() if s["classes"]]
    return "\n\n".join(
        [
            f"### {name}",
            f"{card['title']}. {card['description']}",
            files(card),
            *words,
            kotlin(name, card),
            swift(name, card),
        ]
    )


def files(card: dict[str, Any]) -> str:
    """Sizes and times of the files that a phone runs."""
    rows = [
        (f"`{name}`", f"{file['bytes'] / 1e6:.2f}", *(f"{file['latency_ms'][threads]:.2f}" for threads in ("1", "2")))
        for name, file in card["files"].items()
        if file["runtime"] == "litert"
    ]
    return (
        table(("file", "MB", "ms on 1 thread", "ms on 2 threads"), rows)
        + f"\n\nTimes on {card['machine']}, not on a phone."
    )


def kotlin(name: str, card: dict[str, Any]) -> str:
    """Android: LiteRT's CompiledModel."""
    signature, output = card["signature"], card["output"]
    lines = [f'val model = CompiledModel.create(context.assets, "{asset(name)}.tflite", options)']
    for key, spec in card["inputs"].items():
        lines.append(f'val {key} = model.createInputBuffer("{key}", "{signature}")  // {meaning(spec)}')
    lines.append(f'val {output["name"]} = model.createOutputBuffer("{output["name"]}", "{signature}")')
    lines.append("")
    lines += [f"{key}.write{KOTLIN[spec['dtype']]}({kotlin_value(spec)})" for key, spec in card["inputs"].items()]
    given = ", ".join(f'"{key}" to {key}' for key in card["inputs"])
    lines.append(f'model.run(mapOf({given}), mapOf("{output["name"]}" to {output["name"]}), "{signature}")')
    lines.append(f"val made = {output['name']}.read{KOTLIN[output['dtype']]}()  // {meaning(output)}")
    return block("kotlin", lines)


def kotlin_value(spec: dict[str, Any]) -> str:
    """What an example writes into an input."""
    length = math.prod(spec["shape"])
    if spec["kind"] == "image":
        return f"rgb(bitmap, {spec['shape'][1]}, {spec['shape'][0]})" if spec["shape"][2] == 3 else "grey"
    if spec["kind"] == "latent":
        draw = "random.nextFloat() * 2 - 1" if spec["distribution"] == "uniform" else "random.nextGaussian().toFloat()"
        return f"FloatArray({length}) {{ {draw} }}"
    if spec["kind"] == "label":
        return "intArrayOf(0)"
    return f"FloatArray({length}).also {{ it[0] = 1f }}"


def swift(name: str, card: dict[str, Any]) -> str:
    """iOS: TensorFlowLiteSwift's signature runner."""
    signature, output = card["signature"], card["output"]
    lines = [f'let path = Bundle.main.path(forResource: "{asset(name)}", ofType: "tflite")!']
    lines.append("let interpreter = try Interpreter(modelPath: path, options: options, delegates: delegates)")
    lines.append(f'let runner = try interpreter.signatureRunner(with: "{signature}")')
    lines.append("try runner.invoke(with: [")
    lines += [f'    "{key}": {swift_value(key, spec)},  // {meaning(spec)}' for key, spec in card["inputs"].items()]
    lines.append("])")
    lines.append(f'let made = try runner.output(named: "{output["name"]}").data  // {meaning(output)}')
    return block("swift", lines)


def swift_value(key: str, spec: dict[str, Any]) -> str:
    """An input as Data."""
    if spec["kind"] == "image":
        return (
            f"rgb(picture, width: {spec['shape'][1]}, height: {spec['shape'][0]})" if spec["shape"][2] == 3 else "grey"
        )
    return f"{key}.withUnsafeBytes {{ Data($0) }}"  # of an array of Float or Int32


def meaning(spec: dict[str, Any]) -> str:
    """The shape, type and range of an end, in words."""
    if spec["kind"] == "image":
        kind = "RGB" if spec["shape"][2] == 3 else "grey"
        return f"{math.prod(spec['shape']):,} bytes: {kind}, {spec['shape'][0]} rows of {spec['shape'][1]} pixels"
    if spec["kind"] == "label":
        return "one Int32: the number of the class"
    plain = f"{math.prod(spec['shape'])} {'floats' if spec['dtype'] == 'float32' else 'numbers'}"
    distributions = {"uniform": "uniform in [-1, 1]", "normal": "from N(0, 1)"}
    if spec["kind"] == "latent":
        return f"{plain}, {distributions[spec['distribution']]}"
    return f"{plain}, each 0 or 1" if spec["kind"] == "attributes" else plain


def ends(inputs: dict[str, dict[str, Any]]) -> str:
    """The inputs in a cell of a table."""
    return ", ".join(end(spec, name) for name, spec in inputs.items())


def end(spec: dict[str, Any], name: str = "") -> str:
    """`image` uint8 [128, 128, 3]."""
    return f"`{name or spec['name']}` {spec['dtype']} {[1, *spec['shape']]}"


def asset(name: str) -> str:
    """A file's name in an app, for the bundle's ``model_float16.tflite``."""
    return name.replace("/", "-")


def link(name: str) -> str:
    """To the bundle's section."""
    return f"[{name}](#{name.replace('/', '').lower()})"


def block(language: str, lines: list[str]) -> str:
    """Code."""
    return "\n".join([f"```{language}", *lines, "```"])
