"""Asks questions of a graph: the shipped questions in `queries/`, or any SPARQL that only reads.

    answer = ask(store, "projects", year=2023)

`answering.ask` takes a question (`catalogue`), binds its parameters (`parameters`), has it answered
by a store, an rdflib dataset or a remote endpoint (`repositories`) and returns an `Answer`.
`values` are RDF terms as plain values; `formats` and `charts` write an answer for people,
`dataframe` for notebooks.
"""
