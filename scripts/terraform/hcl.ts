import { must } from '../cluster/run.ts'

/** A file of HCL as the parser returns it: blocks by type, then by labels. Expressions are texts such as `${var.name}`. */
export type Hcl = Record<string, unknown>

/** Prints all files as one JSON object. The parser keeps the quotation marks of labels and texts, and adds keys of its own. */
const parser = `
import hcl2, json, pathlib, sys

def plain(value):
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items() if not key.startswith('__')}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value

root = pathlib.Path(sys.argv[1])
files = sorted(root.rglob('*.tf'))
print(json.dumps({str(file.relative_to(root)): plain(hcl2.loads(file.read_text())) for file in files}))
`

/**
 * Parses every file of HCL in a folder and below.
 *
 * @param path the folder of python-hcl2's packages
 * @returns the files by their paths in the folder
 * @throws if a file cannot be parsed
 */
export async function parsedHcl(dir: string, path: string): Promise<Record<string, Hcl>> {
  return JSON.parse(await must('python3', ['-c', parser, dir], { env: { PATH: process.env.PATH, PYTHONPATH: path } }))
}

export interface Block {
  file: string
  /** The labels of the block, joined by dots, such as `aws_iam_role.this`. */
  name: string
  content: Hcl
}

/** All blocks of a type with one label (`variable`, `output`) or two (`resource`, `data`). */
export function blocksOf(files: Record<string, Hcl>, type: string): Block[] {
  const labels = ['resource', 'data'].includes(type) ? 2 : 1
  return Object.entries(files).flatMap(([file, content]) =>
    ((content[type] ?? []) as Hcl[]).flatMap(block => named(block, labels).map(([name, content]) => ({ file, name, content }))),
  )
}

function named(block: Hcl, labels: number, prefix = ''): [name: string, content: Hcl][] {
  return Object.entries(block).flatMap(([label, inner]) =>
    labels === 1 ? [[`${prefix}${label}`, inner as Hcl]] : named(inner as Hcl, labels - 1, `${prefix}${label}.`),
  )
}
