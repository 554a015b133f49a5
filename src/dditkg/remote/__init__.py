"""Another engine behind the same questions: any SPARQL 1.1 endpoint, asked over HTTP.

    store = RemoteStore(Endpoint("http://127.0.0.1:7878/query"))
    survey(store)               what the engine holds and gives; raises Unavailable with what is wrong

Text from outside is not sandboxed here: what a query may cost is for the engine to limit.
"""

from dditkg.remote.endpoint import Endpoint
from dditkg.remote.store import RemoteStore
from dditkg.remote.survey import Survey, survey

__all__ = ["Endpoint", "RemoteStore", "Survey", "survey"]
