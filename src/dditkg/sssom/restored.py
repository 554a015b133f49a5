"""A mapping set made again from its RDF, so that nothing is lost on the way there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from dditkg.sssom.mapping_set import MappingSet, Row
from dditkg.sssom.rdf import ROW_REFERENCES, SET_ISSUED, SET_REFERENCES, SET_STRINGS, SET_TEXTS
from dditkg.sssom.slots import BUILT_IN, DERIVED_FROM, NO_TERM
from dditkg.store import Store
from dditkg.terms import DCTERMS, RDFS, SSSOM, Prefixes

_VERSION = "1.1"
_SOURCES = ("subject_source", "object_source")


def restored(store: Store, iri: str, prefixes: Prefixes, label: Callable[[str], str]) -> MappingSet:
    """The set with this address as it stands in a store; without rows where there is none.

    `label` gives the name of a unit. Short forms are made with `prefixes`, which the header declares where they are
    used.
    """

    def values(of: str, predicate: str) -> list[str]:
        return sorted(str(getattr(term, "value", term)) for term in store.objects(ox.NamedNode(of), predicate))

    def short(address: str) -> str:
        standard = Prefixes(BUILT_IN).compress(address)
        return standard or prefixes.compress(address) or address

    rows: list[Row] = []
    found = store.incoming(ox.NamedNode(iri), ox.NamedNode(DCTERMS + "isPartOf"))
    for node in sorted(triple.subject.value for triple in found if isinstance(triple.subject, ox.NamedNode)):
        cells = {slot: "|".join(map(short, values(node, of))) for slot, of in ROW_REFERENCES.items()}
        cells["license"] = "|".join(values(node, ROW_REFERENCES["license"]))
        for end in ("subject", "object"):
            addresses = values(node, ROW_REFERENCES[f"{end}_id"])
            cells[f"{end}_label"] = label(addresses[0]) if addresses and addresses[0] != NO_TERM else ""
        cells["predicate_modifier"] = "Not" if values(node, SSSOM + "predicate_modifier") else ""
        for slot, of in (("confidence", SSSOM), ("mapping_date", SSSOM), ("comment", RDFS)):
            cells[slot] = "".join(values(node, of + slot))
        rows.append(Row(len(rows) + 1, {slot: cell for slot, cell in cells.items() if cell}))
    creators = [short(address) for address in values(iri, SET_REFERENCES["creator_id"])]
    sources = {slot: "".join(map(short, values(iri, SET_REFERENCES[slot]))) for slot in _SOURCES}
    header: dict[str, object] = {
        "mapping_set_id": iri,
        "sssom_version": _VERSION,
        "license": "".join(values(iri, SET_REFERENCES["license"])),
        "mapping_set_source": values(iri, SET_REFERENCES["mapping_set_source"]),
        "creator_id": creators,
        **sources,
    }
    for slot, of in {**SET_TEXTS, **SET_STRINGS, "publication_date": SET_ISSUED}.items():
        header[slot] = "".join(values(iri, of))
    if any("derived_from" in row.cells for row in rows):
        header["extension_definitions"] = [DERIVED_FROM]
    used = [cell for row in rows for slot, cell in row.cells.items() if slot in ROW_REFERENCES and slot != "license"]
    used += [*creators, *sources.values()]
    names = {part.partition(":")[0] for cell in used for part in cell.split("|")} - BUILT_IN.keys()
    header["curie_map"] = {name: prefixes.table[name] for name in sorted(names) if name in prefixes.table}
    return MappingSet(Path(f"{iri.rpartition('/')[2]}.sssom.tsv"), header, (), tuple(rows))
