import t from 'tap'
import { parse } from 'yaml'
import { readFilesUrl } from '../../release/files-url.ts'
import { krewManifest } from '../krew-manifest.ts'

const archive = { architecture: 'arm64', file: 'ecr-anywhere-1.2.3-linux-arm64.tar.gz', sha256: 'a'.repeat(64) } as const

t.test('the manifest names each archive by its address, checksum and architecture', async t => {
  const { metadata, spec } = parse(krewManifest({ version: '1.2.3', filesUrl: 'https://files.example/v1/', archives: [archive] }))
  t.equal(metadata.name, 'ecr-anywhere')
  t.equal(spec.version, 'v1.2.3')
  t.strictSame(spec.platforms, [
    {
      selector: { matchLabels: { os: 'linux', arch: 'arm64' } },
      uri: `https://files.example/v1/${archive.file}`,
      sha256: archive.sha256,
      bin: 'ecr-anywhere',
    },
  ])
  t.ok(spec.shortDescription.length <= 50, '`kubectl krew search` shows no more')
})

t.test('the address of the files is that of the release on GitHub, or FILES_URL with https', async t => {
  t.equal(readFilesUrl(undefined, '1.2.3'), 'https://github.com/CentML/ecr-anywhere/releases/download/v1.2.3')
  t.equal(readFilesUrl('https://files.example', '1.2.3'), 'https://files.example')
  t.throws(() => readFilesUrl('http://files.example', '1.2.3'), {
    message: /found FILES_URL=http:\/\/files\.example; wanted the https address/,
  })
  t.throws(() => readFilesUrl('files.example', '1.2.3'), { message: /FILES_URL/ })
})
