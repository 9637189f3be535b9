import type { Schema } from '../docs/chart-values.ts'
import type { Destination } from './destination.ts'

/** @returns the schema of the chart with defaults that name and pin the image of a release */
export function stamped(schema: Schema, { host, repository }: Pick<Destination, 'host' | 'repository'>, digest: string): Schema {
  const image = schema.properties?.image
  const defaults = { registry: host, repository, digest }
  const values = Object.entries(image?.properties ?? {}).map(([name, value]) => {
    const given = Object.entries(defaults).find(([key]) => key === name)
    return [name, given === undefined ? value : { ...value, default: given[1] }]
  })
  return { ...schema, properties: { ...schema.properties, image: { ...image, properties: Object.fromEntries(values) } } }
}
