"""Every number that a result depends on, with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What a scan may be told, and what it is built with; stored with every scan."""

    # Of the 80 matches of 840 real articles at 0.8, 70 are wanted, 6 arguable and 4 wrong; at 0.5,
    # four in five are wanted. Recall of planted passages falls by two points.
    min_score: float = 0.8
    # Shorter runs are common property, however rare their words.
    min_words: int = 5
    # Below an even chance a speaker is left empty rather than guessed.
    min_confidence: float = 0.5
    # Days (ISO 8601) that articles are taken from and up to; None: all.
    since: str | None = None
    until: str | None = None
    # None: all dates are compared with all.
    window_days: int | None = None
    # What an outlet takes from itself says nothing about who had it first.
    same_outlet: bool = False
    # Phrases, as words, that are no reuse.
    ignore: tuple[str, ...] = ()

    # MinHash: the scheme, seed and permutations are written into the database, since signatures of
    # another scheme cannot be compared. 128 permutations give a standard error of 0.09 at most.
    permutations: int = 128
    seed: int = 1

    # -- the search for reuse ---------------------------------------------------------------------

    # A passage must keep one run of so many words untouched: four finds eight to ten words with
    # an edit or two; three makes five times the seeds, most of them language.
    shingle: int = 4
    # A frequent seed is looked at again by the longer shingle that begins with it.
    longer: int = 7
    # Every shingle is kept (1); a window of 2 would keep two thirds and lose short edited passages.
    sample_window: int = 1
    # A shingle of so many places makes all its pairs; of more, two for each place.
    most_pairs: int = 8
    # What each doubling of these pairs costs a seed (bits): of 10,000 generated articles it halves
    # the chains to be followed and takes a third of the false matches, and no planted passage; of
    # 76 matches of 840 real articles it takes one. With 6 short viral passages are lost.
    places_bits: float = 4.0
    # Words that may lie between two seeds of a chain: as much as an attribution.
    chain_gap: int = 10
    # Chains that may begin in one stretch of a text: more are a text that repeats itself.
    most_chains: int = 50
    # What a word changed, put in or left out costs the aligner, and what it takes from the evidence
    # (bits): the first keeps passages from running on, the second is what planted edits showed.
    edit_bits: int = 4
    edit_price: int = 4
    # A stretch of so many bits is surely reuse, and may be rewritten: there a changed word costs
    # the aligner less, as far as it gains so much.
    sure_bits: int = 80
    rewritten_bits: int = 3
    followed_bits: int = 14
    # What has fewer bits in general language than these, and than the bar less a margin, is not
    # looked at further: a seed, a chain, an extended chain, an aligned pair.
    floor_bits: int = 25
    seed_margin: int = 30
    chain_margin: int = 25
    piece_margin: int = 17
    align_margin: int = 15
    # An extension ends when it is worth so much less than its best: nine changed words.
    drop_bits: int = 36
    # A passage ends where other text between its parts has cost so much.
    cut_bits: int = 30
    # Words that the two texts of a passage may drift apart while it is extended.
    band: int = 5
    # Two pieces are one passage when no more than so many words of both lie between (`"A," he said
    # to the panel. "B."`), or so many of one where the other goes straight on (an ellipsis).
    join_gap: int = 45
    join_cut: int = 70
    # Where one stretch is shared, the next within so many words has some 2**13 places to be by
    # chance.
    join_reach: int = 200
    join_bits: int = 13
    # Chains that are extended at once: bounds the memory, shows in no result.
    chains_at_once: int = 20_000
    # Articles' words from which the corpus's language is learnt; more tell little more.
    sample_words: int = 1_200_000
    # Furniture stands in so many articles, so many for each outlet that carries it, and in the
    # frame with so many nats against chance.
    furniture_articles: int = 5
    furniture_per_outlet: int = 3
    furniture_proof: float = 6.0
    # Updates of one story begin alike too, but not on so many days.
    furniture_days: int = 3
    # A notice that its words give away is no longer than this.
    notice_words: int = 60
    # Two stretches of one article are one appearance when they share so much of their union.
    same_spot: float = 0.7
    # An appearance less like the one that tells the passage (twice the common words by all) is of
    # another passage.
    same_text: float = 0.5
    # An even chance takes `bar_bits` + `bar_rate` for each doubling of the comparisons made, and
    # the odds change e-fold in `bar_slope` bits more (benchmarks/calibrate.py).
    bar_bits: float = -6.0
    # A handful of articles know nothing about the turns of their subject.
    bar_least: float = 38.0
    bar_rate: float = 1.6
    bar_slope: float = 8.0
    # What is known of a match beside its bits: an author's own words ask for more, and each that
    # lacks to the length of set phrases; words in marks need less, and so do an end that is a
    # sentence's on both sides, and what stands on one side between marks, commas or new lines.
    # Among the curves near a logistic regression (benchmarks/calibrate.py --fit) over generated
    # corpora, four of planted passages and 776 natural candidates read by hand, the one that finds
    # the most of what is planted with the fewest wrong of both other kinds at `min_score`. Then a
    # seventh of what marks earn was given to marks on both sides alone (`spoken_bits`): half of
    # the set phrases in generated articles go, and one planted passage of 641.
    prose_bits: float = 20.0
    phrase_words: int = 9
    phrase_bits: float = 4.5
    quoted_bits: float = 23.0
    spoken_bits: float = 4.0
    end_bits: float = 2.0
    apart_bits: float = 16.0
    # A sentence in which each article has a number of its own, over so many days, is a form.
    form_days: int = 14
    # It has another number for every so many words that stay: a text that has fewer was changed, or
    # read badly off a page. With 10 planted furniture shows, with 20 two planted passages less.
    form_words: int = 15
    # A form is filled in alike now and then: of forms planted in four corpora 42 % of the matches
    # or more have other numbers, of statements that spread at most 20 %.
    form_share: float = 0.4
