"""The pages, as a worker makes them: what each shows, in its template."""
