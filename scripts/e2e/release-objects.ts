import { type Product, releaseName } from './product.ts'

const selector = `app.kubernetes.io/instance=${releaseName}`

/** Every object that is of the release: what has its label, of all kinds that the cluster has, and what `certs` and Helm made. */
export async function leftOfRelease({ kubectl }: Product): Promise<string[]> {
  const kinds = (await kubectl('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n')
  // Two names for one thing, and one that is not stored.
  const listed = kinds.filter(kind => kind !== 'events' && kind !== 'componentstatuses')
  const labelled = await kubectl('get', listed.join(), '-A', '-l', selector, '-o', 'name')
  const secrets = await kubectl('get', 'secrets', '-A', '-o', 'name')
  const made = secrets.split('\n').filter(name => /ecr-anywhere-(tls|tickets)$|sh\.helm\.release/.test(name))
  return [...labelled.split('\n').filter(name => name !== ''), ...made]
}
