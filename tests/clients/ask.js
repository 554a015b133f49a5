// Reads jobs as JSON from standard input, asks each with the client that it names, writes the answers as JSON.
import { QueryEngine } from '@comunica/query-sparql'
import ParsingClient from 'sparql-http-client/ParsingClient.js'
import StreamClient from 'sparql-http-client/StreamClient.js'
import { text } from 'node:stream/consumers'

const jobs = JSON.parse(await text(process.stdin))

function term (of) {
  if (of === undefined || of === null) return null
  if (of.termType === 'NamedNode') return { type: 'uri', value: of.value }
  if (of.termType === 'BlankNode') return { type: 'bnode' }
  const said = { type: 'literal', value: of.value }
  if (of.language) return { ...said, 'xml:lang': of.language }
  const plain = of.datatype.value === 'http://www.w3.org/2001/XMLSchema#string'
  return plain ? said : { ...said, datatype: of.datatype.value }
}

const engine = new QueryEngine()
const row = (binding, columns) => columns.map(name => term(binding[name]))
const triple = quad => [quad.subject, quad.predicate, quad.object].map(term)

async function sparqlHttpClient (job) {
  const client = new ParsingClient({ endpointUrl: job.endpoint, storeUrl: job.store })
  const how = { operation: job.operation }
  if (job.kind === 'ask') return client.query.ask(job.query, how)
  if (job.kind === 'construct') return [...await client.query.construct(job.query, how)].map(triple)
  if (job.kind === 'graph') return stored(job)
  return (await client.query.select(job.query, how)).map(binding => row(binding, job.columns))
}

async function stored (job) {
  const client = new StreamClient({ storeUrl: job.store })
  const quads = []
  for await (const quad of client.store.get(client.factory.namedNode(job.graph))) quads.push(quad)
  return quads.map(triple)
}

async function comunica (job) {
  const context = { sources: [job.source] }
  if (job.kind === 'ask') return engine.queryBoolean(job.query, context)
  if (job.kind === 'construct') return (await (await engine.queryQuads(job.query, context)).toArray()).map(triple)
  const bindings = await (await engine.queryBindings(job.query, context)).toArray()
  return bindings.map(binding => job.columns.map(name => term(binding.get(name))))
}

const clients = { 'sparql-http-client': sparqlHttpClient, comunica }
const answers = []
for (const job of jobs) answers.push(await clients[job.client](job))
process.stdout.write(JSON.stringify(answers))
