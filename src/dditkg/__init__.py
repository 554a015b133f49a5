"""dditkg: an open knowledge graph of digital, data and innovation capabilities."""
