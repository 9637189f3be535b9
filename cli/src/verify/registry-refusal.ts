import { cannotTell, type Finding, failed } from '../findings/finding.ts'
import type { ImageName } from './image-name.ts'

/** An answer of a registry that is not what was asked for. */
export interface RegistryRefusal {
  status: number
  /** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
  code: string | undefined
  message: string
}

/** Why a registry does not accept credentials at `/v2/`. Nothing of its message is quoted. */
export function loginRefusal(host: string, { status, code, message }: RegistryRefusal): Finding {
  if (isPassing(status)) return passing(host, status)
  if (/expired/i.test(message)) {
    return failed(
      `that ${host} refuses the credentials, because they have expired`,
      'a token that is valid',
      'Run `ecr-anywhere status` to see since when, and `ecr-anywhere doctor` to see why they were not renewed.',
    )
  }
  return failed(
    `that ${host} refuses the credentials (HTTP ${status}${code === undefined ? '' : `, ${code}`})`,
    'a token of this region, which its registry accepts',
    'A token is valid in one region only. Touch the Secret with `ecr-anywhere refresh --force --namespace NAMESPACE`; if this persists, another tool writes the Secret.',
  )
}

/**
 * Why a registry does not give the manifest of an image. A role that may not read the repository, a repository policy in another account, a
 * missing repository and a missing tag are told apart.
 */
export function imageRefusal(image: ImageName, refusal: RegistryRefusal): Finding {
  const { host, repository, reference, text } = image
  const { status, code, message } = refusal
  if (isPassing(status)) return passing(host, status)
  if (status === 403) return notAuthorized(image, message)
  if (status !== 404) return loginRefusal(host, refusal)
  if (code === 'NAME_UNKNOWN') {
    return failed(
      `no repository ${repository} in ${host}`,
      `the repository of the image ${text}`,
      `Correct the name of the image, or create it: aws ecr create-repository --repository-name ${repository}.`,
    )
  }
  return failed(
    `no ${reference.includes(':') ? 'digest' : 'tag'} ${reference} in the repository ${repository} of ${host}`,
    `the image ${text}`,
    `Push it, or correct the name: aws ecr describe-images --repository-name ${repository} lists what is there. A lifecycle policy may have removed it.`,
  )
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const denial = /User: (arn:[^ ]+) is not authorized to perform: ([\w-]+:\w+) on resource: (arn:[^ ]+)(?: (?:because|with) ([\w ,:'-]+))?/

function notAuthorized({ repository, text }: ImageName, message: string): Finding {
  const [, user = '', action = 'ecr:BatchGetImage', resource = '', reason = ''] = denial.exec(message) ?? []
  const [account, owner] = [user.split(':')[4], resource.split(':')[4]]
  const who = user === '' ? 'the principal of these credentials' : user
  const what = `${who} may not ${action} on the repository ${repository}`
  if (/session policy/.test(reason)) {
    return failed(
      `that ${what}, because a session policy does not allow it`,
      `that the tenant may pull ${text}`,
      'Add the repository to `tenants[].repositories` in the values of the chart.',
    )
  }
  if (account !== undefined && owner !== undefined && account !== owner) {
    return failed(
      `that ${what} of another account, ${owner}`,
      'a repository policy in that account which allows it, and a policy of the role as well',
      `In account ${owner}, allow the account ${account} to call ${action} and ecr:GetDownloadUrlForLayer: aws ecr set-repository-policy --repository-name ${repository} (docs/identity/cross-account.md; deploy/terraform has a module).`,
    )
  }
  return failed(
    `that ${what}`,
    'a policy of the role which allows it',
    `Allow ${action} and ecr:GetDownloadUrlForLayer on the repository ${repository} in the role's permission policy. A repository policy that denies it, or a service control policy, has the same effect.`,
  )
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500
}

function passing(host: string, status: number): Finding {
  return cannotTell(`another answer of ${host} than HTTP ${status}. Try again in a minute`)
}
