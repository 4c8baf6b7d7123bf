"""Predict first: a question with options, recorded before the outcome is seen and shown beside it."""

from pathlib import Path

import anywidget
import traitlets
from ipywidgets import Layout

from course_lib.commands.problem import CourseProblem
from course_lib.widgets.announced import Announced
from course_lib.widgets.bundle import inline_html, live_bundle
from course_lib.widgets.record import read_prediction, record_prediction

__all__ = ["Outcome", "Prediction"]

HERE = Path(__file__).parent
NONE_CHOSEN = -1


class _Question(anywidget.AnyWidget):
    """The view in the page: it sends ``{"record": index}`` when the button is pressed."""

    _esm = HERE / "question.js"
    _css = HERE / "button.css"
    question = traitlets.Unicode().tag(sync=True)  # HTML
    options = traitlets.List().tag(sync=True)  # HTML, one each
    chosen = traitlets.Int(NONE_CHOSEN).tag(sync=True)  # the option recorded last
    status = traitlets.Unicode("").tag(sync=True)  # HTML


class Prediction:
    """A question to answer before the next cells are run.

    As the last line of a cell it shows the question, its options and a button. What the learner records is
    kept in the work folder and shown again in the next session.

    Args:
        key: an id that no other prediction has: the lesson's number, a dot, a number: ``"10.1"``
        question: one short question; ``code`` may stand in backticks
        options: the answers to choose from, at least two, all different; backticks as in the question
    Raises:
        ValueError: there are fewer than two options, or two are the same

    >>> Prediction("10.1", "Which way does the line move?", ["up", "down"])
    Prediction('10.1': 'Which way does the line move?', options 'up', 'down')
    """

    def __init__(self, key: str, question: str, options: list[str]):
        if len(options) < 2 or len(set(options)) < len(options):
            raise ValueError(
                f"Prediction {key}: options must be at least two different answers. They are {options}."
            )
        self.key, self.question, self.options = key, question, list(options)
        self.choice: str | None = None
        self._outcome: Outcome | None = None
        self._view = _Question(
            question=f"<b>Predict first.</b> {inline_html(question)}",
            options=[inline_html(option) for option in options],
        )
        self._view.on_msg(self._answer)
        self._recall()

    def record(self, choice: str) -> None:
        """Keep a choice; the button does this.

        Args:
            choice: one of the options
        Raises:
            ValueError: it is none of the options
        """
        self._expect_option(choice, "the choice")
        self.choice = choice
        self._view.chosen = self.options.index(choice)
        try:
            note = record_prediction(self.key, self.question, choice, self.options)
        except (CourseProblem, OSError) as problem:
            note = f"It could not be saved and lasts until the kernel stops. {problem} The lesson goes on."
        self._say_recorded(note)
        if self._outcome is not None:
            self._outcome.refresh()

    def outcome(self, actual: str, because: str = "") -> "Outcome":
        """Show what happened beside what was predicted.

        Args:
            actual: the option that came true
            because: the reason, in a sentence or two; ``code`` may stand in backticks
        Returns:
            the view to end a cell with; it changes when the learner records a prediction later
        Raises:
            ValueError: ``actual`` is not one of the options
        """
        self._expect_option(actual, "the outcome")
        self._outcome = Outcome(self, actual, because)
        if self.choice is not None:
            self._say_recorded("")
        return self._outcome

    def _expect_option(self, answer: str, what: str) -> None:
        if answer not in self.options:
            raise ValueError(
                f"Prediction {self.key}: {what} must be one of the options {self.options}. It is {answer!r}."
            )

    def _answer(self, view, content: dict, buffers) -> None:
        """Hear what the page sends when the button is pressed."""
        index = content.get("record", NONE_CHOSEN)
        if 0 <= index < len(self.options):
            self.record(self.options[index])
        else:
            self._view.status = "Nothing is chosen yet. Choose one of the answers, then record it."

    def _recall(self) -> None:
        try:
            choice = read_prediction(self.key)
        except (CourseProblem, OSError) as problem:
            self._view.status = inline_html(f"What you record here cannot be saved. {problem}")
            return
        if choice in self.options:  # the options of a lesson may have changed since
            self.choice, self._view.chosen = choice, self.options.index(choice)
            self._say_recorded("")

    def _say_recorded(self, note: str) -> None:
        is_open = self._outcome is None
        change = " You can change it until you have seen the outcome." if is_open else ""
        self._view.status = inline_html(f"Recorded: {_sentence(self.choice)}{change} {note}".strip())

    def _repr_mimebundle_(self, include=None, exclude=None):
        options = "\n".join(f"- {option}" for option in self.options)
        return live_bundle(
            self._view, text=repr(self), markdown=f"**Predict first.** {self.question}\n\n{options}"
        )

    def __repr__(self) -> str:
        options = ", ".join(repr(option) for option in self.options)
        return f"Prediction({self.key!r}: {self.question!r}, options {options})"


class Outcome:
    """What happened, beside what was predicted.

    Args:
        prediction: the question that is answered here
        actual: the option that came true
        because: the reason, or ``""``
    """

    def __init__(self, prediction: Prediction, actual: str, because: str):
        self.prediction, self.actual, self.because = prediction, actual, because
        self._line = Announced(
            layout=Layout(border_left="4px solid #E69F00", padding="4px 12px", margin="4px 0")
        )
        self.refresh()

    def refresh(self) -> None:
        """Say again what was predicted and what happened."""
        choice = self.prediction.choice
        reason = inline_html(self.because)
        happened = f"What happened: <b>{inline_html(_sentence(self.actual))}</b>"
        if choice is None:
            self._line.html = (
                "You have not recorded a prediction for this question. Choose and record one above, then "
                "open the answer. What we guess first, we remember better. "
                f"<details><summary>Show the answer</summary>{happened} {reason}</details>"
            )
            return
        verdict = (
            "It came out as you predicted."
            if choice == self.actual
            else "It came out differently. Good: a wrong prediction is the one that teaches."
        )
        predicted = f"You predicted: <b>{inline_html(_sentence(choice))}</b>"
        self._line.html = f"{predicted}<br>{happened}<br>{verdict} {reason}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        answer = f"**{_sentence(self.actual)}** {self.because}".strip()
        summary = "<summary>What happened? Predict first, then open.</summary>"
        fold = f"<details>{summary}\n\n{answer}\n\n</details>"
        return live_bundle(self._line, text=repr(self), markdown=fold)

    def __repr__(self) -> str:
        return f"Outcome of prediction {self.prediction.key}: {self.actual!r}"


def _sentence(option: str) -> str:
    return option if option.endswith((".", "?")) else f"{option}."
