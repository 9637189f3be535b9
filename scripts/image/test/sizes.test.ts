import t from 'tap'
import { sizes } from '../sizes.ts'

t.test('each architecture has a line with its sizes and its digest', async t => {
  t.strictSame(sizes([{ architecture: 'arm64', digest: 'sha256:1', bytes: 129_340_000, compressedBytes: 47_250_000 }]), [
    'linux/arm64: 129.3 MB, 47.3 MB compressed, sha256:1',
  ])
})
