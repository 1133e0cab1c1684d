"""One face drawn: the rendered picture, and everything that is known about it because it was drawn."""

import functools

import numpy as np

from ganapps.data.faces.canvas import PARTS, canvas_shape
from ganapps.data.faces.identity import Identity, identity_of
from ganapps.data.faces.layers import Layer, layer
from ganapps.data.faces.pose import FACE_OUTLINE, KEYPOINTS, Pose, oversampling
from ganapps.data.faces.shading import Light, compose
from ganapps.data.faces.vocabulary import choice
from ganapps.data.source import to_model_range

# A thin part wins a pixel of the label map with less than half of it, or glasses would fall apart.
LABEL_WEIGHTS = np.array([2, 2, 2, 4, 4, 2, 3, 2, 5, 2, 2])
HIDERS = tuple(PARTS.index(part) for part in ("hair", "hat", "glasses", "beard", "background"))
STUDIO = Light(
    direction=np.array([-0.41, -0.49, 0.77], np.float32),
    key=np.array([0.8, 0.78, 0.76], np.float32),
    sky=np.array([0.38, 0.39, 0.41], np.float32),
    ground=np.array([0.21, 0.19, 0.18], np.float32),
)
GARMENT_POSE = Pose.of(0, 1.12, 1.12, 0, 0, (140, 248))
WHITE = np.ones(3, np.float32)

Painted = list[tuple[Layer, np.ndarray]]


def render_attributes(vector: np.ndarray, identity: int, resolution: int = 64) -> np.ndarray:
    """The rendered picture of a face, for exact edits: change one choice, keep the identity, and nothing else changes.

    Args:
        vector: the twelve choices, int (12,), in the order of ``vocabulary.GROUPS``.
        identity: number of the person: pose, light, shades of colour and grain.
        resolution: side in pixels.

    Returns:
        float32 (resolution, resolution, 3) in [-1, 1].
    """
    person, scale = identity_of(identity), scale_for(resolution)
    image = _photograph(painted_layers(vector, person, scale), vector, person, resolution, scale)
    return to_model_range(image)


def render_face(vector: np.ndarray, identity: int, resolution: int) -> dict[str, np.ndarray]:
    """All pictures and annotations of one face, as they are stored.

    Returns:
        uint8 ``image``, ``garment`` (side, side, 3), ``sketch`` (side, side, 1), ``segmentation`` (side, side),
        ``normals`` (side, side, 3; (value / 127.5) - 1 is the unit vector: right, up, towards the viewer); bool
        ``normals_mask`` (side, side, 1); float32 ``keypoints`` (10, 3) and ``boxes`` (1, 4).
    """
    person, scale = identity_of(identity), scale_for(resolution)
    layers = painted_layers(vector, person, scale)
    labels, lines, facing = _drawing(layers, scale)
    segmentation = _vote(person.pose.labels(labels, resolution, scale), oversampling(resolution, scale))
    normals, mask = _normals(facing, labels, person.pose, resolution, scale)
    return {
        "image": _photograph(layers, vector, person, resolution, scale),
        "sketch": 255 - person.pose.picture(np.uint8(255) * lines, resolution, scale)[..., None],
        "segmentation": segmentation,
        "normals": normals,
        "normals_mask": mask,
        "garment": _garment(vector, person, resolution, scale),
        "keypoints": _keypoints(person.pose, labels, scale),
        "boxes": _boxes(person.pose),
    }


def scale_for(resolution: int) -> float:
    """Pixels of the canvas for a unit of the drawing: at least about two for a pixel of the picture."""
    return 0.5 if resolution <= 64 else 1.0 if resolution <= 128 else 2.0


def painted_layers(vector: np.ndarray, person: Identity, scale: float) -> Painted:
    """The layers of a face from back to front, each with the colour that its drawing leaves open."""
    skin, hair = person.colour(vector, "skin"), person.colour(vector, "hair_colour")
    painted = [
        (layer("body", "", scale), skin),
        (layer("clothes", choice(vector, "clothes"), scale), person.colour(vector, "clothes_colour")),
        (layer("ears", "", scale), skin),
        (layer("head", "", scale), skin),
        (layer("mouth", choice(vector, "mouth"), scale), skin),
        (layer("nose", "", scale), skin),
        (layer("eyes", choice(vector, "eyes"), scale), WHITE),
        (layer("brows", choice(vector, "brows"), scale), WHITE),
    ]
    if choice(vector, "hat") == "none":
        painted.append((layer("hair", choice(vector, "hair"), scale), hair))
    else:
        painted.append((layer("hat", choice(vector, "hat"), scale), person.hat))
    if choice(vector, "beard") != "none":
        painted.append((layer("beard", choice(vector, "beard"), scale), hair))
    if choice(vector, "glasses") != "none":
        painted.append((layer("glasses", choice(vector, "glasses"), scale), person.frame))
    return painted


def _photograph(layers: Painted, vector: np.ndarray, person: Identity, side: int, scale: float) -> np.ndarray:
    colours, alpha = compose(layers, person.light, scale)
    figure = np.dstack([colours * 255 + 0.5, alpha * 255 + 0.5]).astype(np.uint8)
    moved = person.pose.picture(figure, side, scale).astype(np.float32)
    # Where the figure is but for rounding, it is: the wall must not shine through.
    cover = np.minimum(moved[..., 3:] / 250, 1)
    wall = person.colour(vector, "background") * 255 * _vignette(side)
    picture = moved[..., :3] * cover + wall * (1 - cover) + person.grain(side)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


@functools.cache
def _vignette(side: int) -> np.ndarray:
    """A wall lit from above: brightness (side, side, 1)."""
    at = (np.arange(side, dtype=np.float32) + 0.5) / side
    away = np.hypot(at[None, :] - 0.45, 0.8 * (at[:, None] - 0.3))
    return (1.04 - 0.34 * away**1.5)[..., None]


def _garment(vector: np.ndarray, person: Identity, side: int, scale: float) -> np.ndarray:
    """The garment alone on white, the way a shop shows it: the same place and light whoever wears it."""
    cloth = layer("clothes", choice(vector, "clothes"), scale)
    colours, alpha = compose([(cloth, person.colour(vector, "clothes_colour"))], STUDIO, scale)
    figure = np.dstack([colours * 255 + 0.5, alpha * 255 + 0.5]).astype(np.uint8)
    moved = GARMENT_POSE.picture(figure, side, scale).astype(np.float32)
    cover = moved[..., 3:] / 255
    return np.rint(moved[..., :3] * cover + 255 * (1 - cover)).astype(np.uint8)


def _drawing(layers: Painted, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """On the canvas: which part each pixel shows (uint8), where a pen would draw (uint8 0 or 1), and the normals."""
    shape = canvas_shape(scale)
    labels, lines = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    facing = np.zeros((*shape, 3), np.float32)
    facing[..., 2] = 1
    for part, _ in layers:
        solid = part.alpha > 0.5
        labels[part.window][solid] = part.part
        lines[part.window][solid] = part.ink[solid]
        facing[part.window][solid] = part.normals[solid]
    return labels, lines, facing


def _vote(fine: np.ndarray, times: int) -> np.ndarray:
    """Label map uint8 (side, side) from one ``times`` finer: in each block the part with the largest weighted share."""
    side = len(fine) // times
    block = np.arange(side * times) // times
    cell = (block[:, None] * side + block[None, :]) * len(PARTS) + fine
    votes = np.bincount(cell.ravel(), minlength=side * side * len(PARTS)).reshape(side, side, len(PARTS))
    return np.argmax(votes * LABEL_WEIGHTS, axis=-1).astype(np.uint8)


def _normals(
    facing: np.ndarray, labels: np.ndarray, pose: Pose, side: int, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    encoded = np.rint((pose.normals(facing) * [1, -1, 1] + 1) * 127.5).astype(np.uint8)
    mean = pose.picture(encoded, side, scale).astype(np.float32) / 127.5 - 1
    shown = pose.picture(np.uint8(255) * (labels > 0), side, scale)[..., None] > 127
    unit = np.where(shown, mean / np.maximum(np.linalg.norm(mean, axis=-1, keepdims=True), 1e-6), [0.0, 0.0, 1.0])
    return np.rint((unit + 1) * 127.5).astype(np.uint8), shown


def _keypoints(pose: Pose, labels: np.ndarray, scale: float) -> np.ndarray:
    """x, y in [0, 1] and whether the part can be seen: inside the picture, and nothing worn in front of it."""
    drawn = np.array(list(KEYPOINTS.values()))
    columns, rows = (drawn * scale).astype(int).T
    points = pose.points(drawn)
    inside = ((points >= 0) & (points <= 1)).all(1)
    seen = inside & ~np.isin(labels[rows, columns], HIDERS)
    return np.column_stack([points, seen]).astype(np.float32)


def _boxes(pose: Pose) -> np.ndarray:
    """x, y, width, height in [0, 1] of the head with its ears, as far as it is in the picture."""
    outline = np.clip(pose.points(FACE_OUTLINE), 0, 1)
    corner, opposite = outline.min(0), outline.max(0)
    return np.concatenate([corner, opposite - corner])[None].astype(np.float32)
