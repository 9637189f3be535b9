import t from 'tap'
import { sessionsOf, trustMs } from '../../src/aws/sessions.ts'

/** An identity whose sessions are numbered. Endpoints accept all sessions except those that a test makes them deny. */
function identity({ isFixed = false } = {}) {
  let nowMs = 0
  let given = 1
  const asked: string[] = []
  const refusals = new Map<string, { code: string; isRefused: (accessKeyId: string) => boolean }>()
  const seen: object[] = []
  const { use } = sessionsOf(
    async (properties = {}) => {
      seen.push(properties)
      if (properties.forceRefresh === true && !isFixed) given += 1
      return { accessKeyId: String(given), secretAccessKey: 's' }
    },
    () => nowMs,
  )
  /** @returns the session that was accepted, or the code of the denial */
  const ask = async (endpoint: string, { action = 'ecr:GetAuthorizationToken', witness = true } = {}) => {
    const about = { call: { action, tenant: 'a', region: endpoint }, ...(witness && { witness: `${action} ${endpoint}` }) }
    try {
      return await use(about, async ({ accessKeyId }) => {
        asked.push(`${endpoint} ${accessKeyId}`)
        const refusal = refusals.get(endpoint)
        if (refusal?.isRefused(accessKeyId)) throw Object.assign(new Error('refused'), { name: refusal.code })
        return accessKeyId
      })
    } catch (error) {
      return (error as { code: string }).code
    } finally {
      // Other endpoints may still be called after the answer.
      await new Promise(setImmediate)
    }
  }
  return {
    ask,
    asked,
    seen,
    refuse: (endpoint: string, isRefused: (accessKeyId: string) => boolean = () => true, code = 'UnrecognizedClientException') =>
      void refusals.set(endpoint, { code, isRefused }),
    accept: (endpoint: string) => void refusals.delete(endpoint),
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

for (const code of ['UnrecognizedClientException', 'InvalidClientTokenId', 'ExpiredTokenException', 'ExpiredToken']) {
  t.test(`a session that its only region denies with ${code} is replaced for the next request`, async t => {
    const { ask, refuse } = identity()
    t.equal(await ask('home'), '1')
    refuse('home', key => key === '1', code)
    t.equal(await ask('home'), code)
    t.equal(await ask('home'), '2')
    t.equal(await ask('home'), '2')
  })
}

for (const code of ['AccessDeniedException', 'ThrottlingException', 'ServerException']) {
  t.test(`${code} does not cause the session to be replaced`, async t => {
    const { ask, refuse, accept } = identity()
    refuse('home', () => true, code)
    t.equal(await ask('home'), code)
    accept('home')
    t.equal(await ask('home'), '1')
  })
}

t.test('a session that another region accepts is kept, even if one region denies every session', async t => {
  const { ask, refuse, pass } = identity()
  refuse('bad')
  t.equal(await ask('home'), '1')
  for (let at = 0; at < 100; at += 1) {
    t.equal(await ask('bad'), 'UnrecognizedClientException')
    pass(trustMs / 2)
  }
  t.equal(await ask('home'), '1')
})

t.test('a new session that is denied first is kept if the region that accepted the previous one accepts it too', async t => {
  const { ask, asked, refuse } = identity()
  refuse('bad')
  await ask('home')
  refuse('home', key => key === '1')
  await ask('home')
  for (let at = 0; at < 10; at += 1) await ask('bad')
  t.strictSame(asked.slice(2, 5), ['bad 2', 'home 2', 'bad 2'])
  t.equal(await ask('home'), '2')
})

t.test('a region is asked again whether it accepts the session only after its last answer is old', async t => {
  const { ask, asked, refuse, pass } = identity()
  refuse('bad')
  await ask('home')
  pass(trustMs - 1)
  await ask('bad')
  t.strictSame(asked, ['home 1', 'bad 1'])
  pass(1)
  await ask('bad')
  t.strictSame(asked.slice(2), ['bad 1', 'home 1'])
  await ask('bad')
  t.strictSame(asked.slice(4), ['bad 1'], 'its new answer is used for the same time')
})

t.test('a session that all regions deny is replaced, even if regions accepted it before', async t => {
  const { ask, refuse, pass } = identity()
  const regions = ['one', 'two', 'three']
  for (const region of regions) t.equal(await ask(region), '1')
  pass(trustMs)
  for (const region of regions) refuse(region, key => key === '1')
  t.equal(await ask('one'), 'UnrecognizedClientException')
  for (const region of regions) t.equal(await ask(region), '2')
})

t.test('a region that cannot be reached does not cause the session to be replaced', async t => {
  const { ask, refuse, accept, pass } = identity()
  refuse('bad')
  await ask('home')
  pass(trustMs)
  refuse('home', () => true, 'ThrottlingException')
  await ask('bad')
  accept('home')
  t.equal(await ask('home'), '1')
})

t.test('an answer of STS counts only for denials by STS in other regions, and not for denials by ECR', async t => {
  const assume = { action: 'sts:AssumeRole' }
  const { ask, refuse, accept } = identity()
  refuse('bad', key => key === '1')
  t.equal(await ask('sts', assume), '1')
  await ask('bad', assume)
  t.equal(await ask('sts', assume), '1')
  accept('bad')
  t.equal(await ask('home'), '1')
  refuse('home', key => key === '1')
  await ask('home')
  t.equal(await ask('home'), '2')
})

t.test('a call without a witness does not count as acceptance', async t => {
  const { ask, refuse } = identity()
  await ask('home', { witness: false })
  refuse('bad', key => key === '1')
  await ask('bad')
  t.equal(await ask('bad'), '2')
})

t.test('an identity that cannot get other credentials continues to use the current ones', async t => {
  const { ask, refuse, accept, seen } = identity({ isFixed: true })
  refuse('home')
  await ask('home')
  await ask('home')
  t.match(seen.at(-1), { forceRefresh: true })
  accept('home')
  t.equal(await ask('home'), '1')
  await ask('home')
  t.strictSame(seen.at(-1), {}, 'once they are accepted, not every request renews them')
})
