"""Compares the documents of a store with each other; the results are one more named graph.

update           compares what has changed since the last time: `compare`
state            what is kept for that in the index
near_duplicates  indicators that nearly say the same, in groups
continuity       projects and departments that go on from year to year
"""
