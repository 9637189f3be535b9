import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import t from 'tap'
import { architectures, ownArchitecture, readBaseLock } from '../base-lock.ts'

const lock = await readBaseLock()

t.test('all architectures have the Node version of package.json, and the same versions of the same packages', async t => {
  const { devDependencies } = JSON.parse(await readFile(resolve(import.meta.dirname, '../../../package.json'), 'utf8'))
  for (const { node } of Object.values(lock.architectures)) t.equal(node.version, devDependencies.node, 'if not, run `npm run image:lock`')
  const versions = architectures.map(name => lock.architectures[name].packages.map(({ name, version }) => `${name} ${version}`))
  for (const other of versions) t.strictSame(other, versions[0])
})

t.test('every package is pinned by its checksum', async t => {
  for (const { node, packages } of Object.values(lock.architectures)) {
    t.match(node.integrity, /^sha512-[A-Za-z0-9+/]{86}==$/)
    for (const { sha256, name } of packages) t.match(sha256, /^[0-9a-f]{64}$/, name)
  }
})

t.test('a machine without an image for its architecture is rejected', async t => {
  t.strictSame(['x64', 'arm64'].map(ownArchitecture), ['amd64', 'arm64'])
  t.throws(() => ownArchitecture('s390x'), /found a machine of the architecture s390x; images are made for amd64 and arm64 only/)
})
