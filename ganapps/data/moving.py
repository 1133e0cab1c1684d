"""Moving shapes: coloured discs, squares, diamonds and rings that fly straight on and bounce off the walls.

The test-bed of video prediction. Each object keeps its speed, so four frames tell where it will be, and its true
position is known in every frame. Row i is drawn from numbers fixed by the split alone, when it is asked for.
"""

from dataclasses import replace

import numpy as np

from ganapps.data.catalogue import DataSet, Field
from ganapps.data.colour import as_channels
from ganapps.data.source import Rows, Source, to_model_range, with_shapes
from ganapps.errors import UsageError

LENGTH = 8
PAST = 4
SIDE = 32
SEEDS = {"train": 0, "test": 1}
#: half the side of an object, and what it moves in a frame, as shares of the picture's side
SIZES, SPEEDS = (0.10, 0.15), (0.03, 0.08)
LARGEST = SIZES[1]
COLOURS = np.array(
    [(235, 80, 70), (90, 150, 250), (90, 200, 90), (240, 200, 70), (210, 120, 230), (240, 240, 240)], np.float32
)
BACKGROUNDS = (10, 60)
CHUNK = 64
PICTURE = Field((SIDE, SIDE, 3), "float32", "")

MOVING = DataSet(
    name="moving",
    title="shapes that move and bounce, eight frames a row",
    kind="procedural",
    fields={
        "frames": Field((LENGTH, SIDE, SIDE, 3), "float32", "the frames in their order"),
        "positions": Field((LENGTH, 2, 2), "float32", "of each object in each frame, x and y of its centre in [0, 1]"),
        "image": replace(PICTURE, meaning=f"frame {PAST + 1}, which the four before it lead to"),
        **{f"frame_{number}": replace(PICTURE, meaning=f"frame {number} by itself") for number in range(1, PAST + 1)},
    },
    sizes={"train": 10_000, "test": 1_000},
    licence="none needed",
    credit="drawn here",
    how_to_get="built in",
    opener="ganapps.data.moving:open_moving",
    describer="ganapps.data.moving:describe_moving",
    resolution=SIDE,
    paired=True,
    options={
        "objects": "how many shapes there are: 1, 2 (default) or 3",
        "pairs": "instead of frames: a, three frames in grey as red, green and blue, and b, the frame after them",
    },
)


def describe_moving(objects: str = "2", pairs: bool = False) -> DataSet:
    """The card that holds under these options."""
    if objects not in ("1", "2", "3"):
        raise UsageError(f"moving has 1, 2 or 3 objects, not '{objects}'.")
    if pairs:
        a = replace(PICTURE, meaning=f"frames {PAST - 2} to {PAST} in grey as red, green and blue")
        return replace(MOVING, fields={"a": a, "b": replace(PICTURE, meaning=f"frame {PAST + 1} in grey")})
    places = replace(MOVING.fields["positions"], shape=(LENGTH, int(objects), 2))
    return replace(MOVING, fields=MOVING.fields | {"positions": places})


class MovingSource(Source):
    """Draws the rows asked for; what moves, how and where, is fixed by the split."""

    def __init__(self, info: DataSet, split: str, objects: int, side: int, channels: int, pairs: bool):
        count = info.sizes[split]
        rng = np.random.default_rng([SEEDS[split], objects])
        self.side, self.channels, self.pairs = side, channels, pairs
        self.streams = {"main": count}
        self.sizes = rng.uniform(*SIZES, (count, objects)).astype(np.float32)
        self.shapes = rng.integers(0, 4, (count, objects))
        angles, speeds = rng.uniform(0, 2 * np.pi, (count, objects)), rng.uniform(*SPEEDS, (count, objects))
        self.velocities = speeds[..., None] * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        room = 1 - 2 * self.sizes[..., None]
        self.starts = room * rng.uniform(0, 2, (count, objects, 2))  # the way there and back, see positions_of
        self.colours = COLOURS[rng.permuted(np.tile(np.arange(len(COLOURS)), (count, 1)), axis=1)[:, :objects]]
        self.backgrounds = rng.uniform(*BACKGROUNDS, (count, 3)).astype(np.float32)
        shapes = {name: value.shape[1:] for name, value in self.take("main", np.zeros(1, np.int64)).items()}
        self.info = with_shapes(replace(info, resolution=side, channels=channels), shapes)

    def positions_of(self, rows: np.ndarray) -> np.ndarray:
        """(n, T, objects, 2): the centres' x and y, whose way between two walls is folded at each wall."""
        times = np.arange(LENGTH)[None, :, None, None]
        edge = self.sizes[rows][:, None, :, None]
        room = 1 - 2 * edge
        way = (self.starts[rows][:, None] + self.velocities[rows][:, None] * times) % (2 * room)
        return (edge + room - np.abs(way - room)).astype(np.float32)

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        parts = np.split(
            indices, range(CHUNK, len(indices), CHUNK)
        )  # floats of all pixels at once would take gigabytes
        frames = as_channels(np.concatenate([self._draw(part) for part in parts]), self.channels)
        if self.pairs:
            grey = as_channels(frames, 1)
            past = np.concatenate(list(np.moveaxis(grey[:, PAST - 3 : PAST], 1, 0)), axis=-1)
            return {"a": to_model_range(past), "b": to_model_range(np.repeat(grey[:, PAST], 3, axis=-1))}
        video = to_model_range(frames)
        alone = {f"frame_{number}": video[:, number - 1] for number in range(1, PAST + 1)}
        return {"frames": video, "positions": self.positions_of(indices), "image": video[:, PAST], **alone}

    def _draw(self, rows: np.ndarray) -> np.ndarray:
        """uint8 (n, T, side, side, 3), edges softened over one pixel; later objects hide earlier ones."""
        positions = self.positions_of(rows)
        ticks = (np.arange(self.side, dtype=np.float32) + 0.5) / self.side
        shape = (*positions.shape[:2], self.side, self.side, 3)
        canvas = np.broadcast_to(self.backgrounds[rows][:, None, None, None], shape).copy()
        for number in range(positions.shape[2]):
            x, y = (positions[:, :, number, axis, None, None] for axis in (0, 1))
            across, down = np.abs(ticks[None, None, None, :] - x), np.abs(ticks[None, None, :, None] - y)
            size, kind = (values[rows, number][:, None, None, None] for values in (self.sizes, self.shapes))
            far = np.sqrt(across**2 + down**2)
            # Distance to the outline, negative inside: disc, square, diamond, ring.
            forms = [far - size, np.maximum(across, down) - 0.85 * size, (across + down - size) / np.sqrt(2)]
            forms.append(np.abs(far - 0.65 * size) - 0.35 * size)
            outside = np.select([kind == form for form in range(4)], forms)
            cover = np.clip(0.5 - outside * self.side, 0, 1)[..., None]
            canvas += cover * (self.colours[rows, number][:, None, None, None] - canvas)
        return np.rint(canvas).astype(np.uint8)


def open_moving(
    split: str, resolution: int | None, channels: int | None, objects: str = "2", pairs: bool = False
) -> MovingSource:
    """Moving shapes, at 32 pixels and in colour where nothing else is asked for."""
    if pairs and channels == 1:
        raise UsageError("moving:pairs holds three frames as red, green and blue: ask for 3 channels.")
    return MovingSource(describe_moving(objects, pairs), split, int(objects), resolution or SIDE, channels or 3, pairs)
