"""Sketch to photo without its page: brushes from the card, drawings read exactly, templates, scans."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ganapps.data import catalogue, earth
from ganapps.data.faces import dataset as faces
from sketching import papers, reading, scans, templates

MASK = earth.COLOURS["mask"]
EARTH = papers.Paper("classes", MASK)
PARTS = papers.Paper("classes", faces.COLOURS)
SIZE = (384, 384)


def card(spec="", signature="a_to_b", palette=None, shape=(64, 64, 3)):
    image = {"kind": "image", "shape": list(shape)} | ({"palette": palette} if palette else {})
    data = {"name": "any"} | ({"spec": spec} if spec else {})
    return {"signature": signature, "inputs": {"image": image}, "output": {"kind": "image"}, "data": data}


def colours_of(picture):
    return {tuple(map(int, colour)) for colour in np.unique(picture.reshape(-1, 3), axis=0)}


@pytest.mark.parametrize(
    ("spec", "field"), [("earth:a=mask", "a"), ("earth:b=sketch", "b"), ("faces:a=segmentation", "a")]
)
def test_palettes_are_the_data_sets_own(spec, field):
    palette = catalogue.describe(spec).palettes[field]
    paper = papers.paper_of(card(spec, f"{field}_to_{'ab'.replace(field, '')}", palette))
    assert paper.kind == "classes" and dict(paper.brushes) == palette
    assert bool(paper.note) == (spec == "earth:a=mask")


def test_every_field_has_a_usual_layer():
    assert set(papers.USUAL) == {(name, field) for name in ("earth", "faces") for field in "ab"}


@pytest.mark.parametrize(
    ("told", "kind", "brush"),
    [
        (card("earth:a=mask,b=satellite", palette=MASK), "classes", "river"),
        (card("earth:a=satellite,b=mask", "b_to_a", MASK), "classes", "lake"),
        (card("earth:unpaired"), "colours", "mountain"),
        (card("earth:a=relief"), "colours", "dry land"),
        (card("faces"), "ink", "ink"),
        (card("faces:n=500,a=segmentation,b=image", palette=faces.COLOURS), "classes", "hair"),
        (card("tfds:somebody"), "colours", "blue"),
        (card(), "colours", "red"),
        (card(palette={"sea": [0, 0, 255], "land": [0, 255, 0]}), "classes", "land"),
    ],
)
def test_paper_of_a_card(told, kind, brush):
    paper = papers.paper_of(told)
    assert paper.kind == kind and brush in paper.brushes


@pytest.mark.parametrize(
    "told",
    [
        card("earth:a=mask,b=satellite", "b_to_a"),
        card("faces:a=image,b=garment"),
        card("phantoms"),
        card(signature="upscale"),
        card() | {"inputs": {"latent": {"kind": "latent", "shape": [8]}}},
        card() | {"output": {"kind": "vector"}},
    ],
)
def test_what_nobody_draws(told):
    assert papers.paper_of(told) is None


def test_no_brush_that_does_nothing():
    paper = papers.paper_of(card("earth:a=mask", palette=MASK))
    assert "mountain" not in paper.brushes and "no mountains" in paper.note
    assert "mountain" in papers.MAP and not papers.LAYERS["earth", "map"].note
    known = papers.drawable({"b": card("earth:a=mask", palette=MASK), "a": card(), "c": card("earth")})
    assert list(known) == ["b", "c", "a"]


def test_blends_along_an_edge_become_one_of_its_sides():
    sharp = Image.new("RGB", (800, 800), MASK["land"])
    ImageDraw.Draw(sharp).line((50, 90, 760, 700), fill=MASK["river"], width=30)
    soft = np.asarray(sharp.resize((200, 200), Image.Resampling.LANCZOS))
    allowed = {MASK["land"], MASK["river"]}
    assert not colours_of(soft) <= allowed
    palette = np.array(list(MASK.values()), np.uint8)
    assert MASK["sea"] in colours_of(palette[reading.nearest(soft, palette)[0]])  # what must not happen
    snapped = reading.snap(soft, list(MASK.values()))
    assert colours_of(snapped) == allowed
    hard = np.asarray(sharp.resize((200, 200), Image.Resampling.NEAREST))
    assert (snapped != hard).any(-1).mean() < 0.01


def test_snap_of_a_picture_without_pure_colours():
    noise = np.random.default_rng(0).integers(0, 256, (50, 40, 3)).astype(np.uint8)
    assert colours_of(reading.snap(noise, list(MASK.values()))) <= set(MASK.values())


@pytest.mark.parametrize("shape", [(64, 64, 3), (128, 128, 3), (64, 96, 3), (32, 32, 1)])
def test_the_networks_input(shape):
    height, width = size = reading.canvas_size(*shape[:2])
    assert height % shape[0] == 0 and height // shape[0] == width // shape[1] and max(size) in (384, 416, 352)
    drawing = templates.coast(EARTH, size, height // shape[0])
    given = reading.for_network(drawing, EARTH, shape)
    assert given.shape == shape and given.dtype == np.uint8
    if shape[2] == 3:
        assert colours_of(given) == {EARTH.brushes[name] for name in ("sea", "land", "river")}
    lines = reading.for_network(drawing, papers.INK, shape)
    assert lines.shape == shape


def test_strokes_lie_over_the_ground():
    ground = np.full((40, 40, 3), 100, np.uint8)
    strokes = np.zeros((40, 40, 4), np.uint8)
    strokes[:10] = (200, 0, 0, 255)
    strokes[10:20] = (200, 0, 0, 128)
    made = reading.compose(ground, strokes)
    assert made[0, 0].tolist() == [200, 0, 0] and made[15, 0].tolist() == [150, 50, 50] and (made[20:] == 100).all()
    assert reading.compose(ground, None) is ground
    assert reading.compose(ground, np.zeros((80, 80, 4), np.uint8)).shape == ground.shape


@pytest.mark.parametrize("paper", [EARTH, papers.LAYERS["earth", "map"]])
def test_landscapes(paper):
    sheets = templates.sheets(paper, SIZE, 6)
    assert list(sheets) == ["Island", "Coast and river", "Archipelago", "Lake district", "Empty"]
    for name, draw in sheets.items():
        picture = draw()
        assert picture.shape == (*SIZE, 3) and colours_of(picture) <= set(paper.brushes.values())
        np.testing.assert_array_equal(picture, draw())
        assert (len(colours_of(picture)) == 1) == (name == "Empty")
    lakes = colours_of(sheets["Lake district"]())
    assert {paper.colour("land"), paper.colour("river", "sea"), paper.colour("lake", "sea")} <= lakes


def test_line_art():
    files = sorted(templates.SAMPLES.glob("*.png"))
    assert len(files) >= 4 and all(file.stat().st_size <= 20_000 for file in files)
    assert "Pablo Stanley" in (templates.SAMPLES / "README.md").read_text()
    for draw in list(templates.sheets(papers.INK, SIZE, 6).values())[:-1]:
        picture = draw()
        assert picture.shape == (*SIZE, 3) and 0.7 < (picture > 200).mean() < 0.99
    assert list(templates.sheets(PARTS, SIZE, 6)) == ["Empty"]


def pencil_map():
    """A photographed sketch: an island with a lake and a river, in pencil, one side of the paper in the shade."""
    sheet = Image.new("L", (900, 700), 235)
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((150, 80, 780, 640), outline=90, width=8)
    pen.ellipse((520, 250, 660, 420), outline=90, width=8)
    pen.line((250, 300, 330, 360, 420, 380), fill=90, width=8)
    light = np.linspace(1.0, 0.55, 900)[None]
    return Image.fromarray(np.uint8(np.asarray(sheet) * light))


def test_outlines_are_filled():
    sketch = pencil_map()
    assert scans.likely_way(sketch, EARTH) == "outlines"
    made = scans.sheet(sketch, SIZE, EARTH, "outlines", 30)
    named = {colour: name for name, colour in EARTH.brushes.items()}

    def at(x, y):  # of the sketch, which lies padded in the square
        scale = 384 / 900
        return named[tuple(made[int(y * scale + (384 - 700 * scale) / 2), int(x * scale)].tolist())]

    assert [at(20, 20), at(880, 680), at(300, 500), at(590, 330), at(330, 360)] == [
        "sea",
        "sea",
        "land",
        "lake",
        "river",
    ]
    assert colours_of(made) == set(EARTH.brushes.values())
    blank = scans.sheet(Image.new("RGB", (50, 50), "white"), SIZE, EARTH, "outlines", 30)
    assert colours_of(blank) == {EARTH.colour("land")}


def test_flood_winds_through():
    free = np.ones((40, 40), bool)
    free[4::8, :-1] = False
    free[8::8, 1:] = False
    start = np.zeros_like(free)
    start[0, 0] = True
    np.testing.assert_array_equal(scans.flood(start, free), free)
    assert not scans.flood(start & False, free).any()


def test_scanned_lines_and_painted_colours():
    lines = scans.sheet(pencil_map(), SIZE, papers.INK, "outlines", 30)
    assert colours_of(lines) == {(0, 0, 0), (255, 255, 255)} and 0.01 < (lines == 0).mean() < 0.1
    painted = Image.fromarray(templates.lakes(EARTH, (200, 300), 4))
    assert scans.likely_way(painted, EARTH) == "colours"
    assert colours_of(scans.sheet(painted, SIZE, EARTH, "colours", 0)) <= set(EARTH.brushes.values())
    clear = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    assert colours_of(scans.sheet(clear, SIZE, EARTH, "colours", 0)) == {EARTH.ground}
    assert scans.likely_way(painted, PARTS) == "colours"
