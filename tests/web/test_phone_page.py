"""The phone page makes what ganapps.edge makes, by touch, from chosen files, in each runtime and without a network."""

import io
import json
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from ganapps.data.earth import PALETTE
from ganapps.edge import Bundle, fit_picture
from ganapps.tiles import Enlarger
from tests.web.conftest import Site, as_phone, launch

GREY_LEVEL = 1


def opened(phone, site, tab, precision="float32", runtime="wasm"):
    """Go to a tab with these settings."""
    chosen = f"localStorage.precision ??= '{precision}'; localStorage.runtime ??= '{runtime}';"
    phone.add_init_script(f"if (location.protocol === 'http:') {{ {chosen} }}")
    phone.goto(f"{site.address}#{tab}")
    phone.wait_for_selector(f"#{tab} > div")


def finished(phone, tab):
    """Wait until the tab tells its time; what the last run was given and gave."""
    phone.wait_for_function(f"/· (LiteRT|ONNX)/.test(document.querySelector('#{tab} .status')?.textContent)")
    assert "ms" in phone.inner_text(f"#{tab} .status") or " s" in phone.inner_text(f"#{tab} .status")
    return last(phone)


def last(phone):
    run = json.loads(
        phone.evaluate(
            """() => JSON.stringify({...ganapps, data: [...ganapps.data],
               inputs: Object.fromEntries(Object.entries(ganapps.inputs).map(([k, v]) => [k, [...v]]))})"""
        )
    )
    return run | {"data": np.array(run["data"]), "inputs": {k: np.array(v) for k, v in run["inputs"].items()}}


def expected(bundle, run, **how):
    """What the bundle makes in Python of the page's own inputs."""
    inputs = {
        name: run["inputs"][name].reshape(spec["shape"]).astype(spec["dtype"])
        for name, spec in bundle.card["inputs"].items()
    }
    return bundle.run(**inputs, **how)


def apart(one, other):
    return np.abs(np.asarray(one, float).reshape(-1) - np.asarray(other, float).reshape(-1)).max()


def png(width, height, seed=0):
    """A picture that is neither flat nor noise, as a file."""
    coarse = np.random.default_rng(seed).integers(0, 256, (7, 9, 3), np.uint8)
    picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return picture, {"name": "holiday.png", "mimeType": "image/png", "buffer": file.getvalue()}


def downloaded(phone, button):
    with phone.expect_download() as waiting:
        button.tap()
    return waiting.value.suggested_filename, np.asarray(Image.open(waiting.value.path()).convert("RGB"))


def test_a_face_is_edited(phone, site):
    opened(phone, site, "edit")
    run = finished(phone, "edit")
    bundle = Bundle(site.folder / "face-editing/edit")
    names = bundle.card["inputs"]["attributes"]["classes"]
    sample = Image.open(site.folder / "web/samples/face-0.png")
    assert apart(run["inputs"]["image"], fit_picture(sample, (32, 32, 3))) <= GREY_LEVEL
    _, unedited = downloaded(phone, phone.locator("#edit").get_by_role("button", name="Save"))
    shown = Image.fromarray(fit_picture(sample, (32, 32, 3))).resize((512, 512), Image.Resampling.BICUBIC)
    assert apart(unedited, shown) <= 2 * GREY_LEVEL, "nothing was asked for yet"
    for wanted in ("black hair", "blond hair", "glasses"):
        phone.locator("#edit").get_by_role("button", name=wanted, exact=True).tap()
        number = names.index(wanted)
        phone.wait_for_function(f"ganapps.inputs.attributes[{number}] === 1")
    run = last(phone)
    asked = dict(zip(names, run["inputs"]["attributes"], strict=True))
    assert asked["blond hair"] == asked["glasses"] == 1 and asked["black hair"] == 0, "one colour at a time"
    made = expected(bundle, run)
    assert apart(run["data"], made) <= GREY_LEVEL
    name, saved = downloaded(phone, phone.locator("#edit").get_by_role("button", name="Save"))
    large = Image.fromarray(made).resize((512, 512), Image.Resampling.BICUBIC)
    assert name == "edited.png" and apart(saved, large) <= 2 * GREY_LEVEL


def test_the_attributes_of_an_own_picture_are_read_from_it(phone, site):
    opened(phone, site, "edit")
    finished(phone, "edit")
    picture, file = png(90, 70, seed=4)
    phone.locator("#edit input[type=file]").set_input_files(file)
    fitted = fit_picture(picture, (32, 32, 3))
    phone.wait_for_function(
        "first => ganapps.inputs.attributes && Math.abs(ganapps.inputs.image[0] - first) <= 1", arg=int(fitted[0, 0, 0])
    )
    run, reader = last(phone), Bundle(site.folder / "face-editing/attributes")
    likely = reader.run(image=run["inputs"]["image"].reshape(32, 32, 3).astype(np.uint8))
    assert apart(run["inputs"]["image"], fitted) <= GREY_LEVEL
    assert run["inputs"]["attributes"].tolist() == (likely > 0.5).astype(int).tolist()


def test_a_drawing_by_touch_becomes_a_picture(phone, site):
    opened(phone, site, "draw")
    finished(phone, "draw")
    tab = phone.locator("#draw")
    tab.get_by_role("button", name="Clear").tap()
    phone.wait_for_function(f"ganapps.inputs.image.every((v, i) => v === {PALETTE[0].tolist()}[i % 3])")
    tab.get_by_role("button", name="Land").tap()
    stroke(phone, [(0.2, 0.5), (0.5, 0.3), (0.8, 0.5)])
    tab.get_by_role("button", name="River").tap()
    stroke(phone, [(0.35, 0.2), (0.65, 0.8)])
    river = f"{PALETTE[3].tolist()}"
    phone.wait_for_function(f"ganapps.inputs.image.some((v, i, all) => i % 3 === 0 && v === {river}[0])")
    run = last(phone)
    drawn = run["inputs"]["image"].reshape(-1, 3)
    counts = [int((drawn == colour).all(1).sum()) for colour in PALETTE]
    assert sum(counts) == 64 * 64, "nothing but the data's colours"
    assert counts[2] == 0 and 60 < counts[1] < 1000 and 20 < counts[3] < 200
    made = expected(Bundle(site.folder / "sketch-to-photo"), run)
    assert apart(run["data"], made) <= GREY_LEVEL
    name, saved = downloaded(phone, tab.get_by_role("button", name="Save"))
    assert name == "drawn.png" and apart(saved, run["data"]) == 0
    tab.get_by_role("button", name="Undo").tap()
    phone.wait_for_function(f"!ganapps.inputs.image.some((v, i) => i % 3 === 0 && v === {river}[0])")


def stroke(phone, places):
    """A finger over the drawing, through places in [0, 1]."""
    box = phone.locator("#draw canvas.drawing").bounding_box()
    finger = phone.context.new_cdp_session(phone)
    points = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in places]
    steps = [
        {key: a[key] + (b[key] - a[key]) * step / 8 for key in "xy"} for a, b in pairwise(points) for step in range(9)
    ]
    for number, point in enumerate(steps):
        kind = "touchMove" if number else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        phone.wait_for_timeout(20)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_timeout(400)  # the way from the drawing to a button


def test_a_drawing_opens_as_it_is(phone, site):
    opened(phone, site, "draw")
    finished(phone, "draw")
    classes = np.random.default_rng(5).integers(0, 4, (64, 64))
    file = io.BytesIO()
    Image.fromarray(PALETTE[classes]).save(file, "PNG")
    phone.locator("#draw input[type=file]").set_input_files(
        {"name": "map.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    phone.wait_for_function(
        "want => want.every((v, i) => ganapps.inputs.image[i] === v)", arg=PALETTE[classes].ravel().tolist()
    )


@pytest.mark.parametrize(("width", "height"), [(75, 50), (20, 41)])
def test_a_chosen_photo_is_enlarged_like_in_python(phone, site, width, height):
    opened(phone, site, "enlarge")
    picture, file = png(width, height)
    phone.locator("#enlarge input[type=file]").first.set_input_files(file)
    tab = phone.locator("#enlarge")
    if width > 32:
        tab.get_by_role("button", name="Whole").tap()
    tab.get_by_role("button", name="Enlarge 4").tap()
    phone.wait_for_selector("#enlarge .compare")
    finished(phone, "enlarge")
    name, saved = downloaded(phone, tab.get_by_role("button", name="Save"))
    made = Enlarger.of(Bundle(site.folder / "super-resolution")).enlarge(np.asarray(picture))
    assert name == "holiday-4x.png"
    assert saved.shape == made.shape == (4 * height, 4 * width, 3)
    assert apart(saved, made) <= GREY_LEVEL


def test_a_part_of_a_photo_is_enlarged(phone, site):
    opened(phone, site, "enlarge")
    picture, file = png(300, 200)
    phone.locator("#enlarge input[type=file]").first.set_input_files(file)
    tab = phone.locator("#enlarge")
    tab.get_by_role("button", name="Medium").tap()
    tab.locator(".stage").tap(position={"x": 9, "y": 9})
    tab.get_by_role("button", name="Enlarge 4").tap()
    finished(phone, "enlarge")
    _, saved = downloaded(phone, tab.get_by_role("button", name="Save"))
    made = Enlarger.of(Bundle(site.folder / "super-resolution")).enlarge(np.asarray(picture)[:64, :64])
    assert apart(saved, made) <= GREY_LEVEL
    handle, line = tab.get_by_role("slider"), []
    for key in ("Home", "ArrowRight", "End"):
        handle.press(key)
        line.append(handle.get_attribute("aria-valuenow"))
    assert line == ["0", "5", "100"]


def test_files_that_are_no_pictures_get_a_sentence(phone, site):
    opened(phone, site, "enlarge")
    for name, content, words in (
        ("a.png", b"", "is empty"),
        ("a.png", b"not a picture at all", "save it as JPEG or PNG"),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(60), "save it as JPEG or PNG"),
    ):
        phone.locator("#enlarge input[type=file]").first.set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": content}
        )
        phone.wait_for_function("words => document.getElementById('toast').textContent.includes(words)", arg=words)


def test_onnx_runtime_steps_in_where_litert_does_not_load(meddled, site):
    meddled.route("**/litert_wasm*.wasm", lambda route: route.abort())
    opened(meddled, site, "draw")
    run = finished(meddled, "draw")
    assert run["by"] == "ONNX Runtime, CPU" and run["name"] == "model.onnx"
    assert apart(run["data"], expected(Bundle(site.folder / "sketch-to-photo"), run, runtime="onnx")) <= GREY_LEVEL


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_the_other_files_run_too(phone, site, precision):
    opened(phone, site, "draw", precision)
    run = finished(phone, "draw")
    assert run["name"] == f"model_{precision}.tflite"
    made = expected(Bundle(site.folder / "sketch-to-photo"), run, precision=precision)
    assert np.abs(run["data"] - made.reshape(-1)).mean() <= GREY_LEVEL


def test_a_damaged_model_is_refused(meddled, site):
    def damage(route):
        answer = route.fetch()
        content = bytearray(answer.body())
        content[-1] ^= 1
        route.fulfill(response=answer, body=bytes(content))

    meddled.route("**/*.tflite?*", damage)
    opened(meddled, site, "draw")
    meddled.wait_for_function("document.getElementById('toast').textContent.includes('damaged')")


def test_it_works_offline_after_the_first_visit(playwright, chromium, exports):
    site = Site(exports)
    with as_phone(playwright, chromium) as phone:
        opened(phone, site, "enlarge")
        phone.wait_for_function("document.getElementById('offline').textContent === 'Works offline'")
        site.stop()
        phone.goto("about:blank")
        opened(phone, site, "draw")
        run = finished(phone, "draw")
        assert apart(run["data"], expected(Bundle(exports / "sketch-to-photo"), run)) <= GREY_LEVEL
        phone.locator("nav a[href='#edit']").tap()
        finished(phone, "edit")
        phone.locator("nav a[href='#enlarge']").tap()
        phone.locator("#enlarge .sample").first.tap()
        phone.locator("#enlarge").get_by_role("button", name="Enlarge 4").tap()
        finished(phone, "enlarge")


def test_it_can_be_installed(phone, site):
    opened(phone, site, "enlarge")
    manifest = json.loads(phone.evaluate("fetch('manifest.webmanifest').then(answer => answer.text())"))
    assert manifest["display"] == "standalone" and manifest["start_url"] == "./"
    for icon in manifest["icons"]:
        path = site.folder / "web" / icon["src"]
        assert path.suffix == ".svg" or Image.open(path).size == tuple(map(int, icon["sizes"].split("x")))
    complaints = phone.context.new_cdp_session(phone).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one for one in complaints if one["errorId"] != "in-incognito"] == []


def test_without_bundles_it_says_what_to_do(meddled, site):
    meddled.route("**/bundles.json", lambda route: route.fulfill(json={"bundles": []}))
    opened(meddled, site, "draw")
    assert "make web" in meddled.inner_text("#draw")


def test_six_brushes_fit_on_a_phone(meddled, site, exports):
    told = json.loads((exports / "web" / "bundles.json").read_text(encoding="utf-8"))
    for bundle in (one for one in told["bundles"] if one["tab"] == "draw"):
        extra = bundle["brushes"][-1] | {"name": "Mountain", "first": False, "paper": False, "thin": False}
        bundle["brushes"] += [extra] * (6 - len(bundle["brushes"]))
    meddled.route("**/bundles.json", lambda route: route.fulfill(json=told))
    opened(meddled, site, "draw")
    assert meddled.locator("#draw .ink").count() == 6
    assert (
        meddled.evaluate(
            "(() => { const main = document.querySelector('main'); return main.scrollWidth - main.clientWidth; })()"
        )
        == 0
    )


def test_the_gpu_makes_the_same_picture(playwright, site):
    """On a GPU in software (SwiftShader), where Chromium brings one."""
    options = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
    browser = launch(playwright, *options, "--enable-features=Vulkan", "--use-vulkan=swiftshader")
    with as_phone(playwright, browser) as phone:
        phone.goto(site.address)
        if not phone.evaluate("navigator.gpu?.requestAdapter().then(Boolean).catch(() => false) ?? false"):
            pytest.skip("This Chromium has no WebGPU, not even in software.")
        opened(phone, site, "draw", runtime="webgpu")
        phone.reload()  # what was opened first did not know the setting
        run = finished(phone, "draw")
        assert run["by"] == "LiteRT, GPU"
        assert apart(run["data"], expected(Bundle(site.folder / "sketch-to-photo"), run)) <= GREY_LEVEL
    browser.close()
