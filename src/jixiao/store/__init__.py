"""Keeps the graphs of documents on disk, with what answers and lists need beside them.

store          the database: a document is replaced in one step
versions       a reader keeps the version that it opened, a writer makes the next
provenance     the ledger: what was read when, and what was made of it
records        the records that documents were mapped from
search_index   a full-text index and lists; `index_entries` makes what it holds
statistics     what VoID counts
"""
