"""How exactly documents are read.

truth       what documents say, set by hand: the files beside those of `tests/data/wild`
compare     a record against the truth: what is right, and what is wrong without a word
__main__    the corpus scored: `python -m benchmarks.accuracy FOLDER --formats html,docx`
blind       the words of headers and labels replaced by nonsense
leftout     each province without the words that only its documents have
accounting  each printed cell counts once, also in documents cut and shuffled at random
invented    invented disclosures, in every layout and kind of file: geometry
"""
