import { type Document, parseAllDocuments } from 'yaml'
import type { Problem } from '../problem.ts'
import type { Input, InputObject } from './input.ts'
import { parseObject } from './parse-object.ts'

/** Far more than any configuration of these tools. etcd limits one object to 1.5 MiB. */
export const maxBytes = 8 * 1024 * 1024

/** Of documents that are no objects of Kubernetes. A tool has one file of values. */
const maxDocuments = 10

type Entry = { object: InputObject } | { document: Record<string, unknown> } | { problem: Problem }

/**
 * Reads what the user gives: manifests in YAML or JSON, also in a List, values of a chart, or lines `NAME=value`. A document that is not
 * understood is a problem, and the others are read.
 *
 * @param namespace of objects that name none
 */
export function parseText(text: string, { namespace }: { namespace: string }): Input {
  const empty: Input = { objects: [], documents: [], variables: {}, problems: [], isCluster: false }
  if (Buffer.byteLength(text) > maxBytes) {
    return { ...empty, problems: [{ what: 'the input', found: 'more than 8 MiB', wanted: "only the old tool's objects" }] }
  }
  const variables = readVariables(text)
  if (variables !== undefined) return { ...empty, variables }
  const entries = documentsOf(text).flatMap((document, at) => readDocument(document, { where: `document ${at + 1}`, namespace }))
  const documents = entries.flatMap(entry => ('document' in entry ? [entry.document] : []))
  const tooMany = { what: 'the input', found: `${documents.length} documents that are no objects`, wanted: `at most ${maxDocuments}` }
  return {
    ...empty,
    objects: entries.flatMap(entry => ('object' in entry ? [entry.object] : [])),
    documents: documents.slice(0, maxDocuments),
    problems: [
      ...entries.flatMap(entry => ('problem' in entry ? [entry.problem] : [])),
      ...(documents.length > maxDocuments ? [tooMany] : []),
    ],
  }
}

const assignment = /^(?:export )?([A-Za-z_][\w-]*)=(.*)$/

/** @returns the variables if every line that is neither empty nor a comment is an assignment; undefined if this is another format */
function readVariables(text: string): Record<string, string> | undefined {
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '' && !line.startsWith('#'))
  const found = lines.map(line => assignment.exec(line))
  if (lines.length === 0 || found.includes(null)) return undefined
  return Object.fromEntries(found.map(match => [match?.[1] ?? '', (match?.[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')]))
}

function documentsOf(text: string): Document[] {
  // A file without documents, such as an empty one, is an array with a field `empty`.
  return [...(parseAllDocuments(text) as Iterable<Document>)]
}

function readDocument(document: Document, { where, namespace }: { where: string; namespace: string }): Entry[] {
  const [error] = document.errors
  if (error !== undefined) return [{ problem: { what: where, found: `${error.code} at character ${error.pos[0]}`, wanted: 'YAML' } }]
  const content = contentOf(document)
  if (content === undefined) return [{ problem: { what: where, found: 'aliases that expand too far', wanted: 'YAML without them' } }]
  if (content === null) return []
  if (typeof content !== 'object' || Array.isArray(content)) {
    return [{ problem: { what: where, found: 'no map', wanted: 'an object of Kubernetes, values of a chart, or lines NAME=value' } }]
  }
  return readMap(content as Record<string, unknown>, { where, namespace })
}

/** Also reads the items of a List, as `kubectl get -o yaml` prints it. */
function readMap(content: Record<string, unknown>, { where, namespace }: { where: string; namespace: string }): Entry[] {
  if (content.kind === undefined && content.apiVersion === undefined) return [{ document: content }]
  if (typeof content.kind === 'string' && content.kind.endsWith('List') && Array.isArray(content.items)) {
    return content.items.flatMap((item, at) => readItem(item, { where: `${where}, item ${at + 1}`, namespace }))
  }
  return readItem(content, { where, namespace })
}

function readItem(given: unknown, place: { where: string; namespace: string }): Entry[] {
  const read = parseObject(given, place)
  return ['found' in read ? { problem: read } : { object: read }]
}

/** @returns undefined if the aliases in it would expand to more nodes than the parser allows */
function contentOf(document: Document): unknown {
  try {
    return document.toJS()
  } catch (error) {
    if (error instanceof ReferenceError) return undefined
    throw error
  }
}
