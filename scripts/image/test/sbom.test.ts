import t from 'tap'
import { readBaseLock } from '../base-lock.ts'
import { foldersIn } from '../bundled-packages.ts'
import { sbom } from '../sbom.ts'

t.test('the bill of materials lists the bundled packages, Node, and the packages of Debian', async t => {
  const lock = await readBaseLock()
  const packages = [
    { name: '@aws-sdk/core', version: '3.0.0', license: 'Apache-2.0' },
    { name: 'fastify', version: '5.12.8' },
  ]
  const text = sbom({ architecture: 'arm64', lock, packages })
  const { components, metadata } = JSON.parse(text) as { components: { purl: string }[]; metadata: { component: { name: string } } }
  const { node, packages: debian } = lock.architectures.arm64
  const wanted = debian.map(
    ({ name, version }) => `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=arm64&distro=${lock.suite}`,
  )
  t.strictSame(
    components.map(({ purl }) => purl),
    ['pkg:npm/%40aws-sdk/core@3.0.0', 'pkg:npm/fastify@5.12.8', `pkg:generic/node@${node.version}`, ...wanted],
  )
  t.equal(metadata.component.name, 'ecr-anywhere')
  t.equal(sbom({ architecture: 'arm64', lock, packages }), text)
})

t.test('the package of a bundled file is its innermost folder in node_modules', async t => {
  const files = ['node_modules/a/b.js', 'node_modules/a/c/d.js', 'node_modules/a/node_modules/@e/f/g.js', 'cli/src/main.ts']
  t.strictSame(foldersIn(files), ['node_modules/a', 'node_modules/a/node_modules/@e/f'])
})
