import { readFile } from 'node:fs/promises'
import t from 'tap'
import { withExamples } from '../operations/examples.ts'

const file = new URL('../../../docs/operations.md', import.meta.url)
const page = await readFile(file, 'utf8')

t.test('the examples of the page are what the commands write (else: npm run docs)', async t => {
  t.equal(withExamples(page), page)
})
