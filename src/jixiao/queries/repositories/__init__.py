"""What can answer a query.

local           a store
rdflib_dataset  a graph in rdflib
sparql_http     a SPARQL server; `quirks` says how kinds of servers differ from the standard
"""
