import t from 'tap'
import { kubeletTries } from '../../src/verify/kubelet-tries.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const secret = (name: string, ...keys: string[]) => ({
  name,
  entries: keys.map(key => ({ key, login: { username: name, password: key } })),
})
const order = (image: string, ...secrets: ReturnType<typeof secret>[]) =>
  kubeletTries(image, secrets).map(({ secret, key }) => `${secret} ${key}`)

t.test('equal keys are tried in the order of the Secrets', async t => {
  t.strictSame(order(`${host}/a`, secret('one', host), secret('two', 'public.ecr.aws', host)), [`one ${host}`, `two ${host}`])
})

t.test('a key with a longer path is tried before a host, whatever the order of the Secrets', async t => {
  t.strictSame(order(`${host}/team/a`, secret('one', host), secret('two', `${host}/team`)), [`two ${host}/team`, `one ${host}`])
  t.strictSame(order(`${host}/other/a`, secret('two', `${host}/team`)), [])
})

for (const key of [`https://${host}`, `http://${host}/`, `${host}/v1/`, `https://${host}/v2/`]) {
  t.test(`the key ${key} is the host`, async t => t.strictSame(order(`${host}/a`, secret('one', key)), [`one ${key}`]))
}

for (const [key, matches] of [
  ['*.dkr.ecr.us-east-1.amazonaws.com', true],
  ['123456789012.dkr.ecr.*.amazonaws.com', true],
  ['*.amazonaws.com', false],
  ['*', false],
  [`${host}:443`, false],
  ['1234?6789012.dkr.ecr.us-east-1.amazonaws.com', true],
] as const) {
  t.test(`the key ${key} ${matches ? 'matches' : 'does not match'}`, async t =>
    t.equal(order(`${host}/a`, secret('one', key)).length, matches ? 1 : 0),
  )
}
