import { type Product, releaseName } from './product.ts'

const selector = `app.kubernetes.io/instance=${releaseName}`

/** @returns every object of the release: all objects with its label, and the Secrets that `certs` and Helm created */
export async function leftOfRelease({ kubectl }: Product): Promise<string[]> {
  const kinds = (await kubectl('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n')
  // Events are listed under another name as well, and component statuses are not stored.
  const listed = kinds.filter(kind => kind !== 'events' && kind !== 'componentstatuses')
  const labelled = await kubectl('get', listed.join(), '-A', '-l', selector, '-o', 'name')
  const secrets = await kubectl('get', 'secrets', '-A', '-o', 'name')
  const made = secrets.split('\n').filter(name => /ecr-anywhere-(tls|tickets)$|sh\.helm\.release/.test(name))
  return [...labelled.split('\n').filter(name => name !== ''), ...made]
}
