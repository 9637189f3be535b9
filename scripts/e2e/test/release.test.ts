import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join, resolve } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { parse } from 'yaml'
import { bundle } from '../../bundle/bundle.ts'
import { must as mustRun, type Outcome } from '../../cluster/run.ts'
import { makeArchives } from '../../executable/archives.ts'
import { makeImageIndex } from '../../image/image.ts'
import { ensureGoProgram } from '../../release/go-programs.ts'
import { releaseDir } from '../../release/release.ts'
import { helm } from '../../testbed/helm.ts'
import { must } from '../../testbed/testbed.ts'
import { releaseName, releaseNamespace, startProduct, valuesFor, webhookPods } from '../product.ts'

const main = resolve(import.meta.dirname, '../../release/main.ts')
const to = '127.0.0.1:5000/team'
const digestOf = (text: string) => /@(sha256:[0-9a-f]{64})/.exec(text)?.[1] ?? ''

// Nothing can be downloaded inside the network of the node, so everything that a release needs is prepared before.
const oras = await ensureGoProgram('oras')
/** Set by `make signing`. cosign takes minutes to build, so other runs push without a signature. */
const cosign = process.env.SIGN === undefined ? undefined : await ensureGoProgram('cosign')
const made = await makeImageIndex(await bundle())
await makeArchives()
const product = await startProduct(t)
const { node, kubectl } = product
const keyEnv = cosign === undefined ? {} : { COSIGN_PASSWORD: 'of a test', KEY: join(node.dir, 'cosign.key') }
if (cosign !== undefined) await mustRun(cosign, ['generate-key-pair'], { cwd: node.dir, env: { ...process.env, ...keyEnv } })

/** Runs `make release` in the network of the registry, with a HOME without a login. */
function release(env: NodeJS.ProcessEnv): Promise<Outcome> {
  return node.exec(process.execPath, [main], { env: { ...process.env, HOME: node.dir, ...env } })
}

t.test('a release pushes the image for both architectures and the chart, and writes its files', async t => {
  const { code, stdout, stderr } = await release({ REGISTRY: to, ...keyEnv })
  t.equal(code, 0, stderr)
  console.error(stdout)
  const [image = '', chart = ''] = ['image', 'chart'].map(what => new RegExp(`^${what}: (.+)$`, 'm').exec(stdout)?.[1])
  t.equal(digestOf(image), made.digest, 'another build of the same commit has the same digest')
  t.match(stdout, /^ {2}linux\/amd64: \d+\.\d MB, .*\n {2}linux\/arm64: \d+\.\d MB, /m)
  const index = JSON.parse(await must(node.exec(oras, ['manifest', 'fetch', '--plain-http', `${to}/ecr-anywhere:${version}`])))
  t.strictSame(
    index.manifests.map(({ platform }: { platform: object }) => platform),
    ['amd64', 'arm64'].map(architecture => ({ architecture, os: 'linux' })),
  )
  const archives = ['amd64', 'arm64'].map(architecture => `ecr-anywhere-${version}-linux-${architecture}.tar.gz`)
  const manifest = parse(await readFile(join(releaseDir, 'ecr-anywhere.yaml'), 'utf8'))
  const sums = await readFile(join(releaseDir, 'checksums.txt'), 'utf8')
  for (const [at, file] of archives.entries()) t.match(sums, `${manifest.spec.platforms[at].sha256}  ${file}\n`)
  await mustRun('sha256sum', ['--check', '--strict', 'checksums.txt'], { cwd: releaseDir })

  if (cosign === undefined) return
  const verify = ['--key', join(node.dir, 'cosign.pub'), '--insecure-ignore-tlog=true']
  for (const reference of [image, chart]) await must(node.exec(cosign, ['verify', ...verify, reference]))
  const checksums = join(releaseDir, 'checksums.txt')
  await must(node.exec(cosign, ['verify-blob', ...verify, `--bundle=${checksums}.sigstore.json`, checksums]))
})

t.test('the files are a chart repository when a web server serves them', async t => {
  const server = createServer(async ({ url = '' }, answer) => answer.end(await readFile(join(releaseDir, basename(url)))))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const shown = await must(helm(['show', 'values', 'ecr-anywhere', '--repo', repository, '--version', version]))
  const { image } = parse(shown)
  t.match(image, { registry: '127.0.0.1:5000', repository: 'team/ecr-anywhere', digest: /^sha256:/ })
})

t.test('the chart can be installed from the registry, and the node pulls the image by its digest', async t => {
  const { image: _, ...values } = valuesFor(product)
  const install = ['install', releaseName, `oci://${to}/charts/ecr-anywhere`, '--version', version, '--plain-http', '--wait']
  const { code, stdout, stderr } = await product.helm(install, values)
  t.equal(code, 0, stdout + stderr)
  const { items } = JSON.parse(await kubectl('get', 'pods', '-n', releaseNamespace, '-l', webhookPods, '-o', 'json'))
  const digest = digestOf(items[0].spec.containers[0].image)
  const resolved = await must(node.exec(oras, ['resolve', '--plain-http', `${to}/ecr-anywhere:${version}`]))
  t.equal(digest, resolved.trim())
  for (const pod of items) {
    t.equal(pod.spec.containers[0].image, `${to}/ecr-anywhere:${version}@${digest}`)
    t.equal(digestOf(pod.status.containerStatuses[0].imageID), digest)
  }
  const events = await kubectl('get', 'events', '-n', releaseNamespace, '-o', 'jsonpath={.items[*].message}')
  t.match(events, `Successfully pulled image "${to}/ecr-anywhere:${version}@${digest}"`)
})

t.test('if a registry denies the push, the release fails and says what to do', async t => {
  const port = 5001
  const passwords = join(node.dir, 'no-passwords')
  await writeFile(passwords, '')
  await mkdir(join(node.dir, 'closed'))
  const config = join(node.dir, 'closed.json')
  const storage = { filesystem: { rootdirectory: join(node.dir, 'closed') } }
  const auth = { htpasswd: { realm: 'closed', path: passwords } }
  await writeFile(config, JSON.stringify({ version: 0.1, storage, auth, http: { addr: `127.0.0.1:${port}`, secret: 'of a test' } }))
  node.start({ name: 'closed-registry', file: 'docker-registry', args: ['serve', config] })
  // It answers with a denial when it listens.
  const answers = async () => (await node.exec(oras, ['repo', 'ls', '--plain-http', `127.0.0.1:${port}`])).stderr.includes('credential')
  await node.until('closed-registry', answers)
  for (const [registry, cause] of [
    [`127.0.0.1:${port}/team`, 'credential not found'],
    ['127.0.0.1:5002/team', 'connection refused'],
  ] as const) {
    const { code, stderr } = await release({ REGISTRY: registry })
    t.equal(code, 1)
    const [host] = registry.split('/')
    t.match(stderr, `found that ${host} did not accept ${registry}/ecr-anywhere:${version}: `)
    t.match(stderr, cause)
    t.match(stderr, `log in with \`docker login ${host}\` (the login is read from ${node.dir}/.docker/config.json)`)
  }
})
