"""Worker processes: they answer requests and are replaced if they take too long or die.

dispatcher   sends jobs to the pools and turns answers into responses
pool         workers that stay, and workers for one request
worker       the loop of a worker; `jobs` has its handlers, `preloaded` what workers share
framing      the frames between the server and a worker; `streaming` what clients get of them
"""
