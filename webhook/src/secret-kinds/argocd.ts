import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { isRegistryHost } from '@ecr-anywhere/shared/registry.ts'
import { loginKind } from './login.ts'
import { type SecretData, type SecretKind, textOf } from './secret-kind.ts'

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repositories */
export const argoLabel = 'argocd.argoproj.io/secret-type'

/** A repository. Argo CD uses these credentials for exactly this URL. */
export const argoRepository = argoKind('repository', false)

/**
 * Credentials for every repository whose URL begins with this one. Argo CD compares strings, so a URL that ends with the registry's host
 * would also match `<host>.evil.example`. https://argo-cd.readthedocs.io/en/stable/user-guide/private-repositories/#credential-templates
 */
export const argoRepoCreds = argoKind('repo-creds', true)

const example = 'oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/charts'

/**
 * Accepted URLs: none that Argo CD, Helm and Go's URL parser might interpret differently. Repository names contain only these characters:
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
const ociUrl = /^(?:oci:\/\/|https:\/\/)?([a-z0-9.-]+)(\/(?:[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9/])?)?)?$/

/** The registry comes from `url`, because Argo CD sends the credentials there. */
function argoKind(label: string, isPrefix: boolean): SecretKind {
  const name = `Argo CD ${label}`
  return { ...loginKind(name), hosts: data => [hostIn(data, { name, isPrefix })] }
}

/** @throws Fault `input` if Argo CD would not use this Secret for an ECR registry. It quotes nothing: a URL may contain a password */
function hostIn(data: SecretData, { name, isPrefix }: { name: string; isPrefix: boolean }): string {
  const [type, enableOci, url] = [textOf(data, 'type'), textOf(data, 'enableOCI'), textOf(data, 'url')]
  const unusable = ({ found, ...text }: { found: string; wanted: string; todo?: string }) =>
    new Fault('input', { todo: 'Correct its stringData.', ...text, found: `an ${name} Secret with ${found}` })

  if (type !== 'oci' && !(type === 'helm' && enableOci === 'true')) {
    throw unusable({
      found: 'another type than that of an OCI registry',
      wanted: 'type: oci, or type: helm with enableOCI: "true"',
    })
  }
  if (!url) throw unusable({ found: 'no url', wanted: `a url such as ${example}` })
  if (url.includes('@')) {
    throw unusable({
      found: 'a user or a password in its url',
      wanted: `a url such as ${example}`,
      todo: 'Remove what is before the @: username and password are separate keys, which the webhook sets.',
    })
  }
  const [, host = '', path] = ociUrl.exec(url) ?? []
  if (!isRegistryHost(host) || path?.split('/').includes('..') === true) {
    throw unusable({
      found: 'a url that is not of an ECR registry',
      wanted: `a url such as ${example}`,
      todo: 'Write the host in lower case, without a port, and nothing after the path.',
    })
  }
  if (isPrefix && path === undefined) {
    throw unusable({
      found: "a url that ends with the registry's host",
      wanted: `a url that continues with a / after the host, such as ${example} or oci://<host>/`,
      todo: 'Add a / to it: Argo CD also sends these credentials to every longer host that begins with this one.',
    })
  }
  return host
}
