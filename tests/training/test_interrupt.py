import signal
import threading

import pytest

from course_lib.training.interrupt import patient_ctrl_c


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def _python_answers_ctrl_c():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_ctrl_c_is_asked_about_and_the_second_raises():
    with patient_ctrl_c() as is_pressed:
        assert is_pressed() is False
        press_ctrl_c()
        assert is_pressed() is True
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()


@pytest.mark.parametrize("presses", [0, 1])
def test_afterwards_ctrl_c_raises_as_before(presses):
    with patient_ctrl_c():
        for _ in range(presses):
            press_ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c()


def test_it_is_put_back_after_an_error():
    with pytest.raises(ValueError, match="broken"), patient_ctrl_c():
        raise ValueError("broken")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_program_with_its_own_answer_keeps_it():
    heard = []

    def own(number, frame):
        heard.append(number)

    signal.signal(signal.SIGINT, own)
    with patient_ctrl_c() as is_pressed:
        press_ctrl_c()
        assert is_pressed() is False
    assert heard == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is own


def test_another_thread_changes_nothing():
    said = []

    def work():
        with patient_ctrl_c() as is_pressed:
            said.append(is_pressed())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == [False]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
