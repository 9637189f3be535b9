import t from 'tap'
import { readSigning } from '../sign.ts'

t.test('without a key nothing is signed', async t => {
  t.equal(await readSigning({}), undefined)
  t.equal(await readSigning({ KEY: '' }), undefined)
})

t.test('an unusable key is rejected before anything is pushed', async t => {
  await t.rejects(
    readSigning({ KEY: '/missing/cosign.key' }),
    /found no file KEY=\/missing\/cosign\.key; wanted a key that `cosign generate-/,
  )
  await t.rejects(readSigning({ KEY: import.meta.filename }), /without COSIGN_PASSWORD; wanted the password of the key in that variable/)
  t.strictSame(await readSigning({ KEY: import.meta.filename, COSIGN_PASSWORD: '' }), { keyFile: import.meta.filename })
})
