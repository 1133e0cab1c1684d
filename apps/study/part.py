"""Taking part: welcome, pair after pair, thanks."""

from collections.abc import Mapping

import streamlit as st
from PIL import Image

from shared import bundles
from shared.guard import plain
from study import display, statistics
from study.plan import Plan
from study.protocol import PRACTICE, SCORED, Trial
from study.store import Session, Store

TOLD = (
    "study_told"  # in the session's state: the number of the practice pair that feedback is shown for, and the answer
)


def take_part(store: Store, study: str, uploads: Mapping[str, Image.Image]) -> None:
    """The page for a participant, whom the address names by ``session=``.

    Args:
        store: where the answers go.
        study: its id.
        uploads: the study's uploaded pictures.

    Raises:
        GanappsError: there is no such study, or its pictures are gone.
    """
    plan = Plan.of(store.plan(study))
    token = st.query_params.get("session")
    session = store.session(token) if token else None
    if session is None or session.study != study:
        _welcome(store, study, plan)
        return
    trials = plan.trials(session.participant)
    told = st.session_state.get(TOLD)
    if told and told[:2] == (session.token, session.answered - 1):
        _feedback(plan, trials, session, told[2], uploads)
    elif session.answered < len(trials):
        _ask(store, plan, trials, session, uploads)
    else:
        _thanks(store, study, session)


def _welcome(store: Store, study: str, plan: Plan) -> None:
    rules = plan.rules
    st.title(plain(plan.title))
    time = (
        f"for {_seconds(rules.seconds)}, then they vanish and you have all the time you want" if rules.seconds else ""
    )
    practice = "" if not rules.practice else (
        f"\n- The first {rules.practice} are practice: you are told whether you were right. After that you are not."
    )  # fmt: skip
    st.markdown(
        f"You will see **{rules.pairs} pairs of pictures**. In each pair one picture is real, the other was made by a "
        f"neural network. Say which one is **real**.\n\n- Both pictures are shown {time or 'until you answer'}.\n"
        f"- Answer with the buttons, or with the arrow keys ← and →. When you cannot tell, guess.{practice}\n"
        f"- It takes about {_minutes(plan)}. When you close or reload the page, the same address goes on where you were.\n\n"
        "Nothing about you is kept: no name and no address, only your answers and how long they took."
    )
    if st.button("Begin", type="primary", icon=":material/play_arrow:"):
        st.query_params["session"] = store.join(study).token
        st.rerun()


def _ask(store: Store, plan: Plan, trials: list[Trial], session: Session, uploads: Mapping[str, Image.Image]) -> None:
    trial = trials[session.answered]
    with st.spinner("Loading the pictures ...", show_time=False):
        pictures = plan.pair(trial, bundles.load, uploads)
    _progress(plan, trial)
    under_way = st.session_state.get("study_under_way") == session.token
    if st.session_state.get("study_shown") != (session.token, trial.number):
        st.session_state["study_shown"] = (session.token, trial.number)
        store.shown(session.token, trial.number)
    ready = None if under_way else ("Go on" if session.answered else "Show the first pair")
    practice = trial.kind == PRACTICE
    said = display.show(trial.number, pictures, plan.rules.seconds, ready, practice)
    if said is None or said.left is None:
        return
    store.answer(session.token, trial, said.left, said.shown_ms, said.answered_ms)
    st.session_state["study_under_way"] = session.token
    if practice:
        st.session_state[TOLD] = (session.token, trial.number, said.left)
    st.rerun()


def _feedback(
    plan: Plan, trials: list[Trial], session: Session, left: bool, uploads: Mapping[str, Image.Image]
) -> None:
    trial, last = trials[session.answered - 1], session.answered == plan.rules.practice
    _progress(plan, trial)
    told = (trial.real_left, not trial.fooled(left))
    pictures = plan.pair(trial, bundles.load, uploads)
    if display.show(trial.number, pictures, None, told=told, last=last):
        del st.session_state[TOLD]
        st.rerun()


def _thanks(store: Store, study: str, session: Session) -> None:
    own = [row for row in store.answers(study) if row["participant"] == session.participant and row["kind"] == SCORED]
    fooled = sum(row["fooled"] for row in own)
    st.title("Thank you, that was all")
    st.markdown(
        f"You took **{fooled} of {len(own)}** made pictures for real ({fooled / len(own):.0%}). Whoever only guesses comes "
        "to about half of them. Your answers are kept; you can close this page."
    )
    low, high = statistics.wilson(fooled, len(own))
    st.caption(f"Of many more such pairs you would take between {low:.0%} and {high:.0%} for real (95% interval).")
    if st.button("Results of the whole study", icon=":material/bar_chart:"):
        st.query_params.from_dict({"study": study, "view": "results"})
        st.rerun()


def _progress(plan: Plan, trial: Trial) -> None:
    rules = plan.rules
    if trial.kind == PRACTICE:
        st.progress((trial.number + 1) / rules.practice, f"Practice, pair {trial.number + 1} of {rules.practice}")
    else:
        number, count = trial.number - rules.practice + 1, rules.pairs - rules.practice
        st.progress(number / count, f"Pair {number} of {count}")


def _seconds(seconds: float) -> str:
    return "one second" if seconds == 1 else f"{seconds:g} seconds"


def _minutes(plan: Plan) -> str:
    minutes = round(plan.rules.pairs * ((plan.rules.seconds or 2) + 3) / 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"
