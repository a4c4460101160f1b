"""The process of llama.cpp's server: the file of a model and a port in, completions out.

Run as a script by the tests; it ends when its stdin does.
"""

import sys

import xllamacpp


def serve(model: str, port: int) -> None:
    """Serve until stdin ends."""
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = 4_096
    params.n_parallel = 1
    params.warmup = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    sys.stdin.read()
    del server


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
