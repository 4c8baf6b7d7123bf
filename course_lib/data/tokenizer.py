"""Byte-pair encoding: which pieces a text is cut into is learned by counting.

A text is bytes, and every byte is a token. Then, again and again, the pair of neighbours that occurs most
often becomes one new token. Frequent words end up as one token, rare ones stay in pieces, and nothing is ever
unknown. Pairs are counted inside words only, so no token reaches from one word into the next.

Source: Gage 1994, "A new algorithm for data compression", *The C Users Journal* 12(2); Sennrich, Haddow &
Birch 2016, "Neural machine translation of rare words with subword units", ACL; on bytes: Radford et al. 2019,
"Language models are unsupervised multitask learners", section 2.2.
"""

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

__all__ = ["BytePairTokenizer", "join_pair"]

Pair = tuple[int, int]

N_BYTES = 256
# A word, or a run of other signs, takes the space before it along; the rest of the white space stands alone.
# No piece has more than 16 characters after its space (chosen: few words do), so that a text without spaces
# takes no longer.
WORD = re.compile(r" ?\w{1,16}| ?[^\w\s]{1,16}|\s{1,16}(?!\S)|\s")


class BytePairTokenizer:
    """The vocabulary, and the way from a text to numbers and back.

    Tokens 0 to 255 are the bytes. Token 256 + k is the pair ``merges[k]`` in one piece.

    Args:
        merges: pairs of tokens, in the order in which they were learned
    Attributes:
        tokens: the bytes that each token stands for
    Raises:
        ValueError: an entry is no pair, occurs twice, or joins tokens that do not exist before it

    >>> tokenizer = BytePairTokenizer.train("low lower lowest", V=258)
    >>> tokenizer.tokens[256:]
    [b'lo', b'low']
    >>> tokenizer.encode("slow")
    array([115, 257])
    >>> tokenizer.decode([115, 257])
    'slow'
    """

    def __init__(self, merges: Iterable[Pair] = ()):
        self.merges: list[Pair] = []
        self.tokens = [bytes([byte]) for byte in range(N_BYTES)]
        self._token_of: dict[Pair, int] = {}
        for pair in merges:
            self._learn(pair)

    @classmethod
    def train(cls, text: str, V: int) -> "BytePairTokenizer":
        r"""Learn a vocabulary: join the most frequent pair, $V - 256$ times.

        Of pairs that are equally frequent the one with the smaller tokens is joined, so that the same text
        always gives the same vocabulary.

        Args:
            text: what to count in
            V: size of the vocabulary; it stays smaller if no pair is left that occurs twice
        Returns:
            the tokenizer
        Raises:
            TypeError: the text is no string
            ValueError: V is no whole number of at least 256, or the text holds half a character

        >>> BytePairTokenizer.train("aaab aaab", V=1000).tokens[256:]
        [b'aa', b'ab', b'aaab']
        """
        if isinstance(V, bool) or not isinstance(V, int | np.integer) or V < N_BYTES:
            raise ValueError(
                f"BytePairTokenizer.train: V must be a whole number of at least {N_BYTES}, one for each "
                f"byte. It is {V!r}."
            )
        tokenizer = cls()
        learner = _PairCounts(_words(text, where="BytePairTokenizer.train"))
        while tokenizer.V < V:
            pair = learner.most_frequent()
            if pair is None:
                break
            learner.join(pair, tokenizer.V)
            tokenizer._learn(pair)
        return tokenizer

    @property
    def V(self) -> int:
        """Size of the vocabulary."""
        return len(self.tokens)

    def encode(self, text: str) -> np.ndarray:
        """Cut a text into tokens: in each word, what was learned first is joined first.

        Args:
            text: any string
        Returns:
            (n_tokens,)  whole numbers from 0 to V - 1
        Raises:
            TypeError: the text is no string
            ValueError: the text holds half a character

        >>> BytePairTokenizer().encode("née")
        array([110, 195, 169, 101])
        """
        words = _words(text, where="BytePairTokenizer.encode")
        pieces = {word: self._encode_word(word) for word in set(words)}  # each word once: most occur often
        ids = [token for word in words for token in pieces[word]]
        return np.array(ids, dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """Put the bytes of all tokens one after the other and read them as a text.

        What was encoded comes back exactly. A model can also write bytes that are no text: each such place
        becomes the replacement character �.

        Args:
            ids: (n_tokens,)  tokens, an array or any sequence
        Returns:
            the text
        Raises:
            TypeError: ids is no sequence, or an id is no whole number
            ValueError: there is more than one text, or an id is not in the vocabulary

        >>> BytePairTokenizer().decode([110, 195, 169, 101])
        'née'
        """
        if not isinstance(ids, Iterable):
            raise TypeError(
                f"BytePairTokenizer.decode: ids must be a sequence. It is a {type(ids).__name__}. Try [ids]."
            )
        ids = np.array(list(ids))
        if ids.ndim != 1:
            raise ValueError(
                f"BytePairTokenizer.decode: ids must be those of one text, of shape (n_tokens,). They have "
                f"shape {ids.shape}. Decode each row by itself: decode(ids[0])."
            )
        if ids.size and ids.dtype.kind not in "iu":
            raise TypeError(
                f"BytePairTokenizer.decode: ids must be whole numbers. They are of type {ids.dtype}."
            )
        strange = ids[(ids < 0) | (ids >= self.V)]
        if strange.size:
            raise ValueError(
                f"BytePairTokenizer.decode: ids must lie between 0 and {self.V - 1}. "
                f"They also hold {strange[0]}."
            )
        return b"".join(self.tokens[token] for token in ids).decode("utf-8", errors="replace")

    def save(self, path: str | os.PathLike) -> None:
        """Write the vocabulary to a JSON file.

        Args:
            path: the file; it is replaced as a whole, so that no half-written one is ever left behind. The
                folder around it is made if need be
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".unfinished")
        unfinished.write_text(json.dumps({"merges": self.merges}), encoding="utf-8")
        os.replace(unfinished, path)

    @classmethod
    def load(cls, path: str | os.PathLike) -> "BytePairTokenizer":
        """Read a vocabulary that ``save`` has written.

        Args:
            path: the file
        Returns:
            the tokenizer
        Raises:
            FileNotFoundError: there is no such file
            ValueError: the file is broken; the error says where
        """
        try:
            merges = json.loads(Path(path).read_text(encoding="utf-8"))["merges"]
            return cls([tuple(pair) for pair in merges])
        except (ValueError, KeyError, TypeError) as error:
            problem = 'it has no entry "merges".' if isinstance(error, KeyError) else error
            raise ValueError(
                f"BytePairTokenizer.load: {path} is no saved vocabulary. Train and save it again. "
                f"What was found: {problem}"
            ) from None

    def _learn(self, pair: Pair) -> None:
        is_pair = isinstance(pair, tuple) and len(pair) == 2 and all(type(token) is int for token in pair)
        if not is_pair or pair in self._token_of or not all(0 <= token < self.V for token in pair):
            raise ValueError(
                f"BytePairTokenizer: merge {len(self.merges)} must be a new pair of tokens from 0 to "
                f"{self.V - 1}. It is {pair!r}."
            )
        self._token_of[pair] = self.V
        self.merges.append(pair)
        self.tokens.append(self.tokens[pair[0]] + self.tokens[pair[1]])

    def _encode_word(self, word: bytes) -> list[int]:
        ids = list(word)
        while True:
            known = [pair for pair in pairwise(ids) if pair in self._token_of]
            if not known:
                return ids
            first = min(known, key=self._token_of.__getitem__)  # learned first, so it has the smallest number
            ids = join_pair(ids, first, self._token_of[first])


def join_pair(ids: list[int], pair: Pair, token: int) -> list[int]:
    """Put one token in the place of each occurrence of a pair, from left to right.

    Args:
        ids: tokens
        pair: two tokens
        token: what takes their place
    Returns:
        the tokens after that

    >>> join_pair([1, 1, 1, 2], (1, 1), 9)
    [9, 1, 2]
    """
    joined, place = [], 0
    while place < len(ids):
        if ids[place] == pair[0] and place + 1 < len(ids) and ids[place + 1] == pair[1]:
            joined.append(token)
            place += 2
        else:
            joined.append(ids[place])
            place += 1
    return joined


class _PairCounts:
    """How often each pair of neighbours occurs, kept up to date while pairs are joined.

    A word that occurs a hundred times is stored once and counts a hundredfold. Where a pair is joined, only
    the words that hold it are counted again.
    """

    def __init__(self, words: list[bytes]):
        counts = Counter(words)
        self._words = [list(word) for word in counts]
        self._n_times = list(counts.values())
        self._count: Counter[Pair] = Counter()
        self._words_with: defaultdict[Pair, set[int]] = defaultdict(set)
        for number in range(len(self._words)):
            self._add(number, 1)

    def most_frequent(self) -> Pair | None:
        """Find the pair to join; None where no pair occurs twice."""
        if not self._count:
            return None
        most = max(self._count.values())
        return min(pair for pair, count in self._count.items() if count == most) if most > 1 else None

    def join(self, pair: Pair, token: int) -> None:
        """Put one token in the place of a pair, in all words."""
        for number in self._words_with.pop(pair):
            self._add(number, -1)
            self._words[number] = join_pair(self._words[number], pair, token)
            self._add(number, 1)

    def _add(self, number: int, sign: int) -> None:
        """Count the pairs of one word, or take them back."""
        word = self._words[number]
        for pair in pairwise(word):
            self._count[pair] += sign * self._n_times[number]
            if not self._count[pair]:
                del self._count[pair]
            elif sign == 1:
                self._words_with[pair].add(number)


def _words(text: str, *, where: str) -> list[bytes]:
    if not isinstance(text, str):
        raise TypeError(f"{where}: text must be a string. It is a {type(text).__name__}.")
    try:
        return [word.encode("utf-8") for word in WORD.findall(text)]
    except UnicodeEncodeError:
        place = re.search("[\ud800-\udfff]", text).start()
        raise ValueError(
            f"{where}: text must hold whole characters. At place {place} it holds {text[place]!r}, one half "
            "of a pair of surrogates."
        ) from None
