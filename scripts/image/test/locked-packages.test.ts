import t from 'tap'
import { lockedPackages } from '../lock/locked-packages.ts'

const sum = 'a'.repeat(64)

t.test('the output of apt becomes the lock of the packages, by name', async t => {
  const text = `Reading package lists...
'http://mirror.example/debian-security/pool/updates/main/g/glibc/libc6_2.41-12%2bdeb13u6_arm64.deb' libc6_2.41-12+deb13u6_arm64.deb 1 SHA256:${sum}
'http://mirror.example/debian/pool/main/g/gcc-14/gcc-14-base_14.2.0-19_arm64.deb' gcc-14-base_14.2.0-19_arm64.deb 2 SHA256:${sum}
`
  t.strictSame(lockedPackages(text), [
    {
      name: 'gcc-14-base',
      version: '14.2.0-19',
      archive: 'debian',
      path: 'pool/main/g/gcc-14/gcc-14-base_14.2.0-19_arm64.deb',
      sha256: sum,
    },
    {
      name: 'libc6',
      version: '2.41-12+deb13u6',
      archive: 'debian-security',
      path: 'pool/updates/main/g/glibc/libc6_2.41-12+deb13u6_arm64.deb',
      sha256: sum,
    },
  ])
})
