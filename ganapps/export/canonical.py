"""ONNX in one canonical form, so that the same network gives the same file.

tf2onnx orders nodes, names tensors and picks among equal constants by the order of Python sets and by counters that run
on from one conversion to the next. Here nodes stand in the order in which the outputs need them, tensors are numbered
in that order, equal constants are one, and open dimensions are named after what they are.
"""

from collections.abc import Iterator

import onnx

AXES = ("batch", "height", "width", "channels")


def canonical(model: onnx.ModelProto, scale: int = 1) -> None:
    """Bring a model into this form, in place. The names of its inputs and outputs stay.

    ``scale``: how many times larger than its input the model's picture is; then its height has a name of its own.
    """
    inputs, outputs = model.graph.input, model.graph.output
    _settle(model.graph, {value.name: value.name for value in (*inputs, *outputs)}, "")
    larger = AXES if scale == 1 else ("batch", f"{scale}_height", f"{scale}_width", "channels")
    for value, names in (*((value, AXES) for value in inputs), *((value, larger) for value in outputs)):
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            if not dim.dim_value:
                dim.dim_param = names[axis]


def _settle(graph: onnx.GraphProto, names: dict[str, str], prefix: str) -> None:
    """Order and name a graph's nodes; ``names`` maps the old names that are known outside to the new ones."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    kept: dict[bytes, onnx.TensorProto] = {}
    names[""] = ""  # an optional input or output that is left out
    nodes = in_order_of_need(graph)
    for number, node in enumerate(nodes):
        for name in _needs(node):
            if name in constants and name not in names:
                tensor = constants[name]
                tensor.name = ""
                first = kept.setdefault(tensor.SerializeToString(deterministic=True), tensor)
                first.name = first.name or f"{prefix}constant_{len(kept) - 1}"
                names[name] = first.name
        node.name = f"{prefix}{node.op_type}_{number}"
        for i, name in enumerate(node.output):
            names.setdefault(name, f"{node.name}_{i}")
        node.input[:] = [names[name] for name in node.input]
        node.output[:] = [names[name] for name in node.output]
        for attribute in node.attribute:  # a loop's body, a branch
            if attribute.HasField("g"):
                inner = {value.name: f"{node.name}/input_{i}" for i, value in enumerate(attribute.g.input)}
                _settle(attribute.g, names | inner, f"{node.name}/")
    graph.name, graph.doc_string = prefix or "ganapps", ""
    for value in (*graph.input, *graph.output):
        value.name = names[value.name]
        for dim in value.type.tensor_type.shape.dim:
            if dim.HasField("dim_param"):
                dim.dim_param = ""
    for field, content in ((graph.node, nodes), (graph.initializer, list(kept.values()))):
        copies = [type(entry).FromString(entry.SerializeToString()) for entry in content]
        del field[:]
        field.extend(copies)
    del graph.value_info[:]


def in_order_of_need(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The nodes that the outputs need, each after those whose results it takes, in the order of its inputs."""
    makers = {name: node for node in graph.node for name in node.output if name}
    ordered: list[onnx.NodeProto] = []
    started: set[int] = set()
    # A stack by hand: the recursion would be as deep as the network.
    stack: list[tuple[onnx.NodeProto | None, Iterator[str]]] = [(None, iter([value.name for value in graph.output]))]
    while stack:
        node, needs = stack[-1]
        maker = next((makers[name] for name in needs if name in makers and id(makers[name]) not in started), None)
        if maker is not None:
            started.add(id(maker))
            stack.append((maker, iter(_needs(maker))))
            continue
        stack.pop()
        if node is not None:
            ordered.append(node)
    return ordered


def _needs(node: onnx.NodeProto) -> list[str]:
    """A node's inputs, and what the graphs inside it (loops, branches) take from outside."""
    inner = [inside for attribute in node.attribute if attribute.HasField("g") for inside in attribute.g.node]
    return [*node.input, *(name for inside in inner for name in _needs(inside))]
