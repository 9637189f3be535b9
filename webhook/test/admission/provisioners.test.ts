import t from 'tap'
import { secret } from './secrets.ts'
import { answer, awsWorld, newPassword } from './world.ts'

const username = 'system:serviceaccount:ecr:ecr-anywhere-provision'
const provisioners = new Set([username])
const data = (text: string) => ({ '.dockerconfigjson': Buffer.from(text).toString('base64') })

function answered(object: object, from = username, more: object = {}) {
  const { world, asked } = awsWorld({ provisioners })
  return answer({ object, userInfo: { username: from }, ...more } as never, world).then(answered => ({ ...answered, asked }))
}

t.test('a provisioner creates a Secret without data, or with the empty key that a policy adds, and it is filled', async t => {
  for (const object of [
    secret(),
    secret({ data: {} }),
    secret({ data: { '.dockerconfigjson': '' } }),
    secret({ data: data('{"auths":{}}') }),
  ]) {
    const { result, patched } = await answered(object)
    t.equal(result, 'injected')
    t.match(Buffer.from(patched.data?.['.dockerconfigjson'] ?? '', 'base64').toString(), newPassword('us-east-1'))
  }
})

t.test('a provisioner that sends data is denied before AWS is called, and the message quotes none of it', async t => {
  const login = '{"auths":{"registry.example":{"auth":"c3RvbGVu"}}}'
  const elsewhere = { other: data('{"auths":{}}')['.dockerconfigjson'] }
  for (const object of [secret({ data: data(login) }), secret({ data: { other: 'c3RvbGVu' } }), secret({ data: elsewhere })]) {
    const { response, result, asked } = await answered(object)
    t.equal(result, 'denied')
    t.match(JSON.stringify(response), `found a new managed Secret with data from ${username}; wanted a Secret without data`)
    t.notMatch(JSON.stringify(response), /c3RvbGVu|registry\.example/)
    t.strictSame(asked, [])
  }
})

t.test('other users may send data, and an update keeps what is stored', async t => {
  t.equal((await answered(secret({ data: data('{}') }), 'jane')).result, 'injected')
  t.equal((await answered(secret({ data: data('{}') }), username, { oldObject: secret({ data: data('{}') }) })).result, 'injected')
})
