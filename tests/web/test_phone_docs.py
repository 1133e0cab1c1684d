"""docs/phone.md is made from the cards, and its code names what the cards name."""

import re

import phone_page

from ganapps.edge import read_card


def test_the_committed_page_is_current():
    made = phone_page.page(phone_page.cards(phone_page.ROOT / "exports"))
    assert phone_page.PAGE.read_text(encoding="utf-8") == made, "run python tools/docs.py"


def test_every_bundle_has_code_with_the_names_and_sizes_of_its_card(tiny):
    found = phone_page.cards(tiny)
    text = phone_page.page(found)
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) == set(found)
    for name, card in found.items():
        assert card == read_card(tiny / name)
        code = phone_page.kotlin(name, card) + phone_page.swift(name, card)
        for end in (*card["inputs"], card["output"]["name"], card["signature"]):
            assert code.count(f'"{end}"') >= 2, (name, end)
        for spec in (*card["inputs"].values(), card["output"]):
            assert phone_page.meaning(spec) in code


def test_without_bundles_it_says_how_to_make_one():
    assert "ganapps export RUN" in phone_page.page({})


def test_the_page_holds_the_targets_that_it_names():
    makefile = (phone_page.ROOT / "Makefile").read_text(encoding="utf-8")
    text = phone_page.HEAD.read_text(encoding="utf-8")
    for name in {"web", *re.findall(r"make ([a-z]+)", text)}:
        assert re.search(rf"^{name}:", makefile, re.MULTILINE)
    for name in re.findall(r"(WEB_[A-Z]+)=", text):
        assert re.search(rf"^{name} \?=", makefile, re.MULTILINE)
