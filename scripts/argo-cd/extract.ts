/** The code of Argo CD that is compiled, by the file that it is in. */
export interface GoSources {
  /** `common/common.go` */
  common: string
  /** `util/git/git.go` */
  git: string
  /** `util/db/repository_secrets.go` */
  secrets: string
}

const matching = ['getRepositorySecret', 'getRepoCredsSecret', 'getRepositoryCredentialIndex', 'getSecretType', 'getRepoCredSecretType']
const urls = ['SameURL', 'NormalizeGitURLAllowInvalid', 'NormalizeGitURL', 'IsSSHURL', 'ensurePrefix']

/**
 * The Go files with which Argo CD chooses the Secret for a URL, word for word. The whole package has 1,100 dependencies, which take half an
 * hour to build; these functions have none.
 *
 * @throws if Argo CD has no longer one of them
 */
export function extracted({ common, git, secrets }: GoSources): Record<string, string> {
  return {
    'common/common.go': goFile('common', [], [`const (\n${labelsIn(common)}\n)`]),
    'git/git.go': goFile(
      'git',
      ['net/url', 'regexp', 'strings'],
      [variableIn(git, 'sshURLRegex'), ...urls.map(name => functionIn(git, name))],
    ),
    'matching.go': goFile(
      'main',
      ['fmt', 'strings', 'argo.test/asked/common', 'argo.test/asked/corev1', 'argo.test/asked/git'],
      matching.map(name => functionIn(secrets, name)),
    ),
  }
}

function goFile(name: string, imports: readonly string[], parts: readonly string[]): string {
  return [`package ${name}`, `import (\n${imports.map(path => `\t"${path}"`).join('\n')}\n)`, ...parts, ''].join('\n\n')
}

/** gofmt begins and ends each function at the beginning of a line. */
function functionIn(source: string, name: string): string {
  return found(source, name, new RegExp(`^func (?:\\(\\w+ \\*?\\w+\\) )?${name}\\(.*?^}$`, 'ms'))
}

function variableIn(source: string, name: string): string {
  return `var ${found(source, name, new RegExp(`(?<=^\\t)${name} += .*$`, 'm'))}`
}

/** The constants with the labels of Secrets. */
function labelsIn(source: string): string {
  const all = source.match(/^\tLabel(?:Key|Value)SecretType\w* += "[^"]*"$/gm)
  if (all === null) throw new Error('found no constants LabelKeySecretType and LabelValueSecretType… in the source of Argo CD')
  return all.join('\n')
}

function found(source: string, name: string, pattern: RegExp): string {
  const [text] = pattern.exec(source) ?? []
  if (text === undefined) throw new Error(`found no ${name} in the source of Argo CD; correct the list in scripts/argo-cd/extract.ts`)
  return text
}
