import { access } from 'node:fs/promises'
import t from 'tap'
import { compatibility, compatibilityFiles } from '../compatibility.ts'

t.test('every file of the compatibility set exists and has only one purpose', async t => {
  for (const file of compatibilityFiles) await t.resolves(access(new URL(`../../../${file}`, import.meta.url)), file)
  t.equal(compatibilityFiles.length, Object.values(compatibility).flat().length)
})
