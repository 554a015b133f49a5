"""SPARQL from outside, answered where it can do no harm: forked, confined processes that die at their deadline.

The engine cannot be interrupted, a short nested query overflows its stack, and SERVICE is always on. So one
single-threaded parent loads the store and forks everything else: `web`, which talks HTTP, and workers, which each
answer one query at a time. All share the parent's loaded pages; what dies is forked again, never loaded again.

    serve(store, run_web, settings)            blocks; run_web(listening_socket, pool) runs in the web process
    await pool.ask(Question(query, accept))    inside web
    ask_once(store, query, accept, settings)   without a server: one child for one query
"""

from dditkg.sandbox.answerer import Answerer
from dditkg.sandbox.once import ask_once
from dditkg.sandbox.parent import listen, serve
from dditkg.sandbox.pool import Pool
from dditkg.sandbox.wire import Answer, Question

__all__ = ["Answer", "Answerer", "Pool", "Question", "ask_once", "listen", "serve"]
