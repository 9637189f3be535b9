import { annotations } from '@ecr-anywhere/shared/names.ts'
import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import t from 'tap'
import { dockerData, host, injectedSecret, login, nowMs, oldPassword, otherHost } from './secrets.ts'
import { answer, awsDown, awsWorld } from './world.ts'

const hour = 3_600_000
const notes = { [annotations.registries]: `${host},${otherHost}`, [annotations.injectedRegistries]: `${host},${otherHost}` }
const data = dockerData({ auths: { [host]: login(oldPassword), [otherHost]: login(oldPassword) } })
const oldObject = injectedSecret({ data, notes })
const object = injectedSecret({ data, notes: { ...notes, [annotations.markedForUpdateAt]: 'now' } })

t.test('if one of two tokens is new, updated_at is set to the current time', async t => {
  for (const renewed of ['us-east-1', 'eu-west-1']) {
    const { world } = awsWorld({
      token: ({ scope }) => {
        const password = scopeId(scope) === renewed ? 'new' : oldPassword
        return { value: { username: 'AWS', password, expiresAtMs: nowMs + 11 * hour } }
      },
    })
    const { patched } = await answer({ object, oldObject }, world)
    t.equal(patched.metadata.annotations?.[annotations.updatedAt], '2026-01-01T12:00:00Z', renewed)
  }
})

t.test('an older token that is already due causes only the warning that names the error', async t => {
  const value = { username: 'AWS', password: oldPassword, expiresAtMs: nowMs + 59 * 60_000 }
  const { result, warnings } = await answer({ object, oldObject }, awsWorld({ token: () => ({ value, stale: awsDown }) }).world)
  t.equal(result, 'stale')
  t.strictSame(warnings, ['ecr-anywhere: AccessDeniedException from AWS; injected an older token, good until 2026-01-01T12:59:00Z'])
})
