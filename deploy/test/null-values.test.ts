import { readSchema, type Schema, valuesOf } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { base, merged, nested, render, template } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'

/** In Helm, a value that is null, such as a key in a values file whose content is commented out, is a value without its default. */
const schema = await readSchema()
const isList = (value: unknown) => Array.isArray(value)
const isMap = (value: unknown) => typeof value === 'object' && !isList(value)

/** Whether the chart works without this value. */
function isOptional({ default: value }: { default?: unknown }): boolean {
  return value === '' || isMap(value) || (isList(value) && (value as unknown[]).length === 0)
}

test('a list, a map or a text that is null is empty', async t => {
  const optional = valuesOf(schema).filter(isOptional)
  t.ok(optional.length > 60)
  // These two are empty by default, but needed.
  const needed = ['image.repository', 'aws.region']
  const empty = optional.filter(({ path }) => !needed.includes(path.join('.'))).map(({ path }) => nested(path, null))
  const objects = await render(empty.reduce(merged, base))
  t.ok(objects.some(({ kind }) => kind === 'Deployment'))
})

test('any other value, or a group of values, that is null is refused, and the message names it', async t => {
  const values = valuesOf(schema)
    .filter(value => !isOptional(value))
    .map(({ path }) => path)
  // A parent that is null hides its children, so there is a render for each level.
  for (const level of [1, 2, 3, 4]) {
    const paths = [...values, ...groupsOf(schema)].filter(({ length }) => length === level)
    const { code, stderr } = await template(paths.map(path => nested(path, null)).reduce(merged, base))
    if (paths.length === 0) continue
    t.equal(code, 1)
    t.notMatch(stderr, /nil pointer|executing/)
    for (const path of paths) {
      const [, missing = ''] =
        new RegExp(
          `at '${path
            .slice(0, -1)
            .map(key => `/${key}`)
            .join('')}': missing propert(?:y|ies) (.*)`,
        ).exec(stderr) ?? []
      t.ok(missing.includes(`'${path.at(-1)}'`), path.join('.'))
    }
  }
})

/** The paths of values that contain other values. */
function groupsOf({ properties = {} }: Schema, path: string[] = []): string[][] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const own = [...path, key]
    return value.properties === undefined || 'default' in value ? [] : [own, ...groupsOf(value, own)]
  })
}
