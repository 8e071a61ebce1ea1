"""Asks questions of a graph: the shipped questions in `queries/`, or any SPARQL that only reads.

    answer = ask(store, "projects", year=2023)

`answering.ask` takes a question, binds its parameters (`parameters`), has it answered by a store,
an rdflib dataset or a remote endpoint (`repositories`) and returns an `Answer`. `formats` and
`charts` write an answer for people, `dataframe` for notebooks.
"""
