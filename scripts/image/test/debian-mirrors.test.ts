import t from 'tap'
import { mirrorIn, urlsOf } from '../debian-mirrors.ts'

const snapshot = '20260102T030405Z'

t.test('a package is downloaded from the mirror, or else from the snapshot, which keeps all packages', async t => {
  const path = 'pool/main/g/glibc/libc6_2.41-12+deb13u5_arm64.deb'
  const file = 'pool/main/g/glibc/libc6_2.41-12%2bdeb13u5_arm64.deb'
  for (const mirror of ['http://mirror.example/debian', 'http://mirror.example/debian/'])
    t.strictSame(urlsOf({ archive: 'debian', path }, mirror, snapshot), [
      `http://mirror.example/debian/${file}`,
      `https://snapshot.debian.org/archive/debian/${snapshot}/${file}`,
    ])
  t.strictSame(urlsOf({ archive: 'debian-security', path }, 'http://mirror.example/debian', snapshot), [
    `http://mirror.example/debian-security/${file}`,
    `https://snapshot.debian.org/archive/debian-security/${snapshot}/${file}`,
  ])
  t.equal(urlsOf({ archive: 'debian', path }, undefined, snapshot).length, 1)
})

t.test('the mirror of a machine is its first Debian mirror', async t => {
  t.equal(mirrorIn('https://tools.example/apt\nhttp://a.example/debian\nhttp://b.example/debian'), 'http://a.example/debian')
  t.equal(mirrorIn('http://archive.example/ubuntu\nhttp://a.example/debian-security\n'), undefined)
})
