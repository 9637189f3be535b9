import t from 'tap'
import { isLabelSelector } from '../../src/status/label-selector.ts'
import { readStatusSettings } from '../../src/status/settings.ts'

const valid = [
  'a',
  '!a',
  '! a',
  'a=b',
  'a==b',
  'a != b',
  'a=',
  'a in (b)',
  'a in (b, c),d notin (e)',
  'example.com/a-b_c=d.e',
  'a > 1',
  ' a = b , c ',
]
for (const text of valid) t.test(`${text} is a label selector`, async t => t.ok(isLabelSelector(text)))

const invalid = ['', ',', 'a,', 'a in (', 'a in b', 'in (a)', 'a=b=c', 'a=b c', 'a ~ b', '!', '!a=b', 'a=b;c', '-a']
for (const text of invalid) t.test(`${text} is no label selector`, async t => t.notOk(isLabelSelector(text)))

t.test('a faulty selector is a faulty option', async t => {
  t.throws(() => readStatusSettings({ selector: 'a in (' }), {
    kind: 'settings',
    message: /^found a faulty option, --selector: found "a in \(", wanted a label selector such as team=a,stage in \(test, prod\)/,
  })
  t.equal(readStatusSettings({ selector: 'a in (b)' }).selector, 'a in (b)')
})
