import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { cannotTellLine, ifAllowed, isCannotTell, rightTo } from '../src/cluster/denied.ts'

const limit = { what: 'who uses a Secret', needs: rightTo('list', 'pods', 'a') }
const fault = (code: string) => new Fault('transient', { code, found: code, wanted: 'an answer', todo: 'Try again.' })

t.test('a part that the rights of the user do not allow is replaced by the right that it needs', async t => {
  const denied = await ifAllowed(limit, () => Promise.reject(fault('Forbidden')))
  t.equal(denied, limit)
  t.equal(isCannotTell(denied), true)
  t.equal(cannotTellLine(limit), 'cannot tell who uses a Secret: needs the right to list pods in namespace a')
  t.equal(rightTo('get', 'nodes', undefined), 'get nodes in all namespaces')
})

t.test('results and other errors are handed on', async t => {
  t.equal(await ifAllowed(limit, async () => 1), 1)
  t.equal(isCannotTell(1), false)
  await t.rejects(
    ifAllowed(limit, () => Promise.reject(fault('NotFound'))),
    { code: 'NotFound' },
  )
})
