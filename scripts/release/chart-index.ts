import { stringify } from 'yaml'

export interface IndexedChart {
  /** the content of Chart.yaml */
  metadata: Record<string, unknown>
  /** the name of the `.tgz` file, which is in the same folder as the index */
  file: string
  /** the SHA-256 of that file, hexadecimal */
  digest: string
  created: Date
}

/** The index.yaml of a chart repository with one chart. https://helm.sh/docs/topics/chart_repository/#the-index-file */
export function chartIndex({ metadata, file, digest, created }: IndexedChart): string {
  const time = created.toISOString()
  const entries = { [String(metadata.name)]: [{ ...metadata, created: time, digest, urls: [file] }] }
  return stringify({ apiVersion: 'v1', entries, generated: time })
}
