import t from 'tap'
import { sessionsOf, trustMs } from '../../src/aws/sessions.ts'

/** An identity whose every session is a number; endpoints accept all sessions but those that they are told to refuse. */
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
  /** @returns the session that was accepted, or the code of the refusal */
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
      // A judgement may go on behind the answer.
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
  t.test(`a session that its only region refuses with ${code} is replaced for the next ask`, async t => {
    const { ask, refuse } = identity()
    t.equal(await ask('home'), '1')
    refuse('home', key => key === '1', code)
    t.equal(await ask('home'), code)
    t.equal(await ask('home'), '2')
    t.equal(await ask('home'), '2')
  })
}

for (const code of ['AccessDeniedException', 'ThrottlingException', 'ServerException']) {
  t.test(`${code} says nothing of the session`, async t => {
    const { ask, refuse, accept } = identity()
    refuse('home', () => true, code)
    t.equal(await ask('home'), code)
    accept('home')
    t.equal(await ask('home'), '1')
  })
}

t.test('a region that refuses every session never throws one away that another region accepts', async t => {
  const { ask, refuse, pass } = identity()
  refuse('bad')
  t.equal(await ask('home'), '1')
  for (let at = 0; at < 100; at += 1) {
    t.equal(await ask('bad'), 'UnrecognizedClientException')
    pass(trustMs / 2)
  }
  t.equal(await ask('home'), '1')
})

t.test('it does not either where it is asked first with a new session: the region that accepted the last one is asked', async t => {
  const { ask, asked, refuse } = identity()
  refuse('bad')
  await ask('home')
  refuse('home', key => key === '1')
  await ask('home')
  for (let at = 0; at < 10; at += 1) await ask('bad')
  t.strictSame(asked.slice(2, 5), ['bad 2', 'home 2', 'bad 2'])
  t.equal(await ask('home'), '2')
})

t.test('a region is asked whether it still accepts the session once its word is old, and not before', async t => {
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
  t.strictSame(asked.slice(4), ['bad 1'], 'its new word counts as long')
})

t.test('a session that is refused everywhere is replaced, however many regions accepted it before', async t => {
  const { ask, refuse, pass } = identity()
  const regions = ['one', 'two', 'three']
  for (const region of regions) t.equal(await ask(region), '1')
  pass(trustMs)
  for (const region of regions) refuse(region, key => key === '1')
  t.equal(await ask('one'), 'UnrecognizedClientException')
  for (const region of regions) t.equal(await ask(region), '2')
})

t.test('a region that cannot be reached does not speak against a session', async t => {
  const { ask, refuse, accept, pass } = identity()
  refuse('bad')
  await ask('home')
  pass(trustMs)
  refuse('home', () => true, 'ThrottlingException')
  await ask('bad')
  accept('home')
  t.equal(await ask('home'), '1')
})

t.test('STS is no witness of what ECR refuses, but of what STS refuses elsewhere', async t => {
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

t.test('a call that is no witness accepts nothing', async t => {
  const { ask, refuse } = identity()
  await ask('home', { witness: false })
  refuse('bad', key => key === '1')
  await ask('bad')
  t.equal(await ask('bad'), '2')
})

t.test('an identity that has no other credentials goes on with those that it has', async t => {
  const { ask, refuse, accept, seen } = identity({ isFixed: true })
  refuse('home')
  await ask('home')
  await ask('home')
  t.match(seen.at(-1), { forceRefresh: true })
  accept('home')
  t.equal(await ask('home'), '1')
  await ask('home')
  t.strictSame(seen.at(-1), {}, 'and once they are accepted, nothing is renewed for every ask')
})
