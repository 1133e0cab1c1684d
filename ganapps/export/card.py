"""What a bundle says about itself: card.json for programs, README.md for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ganapps.edge import FORMAT
from ganapps.engine.signature import Signature

NOTICE = "The outputs are synthetic: they were made by a neural network and show nothing that happened."


@dataclass(frozen=True)
class Facts:
    """What only the one who trained it knows.

    Args:
        name: of the bundle: ``"fashion-dcgan"``.
        model: its name in the registry.
        title: what people read.
        description: one or two sentences: what it makes out of what.
        training: the recipe: steps, batch_size, seed, preset, command, ...
        data: name, licence and credit of the data set.
        limits: what it cannot do, in a sentence or more.
        palettes: of inputs that are pictures of classes, each class's colour (red, green, blue).
    """

    name: str
    model: str
    title: str
    description: str
    training: Mapping[str, Any]
    data: Mapping[str, str]
    limits: str
    palettes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """A bundle's facts, its ends and its files.

    Args:
        facts: from the one who trained it.
        signature: its name.
        inputs: by name: kind, shape without the batch, dtype, range (None where open), classes.
        output: the same of the output, with its name; classes where its numbers have names.
        metric: name, better and slack of the score, when one was taken.
        files: by file name: precision, runtime, bytes, sha256, differences from Keras, score, latency_ms by threads.
        machine: where the latency was measured.
    """

    facts: Facts
    signature: str
    inputs: dict[str, dict[str, Any]]
    output: dict[str, Any]
    metric: dict[str, Any] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    machine: str = ""

    def note(self) -> dict[str, Any]:
        """What each file carries inside: the card without the files' records."""
        facts = self.facts
        return {
            "format": FORMAT,
            "name": facts.name,
            "model": facts.model,
            "title": facts.title,
            "description": facts.description,
            "signature": self.signature,
            "inputs": self.inputs,
            "output": self.output,
            "data": dict(facts.data),
            "limits": facts.limits,
            "notice": NOTICE,
        }

    def as_dict(self) -> dict[str, Any]:
        """The content of card.json."""
        measured = {"metric": self.metric, "machine": self.machine, "files": self.files}
        return self.note() | {"training": dict(self.facts.training)} | measured

    def readme(self) -> str:
        """The content of README.md."""
        facts = self.facts
        score = self.metric["name"] if self.metric else "score"
        ends = [("input", name, spec) for name, spec in self.inputs.items()]
        ends.append(("output", self.output["name"], self.output))
        parts = [
            f"# {facts.title}",
            facts.description,
            f"**{NOTICE}**",
            f"## Inputs and output\n\nSignature `{self.signature}`, batch 1. Scaling is done inside the files.",
            _table(
                ("", "name", "kind", "type", "shape", "range"),
                [(end, f"`{name}`", s["kind"], s["dtype"], s["shape"], s["range"]) for end, name, s in ends],
            ),
            *[f"`{name}`: {', '.join(spec['classes'])}." for _, name, spec in ends if spec.get("classes")],
            "## Files",
            _table(
                ("file", "MB", "PSNR to Keras, dB", "largest, mean difference", score, "median ms on 1, 2 threads"),
                [_row(name, record) for name, record in self.files.items()],
            ),
            f"Latency on {self.machine}. Differences are in grey levels (pictures) or the output's units (vectors)."
            + "".join(f" `{name}`: {record['reason']}." for name, record in self.files.items() if "reason" in record),
            f"## Use\n\n{self._use()}",
            "## Training",
            _table(("", ""), [("model", facts.model), *facts.training.items()]),
            "## Data",
            _table(("", ""), list(facts.data.items())),
            f"## Limits\n\n{facts.limits}",
        ]
        return "\n\n".join(parts) + "\n"

    def _use(self) -> str:
        if self.signature == "upscale":
            return "Pictures of any size, tile by tile:\n\n```bash\nganapps upscale . photo.jpg --out large\n```"
        return f"```python\nfrom ganapps.edge import Bundle\n\n{self._call()}\n```"

    def _call(self) -> str:
        kinds = {spec["kind"] for spec in self.inputs.values()}
        others = "".join(
            f", {name}=..." for name, spec in self.inputs.items() if spec["kind"] in ("attributes", "label")
        )
        if "image" in kinds:
            return f'Bundle(".").translate(picture{others})  # any PIL image'
        return 'Bundle(".").sample(16, seed=1)'


def describe(facts: Facts, signature: Signature, shapes: Mapping[str, tuple[int, ...]], output: np.ndarray) -> Card:
    """The card of a signature, before it has files.

    Args:
        facts: from the one who trained it.
        signature: what is exported.
        shapes: the static shape of every input, without the batch.
        output: a batch of what the bundle gives.
    """
    inputs: dict[str, dict[str, Any]] = {}
    for name, spec in signature.inputs.items():
        ranges = {
            "image": [0, 255],
            "latent": [-1, 1] if spec.distribution == "uniform" else None,
            "label": [0, len(spec.classes) - 1] if spec.classes else None,
            "attributes": [0, 1],
        }
        inputs[name] = {
            "kind": spec.kind,
            "shape": list(shapes[name]),
            "dtype": "uint8" if spec.kind == "image" else spec.dtype,
            "range": ranges[spec.kind],
            "classes": list(spec.classes),
        }
        if name in facts.palettes:
            inputs[name]["palette"] = {kind: list(colour) for kind, colour in facts.palettes[name].items()}
        if spec.kind == "latent":
            inputs[name]["distribution"] = spec.distribution
    given = {
        "name": signature.output,
        "kind": signature.output_kind,
        "shape": list(output.shape[1:]),
        "dtype": str(output.dtype),
        "range": [0, 255] if signature.output_kind == "image" else None,
    }
    if signature.classes:
        given["classes"] = list(signature.classes)
    return Card(facts, signature.name, inputs, given)


def _row(name: str, record: Mapping[str, Any]) -> tuple[str, ...]:
    latency = record["latency_ms"]
    return (
        f"`{name}`",
        f"{record['bytes'] / 1e6:.3f}",
        f"{record['psnr']:.1f}" if record["psnr"] is not None else "equal",
        f"{record['max_difference']:.3g}, {record['mean_difference']:.3g}",
        f"{record['score']:.4g}" if record["score"] is not None else "not measured",
        f"{latency['1']:.2f}, {latency['2']:.2f}",
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
