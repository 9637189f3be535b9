import t from 'tap'
import { twinCases } from '../twins.ts'

const allowed = { iss: 'https://oidc.example', sub: 'a', azp: 'b' }

t.test('a table has the allowed request, and each denied one with its change', async t => {
  const denied = { 'another subject': { sub: 'c' }, 'no azp': { azp: undefined } }
  t.strictSame(twinCases({ about: 'a token', allowed, denied }), [
    { about: 'a token', request: allowed, isAllowed: true },
    { about: 'a token, but another subject', request: { ...allowed, sub: 'c' }, isAllowed: false },
    { about: 'a token, but no azp', request: { iss: 'https://oidc.example', sub: 'a' }, isAllowed: false },
  ])
})

t.test('a denied request that differs in nothing, or in two properties, is refused', async t => {
  for (const [change, count] of [
    [{ sub: 'a' }, 0],
    [{}, 0],
    [{ sub: 'c', azp: 'd' }, 2],
  ] as const) {
    t.throws(() => twinCases({ about: 'a token', allowed, denied: { wrong: change } }), {
      message: `a token, but wrong: found ${count} changes, wanted one`,
    })
  }
  t.throws(() => twinCases({ about: 'a token', allowed, denied: {} }), { message: /found no denied request/ })
})
