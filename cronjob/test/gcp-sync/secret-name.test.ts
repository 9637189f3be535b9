import t from 'tap'
import { secretPath, versionOf, versionPath } from '../../src/gcp-sync/secret-name.ts'

const login = { project: 'my-project', secret: 'login' }

t.test('a secret and its versions have the names of the REST API', async t => {
  t.equal(secretPath(login), 'projects/my-project/secrets/login')
  t.equal(versionPath(login, 3), 'projects/my-project/secrets/login/versions/3')
})

const versions: [about: string, path: string | undefined, version: number | undefined][] = [
  ['a version by the ID of its project', 'projects/my-project/secrets/login/versions/12', 12],
  ['a version by the number of its project', 'projects/987/secrets/login/versions/12', 12],
  ['a version of another project', 'projects/other/secrets/login/versions/12', undefined],
  ['a version of another secret', 'projects/my-project/secrets/other/versions/12', undefined],
  ['the alias latest', 'projects/my-project/secrets/login/versions/latest', undefined],
  ['a number that no version has', 'projects/my-project/secrets/login/versions/0', undefined],
  ['a regional secret', 'projects/my-project/locations/us/secrets/login/versions/1', undefined],
  ['no name', undefined, undefined],
]

for (const [about, path, version] of versions) {
  t.test(`${about}: ${version ?? 'not a version of this secret'}`, async t => {
    t.equal(versionOf(path, login, '987'), version)
  })
}

t.test('without the number of the project, only its ID is known', async t => {
  t.equal(versionOf('projects/987/secrets/login/versions/1', login, undefined), undefined)
})
