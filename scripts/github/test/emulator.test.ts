import t from 'tap'
import { decodeJwt } from '../../google/jwt.ts'
import { claimsOf, type Job } from '../claims.ts'
import { startGithub } from '../emulator.ts'

const job: Job = { owner: 'octo', ownerId: '65', repository: 'app', repositoryId: '74', ref: 'refs/heads/main' }
const now = { audience: 'a', nowMs: 0 }

t.test('the subject has two forms, and an environment takes the place of the ref in both', async t => {
  const sub = (more: Partial<Job>) => claimsOf({ ...job, ...more }, now).sub
  t.equal(sub({}), 'repo:octo/app:ref:refs/heads/main')
  t.equal(sub({ environment: 'prod' }), 'repo:octo/app:environment:prod')
  t.equal(sub({ subjectHasIds: true }), 'repo:octo@65/app@74:ref:refs/heads/main')
  t.equal(sub({ subjectHasIds: true, environment: 'prod' }), 'repo:octo@65/app@74:environment:prod')
})

t.test('a job gets a token for the audience that it asks for, with the token of its runner alone', async t => {
  const github = await startGithub({ job })
  t.teardown(github.stop)
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = github.env
  const ask = async (path: string, authorization: string) => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization } })
    return { status: answer.status, body: (await answer.json()) as { value?: string } }
  }
  const { body } = await ask('&audience=sts.amazonaws.com', `bearer ${token}`)
  t.match(decodeJwt(body.value ?? '')?.claims, {
    aud: 'sts.amazonaws.com',
    iss: 'https://token.actions.githubusercontent.com',
    repository_id: '74',
    ref: 'refs/heads/main',
  })
  const other = await ask('', `Bearer ${token}`)
  t.match(decodeJwt(other.body.value ?? '')?.claims, { aud: 'https://github.com/octo' })
  t.match(await ask('', 'bearer x'), { status: 401 })
  github.failNext(503)
  t.match(await ask('', `bearer ${token}`), { status: 503 })
})
