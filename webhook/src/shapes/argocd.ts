import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { loginShape } from './login.ts'
import { type SecretData, type Shape, textOf } from './shape.ts'

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repositories */
export const argoLabel = 'argocd.argoproj.io/secret-type'
export const argoTypes = ['repository', 'repo-creds']

/** A repository, or credentials for all below a URL: the registry is the one that Argo CD will log in to. */
export const argoCd: Shape = { ...loginShape('Argo CD repository or repo-creds'), hosts: data => [hostIn(data)] }

/** @throws Fault `input` if Argo CD would not take this Secret for an OCI repository */
function hostIn(data: SecretData): string {
  const [type, enableOci, url] = [textOf(data, 'type'), textOf(data, 'enableOCI'), textOf(data, 'url') ?? '']
  if (type !== 'oci' && !(type === 'helm' && enableOci === 'true')) {
    throw unusable(
      `type ${JSON.stringify(type ?? '')} with enableOCI ${JSON.stringify(enableOci ?? '')}`,
      'type: oci, or type: helm with enableOCI: "true"',
    )
  }
  const [, host = ''] = /^(?:oci:\/\/|https:\/\/)?([^/]+)/.exec(url) ?? []
  if (host === '') throw unusable('no host in url', 'a url such as oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/charts')
  return host
}

function unusable(found: string, wanted: string): Fault {
  return new Fault('input', { found: `an Argo CD Secret with ${found}`, wanted, todo: 'Mend its stringData.' })
}
