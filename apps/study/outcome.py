"""The page of one study: its link, the share fooled with its interval, each participant, the downloads."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from shared.guard import plain
from study import report, statistics
from study.plan import Plan
from study.setup import SKIPPED
from study.statistics import Interval, Person, Summary
from study.store import Store

MOST = 40  # participants in the picture; the table has all


def results(store: Store, study: str) -> None:
    """The page for whoever set the study up. Raises GanappsError when there is no such study."""
    plan, answers = Plan.of(store.plan(study)), store.answers(study)
    st.title(plain(plan.title))
    st.caption(plain(_about(plan)))
    _skipped(study)
    st.markdown("Whoever opens this address takes part:")
    st.code((st.context.url or "").split("?")[0] + f"?study={study}", language=None, wrap_lines=True)
    with st.container(horizontal=True):
        if st.button("Take part", icon=":material/play_arrow:", type="secondary" if answers else "primary"):
            st.query_params.from_dict({"study": study})
            st.rerun()
        if answers:
            st.button("Look for new answers", icon=":material/refresh:")
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown("The study and all its answers, for good?")
            if st.button("Delete for good", type="primary"):
                store.remove(study)
                st.query_params.clear()
                st.rerun()
    st.subheader("Results")
    if not answers:
        st.info("Nobody has answered yet. The answers appear here.", icon=":material/hourglass_empty:")
        return
    total, persons = statistics.summary(answers, *_rule(plan)), statistics.people(answers, *_rule(plan))
    if total.share is None:
        st.info("Nobody who counts has come to the end yet; until then there is no result.", icon=":material/info:")
    else:
        _headline(total)
    if any(person.scored for person in persons):
        st.image(report.chart(total, persons[:MOST]), width=report.WIDTH)
    _table(persons)
    _compare(store, study, persons)
    st.caption(_how(total, plan))
    with st.container(horizontal=True):
        name, icon = f"study-{study}", ":material/download:"
        st.download_button("Answers as CSV", report.as_csv(answers), f"{name}.csv", "text/csv", icon=icon)
        everything = report.as_json(plan, answers)
        st.download_button("Everything as JSON", everything, f"{name}.json", "application/json", icon=icon)


def _rule(plan: Plan) -> tuple[int, float]:
    return plan.rules.pairs, plan.rules.most_missed


def _about(plan: Plan) -> str:
    rules = plan.rules
    time = f"{rules.seconds:g} s each" if rules.seconds else "no time limit"
    return (
        f"Real: {_origin(plan.real)}. Fakes: {_origin(plan.fake)}. Pairs: {rules.practice} for practice, "
        f"{rules.scored} that count, {rules.checks} as checks; {time}; {plan.shape[1]} x {plan.shape[0]} pixels."
    )


def _origin(source: Mapping[str, Any]) -> str:
    count = f"{len(source['names'])} pictures"
    return {
        "folder": lambda: f"{count} of {source['path']}",
        "uploads": lambda: f"{count}, uploaded",
        "bundle": lambda: f"{count} by the bundle {source['bundle']}",
    }[source["from"]]()


def _skipped(study: str) -> None:
    """Once, right after the study was set up: what could not be read."""
    made, skipped = st.session_state.pop(SKIPPED, (study, []))
    if made == study and skipped:
        count = "One picture was" if len(skipped) == 1 else f"{len(skipped)} pictures were"
        shown = "\n".join(f"- {plain(sentence)}" for sentence in skipped[:5])
        st.warning(f"{count} left out:\n\n{shown}" + ("\n- ..." if len(skipped) > 5 else ""))


def _headline(total: Summary) -> None:
    one, two, three = st.columns([1, 1.6, 1.2])
    one.metric("Fooled", f"{total.share:.1%}", help="Of the pairs that count, how often the fake was taken for real.")
    two.metric("95% interval (Wilson)", _span(total.wilson))
    three.metric("Answers that count", f"{total.scored:,}", help=f"Of {total.people} participants.")
    if total.wilson[0] <= 0.5 <= total.wilson[1]:
        more = " More of them would narrow the interval." if total.scored < 400 else ""
        st.markdown(
            f"One half lies within the interval: these answers do not show that people can tell the fakes.{more}"
        )
    elif total.wilson[1] < 0.5:
        st.markdown("The interval ends below one half: people tell the fakes more often than by guessing.")
    else:
        st.markdown("The interval begins above one half: people take the fakes for real more often than real pictures.")


def _table(persons: Sequence[Person]) -> None:
    rows = [
        {
            "Participant": person.participant,
            "Fooled": f"{person.fooled} of {person.scored}",
            "Share": f"{person.share:.0%}" if person.scored else "",
            "95% interval": _span(person.interval) if person.scored else "",
            "Checks missed": f"{person.missed} of {person.checks}",
            "": person.state,
        }
        for person in persons
    ]
    with st.expander("Each participant"):
        st.dataframe(rows, hide_index=True)


def _compare(store: Store, study: str, persons: Sequence[Person]) -> None:
    """Another study beside this one: whose fakes fool more?"""
    others = {entry["id"]: entry["plan"] for entry in store.studies() if entry["id"] != study and entry["people"]}
    if not others:
        return
    with st.expander("Compare with another study"):
        names = {number: f"{plan['title']} ({number})" for number, plan in others.items()}
        chosen = st.selectbox("Study", list(others), format_func=names.get, index=None, key="study_other")
        if chosen is None:
            return
        rule = _rule(Plan.of(others[chosen]))
        theirs = [p.share for p in statistics.people(store.answers(chosen), *rule) if p.counts]
        found = statistics.difference([p.share for p in persons if p.counts], theirs)
        if found is None:
            st.markdown("Both studies need two participants who count.")
            return
        more, (low, high) = found
        verdict = "may be chance" if low <= 0 <= high else "is more than chance explains"
        st.markdown(
            f"This study's fakes fool people **{100 * abs(more):.1f} points {'more' if more > 0 else 'less'} often** (95% "
            f"interval of the difference {100 * low:+.1f} to {100 * high:+.1f}, drawing participants again), which {verdict}."
        )


def _how(total: Summary, plan: Plan) -> str:
    """What is behind the numbers, in sentences."""
    everybody = total.people + total.left_out + total.unfinished
    said = [
        f"{total.people} of {everybody} who began count; {total.left_out} left out for missing more than "
        f"{plan.rules.most_missed:.0%} of the checks, {total.unfinished} not finished."
    ]
    if total.people_interval and total.people >= 5:
        said.append(
            f"Drawing participants again instead of answers (bootstrap) gives {_span(total.people_interval)}, which is the "
            "better interval from about ten participants on."
        )
    if total.shown_ms and plan.rules.seconds:
        low, middle, high = total.shown_ms
        said.append(
            f"Asked to show each pair for {1000 * plan.rules.seconds:.0f} ms, the browsers showed it for {middle:.0f} ms "
            f"(median; 5th to 95th percentile {low:.0f} to {high:.0f} ms)."
        )
    if total.again:
        said.append(f"Answers given after the page was loaded anew and the pair shown again: {total.again}.")
    return " ".join(said)


def _span(interval: Interval) -> str:
    return f"{100 * interval[0]:.1f} to {interval[1]:.1%}"
