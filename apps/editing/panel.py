"""The controls on the page: swatches for colours, switches for the rest. They always stand as the picture is wanted."""

import streamlit as st

from editing.controls import PAINT, Controls, colour, title, turned
from editing.history import History


def show_controls(history: History, what: Controls, names: list[str]) -> None:
    """Swatches and switches that stand as the picture is wanted, and the buttons of the history."""
    now, state = history.now, st.session_state

    def turn(name: str, on: bool) -> None:
        history.want(turned(history.now.wanted, now.likely, names, name, on))

    def switched(name: str) -> None:
        turn(name, state[f"switch_{name}"])

    def painted(thing: str, held: str | None) -> None:
        chosen = state[f"swatch_{thing}"]
        turn(chosen or held, chosen is not None)

    wanted = {name for name, on in zip(names, now.wanted, strict=True) if on > 0.5}
    for number, (thing, colours) in enumerate(what.swatches.items()):
        held = next((name for name in colours if name in wanted), None)
        state[f"swatch_{thing}"] = held
        paint(f"paint_{number}", colours)
        with st.container(key=f"paint_{number}"):
            st.pills(
                thing,
                colours,
                format_func=lambda name: colour(name).capitalize(),
                key=f"swatch_{thing}",
                on_change=painted,
                args=(thing, held),
            )
    with st.container(horizontal=True, gap="small"):
        for name in what.switches:
            state[f"switch_{name}"] = name in wanted
            st.toggle(title(name), key=f"switch_{name}", on_change=switched, args=(name,), width=140)


def paint(key: str, colours: tuple[str, ...]) -> None:
    """A disc of its colour in every pill of the container with that key."""
    disc = (
        "content: ''; width: 1.05em; height: 1.05em; margin-right: .4em; border-radius: 50%; border: 1px solid #0003;"
    )
    rules = [f".st-key-{key} button p::before {{ display: inline-block; vertical-align: -.15em; {disc} }}"]
    for place, name in enumerate(colours, 1):
        rules.append(f".st-key-{key} button:nth-of-type({place}) p::before {{ background: {PAINT[colour(name)]}; }}")
    st.html(f"<style>{''.join(rules)}</style>")
