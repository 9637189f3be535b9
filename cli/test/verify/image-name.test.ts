import t from 'tap'
import { ecrImageName, isEcrImage, parseImageName } from '../../src/verify/image-name.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const digest = `sha256:${'0'.repeat(64)}`

for (const [text, expected] of [
  [`${host}/shop/web:1.2`, { host, repository: 'shop/web', reference: '1.2' }],
  [`${host}/web`, { host, repository: 'web', reference: 'latest' }],
  [`${host}/web:1.2@${digest}`, { host, repository: 'web', reference: digest }],
  ['nginx', { host: 'docker.io', repository: 'library/nginx', reference: 'latest' }],
  ['a/b:c', { host: 'docker.io', repository: 'a/b', reference: 'c' }],
  ['localhost/a', { host: 'localhost', repository: 'a' }],
  ['registry:5000/a:1', { host: 'registry:5000', repository: 'a', reference: '1' }],
] as const) {
  t.test(`${text} is parsed`, async t => t.match(parseImageName(text), expected))
}

for (const text of ['', ':', `${host}/`, `${host}/A`, `${host}/a:b:c`, `${host}/a@sha256:1`, `${host}/../a`, 'a b']) {
  t.test(`${JSON.stringify(text)} is no image name`, async t => t.equal(parseImageName(text), undefined))
}

t.test('only images of ECR are asked for', async t => {
  t.ok(isEcrImage(`${host}/a`))
  t.notOk(isEcrImage(`${host}.evil.example/a`))
  for (const text of ['nginx', 'A']) t.throws(() => ecrImageName(text), /--image with/)
})
