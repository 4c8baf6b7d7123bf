import json
import re
from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.data.tokenizer import BytePairTokenizer, join_pair

PROSE = (
    "The cat sat on the mat, and the rat sat there too. Naïve cafés serve 1,000 thé glacés — 日本語も。\n\n"
    "    for cat in cats:\n        cat.sat()\n"
) * 3

any_text = st.text(max_size=60)
few_letters = st.text(alphabet="ab \n,", max_size=60)


def learned_slowly(text: str, V: int) -> list[tuple[int, int]]:
    """Count all pairs of all words anew for each merge: Sennrich's algorithm word for word."""
    words = [list(word.encode()) for word in words_of(text)]
    merges = []
    while 256 + len(merges) < V:
        counts = Counter(pair for word in words for pair in pairwise(word))
        frequent = [pair for pair, count in counts.items() if count == max(counts.values()) and count > 1]
        if not frequent:
            break
        merges.append(min(frequent))
        words = [join_pair(word, merges[-1], 255 + len(merges)) for word in words]
    return merges


def words_of(text: str) -> list[str]:
    """Cut into words by reading character by character, not with the library's regular expression."""
    words, kinds = [], []
    for place, sign in enumerate(text):
        kind = "space" if sign.isspace() else "word" if re.match(r"\w", sign) else "other"
        begins_word = place + 1 < len(text) and not text[place + 1].isspace()
        length = len(words[-1].removeprefix(" ") if kind != "space" else words[-1]) if words else 0
        if kind == "space" and begins_word:
            words.append(sign)  # the last white space before a word: joined to it only if it is a plain space
            kinds.append("joins" if sign == " " else "alone")
        elif words and ((kinds[-1] == kind and length < 16) or (kinds[-1] == "joins" and kind != "space")):
            words[-1] += sign
            kinds[-1] = kind
        else:
            words.append(sign)
            kinds.append(kind)
    return words


@cache
def trained_on_prose() -> BytePairTokenizer:
    return BytePairTokenizer.train(PROSE, 400)


@given(any_text)
def test_every_text_comes_back_exactly(text):
    for one in (trained_on_prose(), BytePairTokenizer()):
        ids = one.encode(text)
        assert one.decode(ids) == text
        assert ids.dtype == np.int64
        assert ids.ndim == 1


@given(st.one_of(few_letters, any_text), st.integers(256, 280))
@settings(max_examples=200)
def test_the_merges_are_those_of_counting_anew_each_time(text, V):
    assert BytePairTokenizer.train(text, V).merges == learned_slowly(text, V)


def test_on_real_prose_the_merges_are_those_of_counting_anew_each_time():
    tokenizer = trained_on_prose()
    assert tokenizer.merges == learned_slowly(PROSE, 400)
    assert tokenizer.V == len(tokenizer.tokens) == 256 + len(tokenizer.merges)


@given(few_letters)
def test_encoding_repeats_the_merges_in_the_order_in_which_they_were_learned(text):
    tokenizer = BytePairTokenizer.train("abab ab,ab aab aab, b,b,b bbb aaa", 270)
    expected = []
    for word in words_of(text):
        ids = list(word.encode())
        for number, pair in enumerate(tokenizer.merges):
            ids = join_pair(ids, pair, 256 + number)
        expected += ids
    assert tokenizer.encode(text).tolist() == expected


def test_the_most_frequent_pair_is_joined_first_and_the_smaller_one_of_equals():
    assert BytePairTokenizer.train("xyxy abab xy", 257).tokens[256] == b"xy"
    assert BytePairTokenizer.train("xy xy ab ab", 257).tokens[256] == b" a"
    assert BytePairTokenizer.train("xyz,xyz,abz,abz", 257).tokens[256] == b"ab"


def test_what_occurs_once_is_never_joined():
    tokenizer = BytePairTokenizer.train("abc abd", 1000)
    assert tokenizer.tokens[256:] == [b"ab"]
    assert BytePairTokenizer.train("", 1000).V == BytePairTokenizer.train("x", 1000).V == 256


def test_a_word_learned_in_one_text_is_one_token_in_another():
    tokenizer = BytePairTokenizer.train("the sea, the sky, the sun" * 10, 300)
    [the] = tokenizer.encode(" the")
    assert tokenizer.tokens[the] == b" the"
    assert the in tokenizer.encode("in the end")
    assert the not in tokenizer.encode("in other words")


def test_no_token_reaches_across_the_border_of_a_word():
    tokenizer = BytePairTokenizer.train("of the of the, of the\n\n  of the" * 20, 1000)
    pieces = [piece.decode() for piece in tokenizer.tokens[256:]]
    assert {" of", " the", "of"} <= set(pieces)
    assert not [piece for piece in pieces if re.search(r"\S\s|\w\W|[^\w\s]\w|\n\S", piece)]


@pytest.mark.parametrize("sign", ["x", "-", " ", "\n"])
def test_nothing_longer_than_sixteen_signs_is_joined(sign):
    tokenizer = BytePairTokenizer.train(sign * 1000, 400)
    assert tokenizer.tokens[-1] == sign.encode() * 16
    assert len(tokenizer.encode(sign * 160)) == 10


@pytest.mark.parametrize(
    ("ids", "joined"),
    [
        ([1, 2, 1, 2], [9, 9]),
        ([1, 1, 2], [1, 9]),
        ([2, 1], [2, 1]),
        ([1, 3, 2, 1], [1, 3, 2, 1]),
        ([1], [1]),
        ([], []),
    ],
)
def test_a_pair_is_joined_wherever_it_stands(ids, joined):
    assert join_pair(ids, (1, 2), 9) == joined


def test_of_three_equal_tokens_the_first_two_are_joined():
    assert join_pair([1, 1, 1, 1, 1], (1, 1), 9) == [9, 9, 1]


def test_bytes_that_are_no_text_become_replacement_characters():
    tokenizer = BytePairTokenizer()
    e_acute = tokenizer.encode("é")
    assert tokenizer.decode([e_acute[0]]) == "\ufffd"
    assert tokenizer.decode([104, 255, 105]) == "h\ufffdi"


@pytest.mark.parametrize(
    "ids", [[104, 105], (104, 105), np.array([104, 105], np.int32), iter([104, 105]), np.array([104, 105])]
)
def test_tokens_may_come_as_any_sequence(ids):
    assert BytePairTokenizer().decode(ids) == "hi"


def test_no_tokens_are_the_empty_text():
    assert BytePairTokenizer().encode("").shape == (0,)
    assert BytePairTokenizer().decode([]) == ""
    assert BytePairTokenizer().decode(np.array([])) == ""


def test_what_is_saved_comes_back_and_no_unfinished_file_is_left(tmp_path):
    tokenizer = BytePairTokenizer.train(PROSE, 300)
    path = tmp_path / "vocabulary.json"
    path.write_text("something older")
    tokenizer.save(str(path))
    loaded = BytePairTokenizer.load(path)
    assert loaded.merges == tokenizer.merges
    assert loaded.tokens == tokenizer.tokens
    assert loaded.encode(PROSE).tolist() == tokenizer.encode(PROSE).tolist()
    assert [file.name for file in tmp_path.iterdir()] == ["vocabulary.json"]


def test_the_folder_around_a_saved_file_is_made(tmp_path):
    path = tmp_path / "runs" / "first" / "vocabulary.json"
    BytePairTokenizer([(97, 98)]).save(path)
    assert BytePairTokenizer.load(path).merges == [(97, 98)]


def test_a_failed_save_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "vocabulary.json"
    BytePairTokenizer([(97, 98)]).save(path)

    def full_disk(*arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr("course_lib.data.tokenizer.os.replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        BytePairTokenizer().save(path)
    assert BytePairTokenizer.load(path).merges == [(97, 98)]
    assert {file.name for file in tmp_path.iterdir()} == {"vocabulary.json", "vocabulary.json.unfinished"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "What was found: Expecting value"),
        ('{"merges": [[97, 98]', "What was found: Expecting"),
        ("{}", 'it has no entry "merges"'),
        ("[1]", "list indices"),
        ('{"merges": 5}', "not iterable"),
        ('{"merges": ["ab"]}', r"merge 0 must be a new pair .* 0 to 255\. It is \('a', 'b'\)\."),
        ('{"merges": [[97, 98, 99]]}', r"It is \(97, 98, 99\)\."),
        ('{"merges": [[97, 98.0]]}', r"It is \(97, 98\.0\)\."),
        ('{"merges": [[97, true]]}', r"It is \(97, True\)\."),
        ('{"merges": [[97, 98], [97, 98]]}', r"merge 1 must be a new pair .* 0 to 256\. It is \(97, 98\)"),
        ('{"merges": [[97, 256]]}', r"merge 0 .* 0 to 255\. It is \(97, 256\)"),
        ('{"merges": [[-1, 97]]}', r"It is \(-1, 97\)"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_place(tmp_path, content, says):
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"BytePairTokenizer\.load: .*broken\.json is no saved .*{says}"):
        BytePairTokenizer.load(path)


def test_a_file_of_other_bytes_is_refused(tmp_path):
    path = tmp_path / "picture.json"
    path.write_bytes(b"\x89PNG\xff")
    with pytest.raises(ValueError, match=r"picture\.json is no saved vocabulary"):
        BytePairTokenizer.load(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        BytePairTokenizer.load(tmp_path / "nowhere.json")


def test_the_last_token_may_take_part_in_the_next_merge():
    tokenizer = BytePairTokenizer([(97, 98), (256, 256), (0, 255)])
    assert tokenizer.tokens[256:] == [b"ab", b"abab", b"\x00\xff"]
    assert tokenizer.encode("abab").tolist() == [257]


@pytest.mark.parametrize("V", [255, 0, -1, 300.0, True, "300"])
def test_a_vocabulary_holds_at_least_the_bytes(V):
    with pytest.raises(ValueError, match=rf"train: V must be a whole number of at least 256.* It is {V!r}"):
        BytePairTokenizer.train("text", V)


@pytest.mark.parametrize("V", [256, np.int64(256)])
def test_the_smallest_vocabulary_is_that_of_the_bytes(V):
    assert BytePairTokenizer.train("aaaa aaaa", V).merges == []


@pytest.mark.parametrize("method", ["train", "encode"])
def test_what_is_no_text_is_refused(method):
    call = getattr(BytePairTokenizer(), method)
    more = [300] if method == "train" else []
    with pytest.raises(
        TypeError, match=rf"BytePairTokenizer\.{method}: text must be a string\. It is a bytes"
    ):
        call(b"text", *more)
    with pytest.raises(
        ValueError, match=rf"{method}: text must hold .* At place 2 it holds '\\ud83d', one half"
    ):
        call("ab\ud83d", *more)


@pytest.mark.parametrize(
    ("ids", "kind", "says"),
    [
        ([0, 256], ValueError, r"ids must lie between 0 and 255\. They also hold 256"),
        ([-1], ValueError, r".* They also hold -1"),
        ([1.0], TypeError, r"ids must be whole numbers\. They are of type float64"),
        (["a"], TypeError, r"ids must be whole numbers"),
        (104, TypeError, r"ids must be a sequence\. It is a int\. Try \[ids\]"),
        (
            np.array([[104, 105]]),
            ValueError,
            r"ids must be those of one text.* shape \(1, 2\).*decode\(ids\[0\]\)",
        ),
    ],
)
def test_ids_outside_the_vocabulary_are_refused(ids, kind, says):
    with pytest.raises(kind, match=rf"BytePairTokenizer\.decode: {says}"):
        BytePairTokenizer().decode(ids)


def test_the_saved_file_can_be_read_by_a_person(tmp_path):
    BytePairTokenizer([(97, 98)]).save(tmp_path / "small.json")
    assert json.loads((tmp_path / "small.json").read_text()) == {"merges": [[97, 98]]}
