import t from 'tap'
import { extracted } from '../extract.ts'

const method = (name: string) =>
  `// ${name} is described.\nfunc (s *secretsRepositoryBackend) ${name}(url string) string {\n\tif url == "" {\n\t\treturn "{}"\n\t}\n\treturn url\n}\n`
const names = [
  'getRepositorySecret',
  'getRepoCredsSecret',
  'getRepositoryCredentialIndex',
  'getSecretType',
  'getRepoCredSecretType',
  'another',
]
const functions = ['SameURL', 'NormalizeGitURLAllowInvalid', 'NormalizeGitURL', 'IsSSHURL', 'ensurePrefix', 'Other']
const sources = {
  common:
    'const (\n\tLabelKeySecretType = "argocd.argoproj.io/secret-type"\n\tLabelValueSecretTypeRepository   = "repository"\n\tOther = "x"\n)\n',
  git: `var (\n\tsshURLRegex    = regexp.MustCompile("^a$")\n)\n\n${functions.map(name => `func ${name}(a string) bool {\n\treturn true\n}\n`).join('\n')}`,
  secrets: names.map(method).join('\n'),
}

t.test('the functions are word for word those of Argo CD, and others are left out', async t => {
  const files = extracted(sources)
  t.strictSame(Object.keys(files), ['common/common.go', 'git/git.go', 'matching.go'])
  t.match(files['common/common.go'], '\tLabelValueSecretTypeRepository   = "repository"')
  t.match(files['git/git.go'], 'var sshURLRegex    = regexp.MustCompile("^a$")')
  for (const name of names.slice(0, -1)) t.match(files['matching.go'], method(name).replace(/^.*\n/, '').trimEnd(), name)
  t.notMatch(files['matching.go'], 'another')
  t.notMatch(Object.values(files).join('\n'), 'Other')
})

t.test('what Argo CD has no longer is named', async t => {
  const without = (part: keyof typeof sources, text: string) => () => extracted({ ...sources, [part]: sources[part].replace(text, 'X') })
  t.throws(without('secrets', 'func (s *secretsRepositoryBackend) getSecretType'), /found no getSecretType in the source of Argo CD/)
  t.throws(without('git', 'func SameURL'), /found no SameURL/)
  t.throws(without('git', '\tsshURLRegex'), /found no sshURLRegex/)
  t.throws(() => extracted({ ...sources, common: '' }), /found no constants LabelKeySecretType/)
})
